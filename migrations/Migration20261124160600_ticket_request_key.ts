import { Migration } from '@mikro-orm/migrations';

/** A request for a ticket that is sent again makes no second one. */
export class Migration20261124160600_ticket_request_key extends Migration {
  override name = 'Migration20261124160600_ticket_request_key';

  override up(): void {
    this.addSql(`alter table "tickets" add column "request_key" bytea null;`);
    this.addSql(`alter table "tickets" add constraint "tickets_request_key_unique" unique ("request_key");`);
  }

  override down(): void {
    this.addSql(`alter table "tickets" drop column "request_key";`);
  }
}
