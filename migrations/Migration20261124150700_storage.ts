import { Migration } from '@mikro-orm/migrations';

/** What entities cannot say: ticket numbers, and how the hot tables are stored. */
export class Migration20261124150700_storage extends Migration {
  override name = 'Migration20261124150700_storage';

  override up(): void {
    this.addSql(`create sequence ticket_numbers start 1201;`);
    // A conversation's row is rewritten with every turn: room beside it keeps the new version on its page (HOT update).
    this.addSql(`alter table chat_sessions set (fillfactor = 60, autovacuum_vacuum_scale_factor = 0.02);`);
    this.addSql(`alter table timers set (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02);`);
    this.addSql(`alter table inbound set (autovacuum_vacuum_scale_factor = 0.02);`);
    this.addSql(`alter table outbound set (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02);`);
    // Sealed bytes do not compress: trying costs time on every message.
    this.addSql(`alter table chat_messages alter column body_sealed set storage external;`);
    this.addSql(`alter table chat_sessions alter column state_sealed set storage external;`);
  }

  override down(): void {
    this.addSql(`drop sequence ticket_numbers;`);
  }
}
