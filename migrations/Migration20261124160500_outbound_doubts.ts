import { Migration } from '@mikro-orm/migrations';

/** A message whose fate is unknown is sent again once: that it was must outlive the process. */
export class Migration20261124160500_outbound_doubts extends Migration {
  override name = 'Migration20261124160500_outbound_doubts';

  override up(): void {
    this.addSql(`alter table "outbound" add column "doubts" smallint not null default 0;`);
  }

  override down(): void {
    this.addSql(`alter table "outbound" drop column "doubts";`);
  }
}
