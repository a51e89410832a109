import { MikroORM, type Options } from '@mikro-orm/postgresql';
import { Migrator } from '@mikro-orm/migrations';
import path from 'node:path';
import { Client } from 'pg';
import { RefreshToken, Role, User, UserRole } from '#core/access/user.entity.ts';
import { Contact, ContactIdentity } from '#core/conversation/contact.entity.ts';
import {
  ChatMessage,
  ChatSession,
  Cursor,
  InboundMessage,
  OutboundMessage,
  Timer,
  Upload,
} from '#core/conversation/conversation.entity.ts';
import { HandoffRow, NoteRow } from '#core/desk/handoff.entity.ts';
import { FlowRelease, FlowRow, FlowVersion } from '#core/dialogue/flow.entity.ts';
import { FaqRow, KnowledgeDocument } from '#core/knowledge/knowledge.entity.ts';
import { AuditEntryRow } from '#core/privacy/audit-entry.entity.ts';
import { Setting } from '#core/privacy/setting.entity.ts';
import { TicketEventRow, TicketRow } from '#core/tickets/ticket.entity.ts';
import { ClassifierModelRow, Intent, IntentExample } from '#core/understanding/intent.entity.ts';

/** How to reach a PostgreSQL: a socket folder or a host name, never a URL (a socket folder does not fit into one). */
export type Connection = {
  host: string;
  port: number;
  user: string;
  password: string;
  database: string;
  ssl?: false | { rejectUnauthorized: boolean };
};

export const entities = [
  User,
  Role,
  UserRole,
  RefreshToken,
  Contact,
  ContactIdentity,
  ChatSession,
  ChatMessage,
  InboundMessage,
  OutboundMessage,
  Timer,
  Cursor,
  Upload,
  HandoffRow,
  NoteRow,
  FlowRow,
  FlowVersion,
  FlowRelease,
  FaqRow,
  KnowledgeDocument,
  AuditEntryRow,
  Setting,
  TicketRow,
  TicketEventRow,
  ClassifierModelRow,
  Intent,
  IntentExample,
];

const migrationsFolder = path.resolve(import.meta.dirname, '../../migrations');

/** Settings of the ORM for one database. `bullmq` keeps its own schema, which is none of ours. */
export const ormOptions = (connection: Connection, poolSize = 10): Options => ({
  host: connection.host,
  port: connection.port,
  user: connection.user,
  password: connection.password,
  dbName: connection.database,
  driverOptions: { ssl: connection.ssl ?? false },
  entities,
  extensions: [Migrator],
  pool: { min: 0, max: poolSize },
  schemaGenerator: { ignoreSchema: ['bullmq'] },
  migrations: {
    path: migrationsFolder,
    pathTs: migrationsFolder,
    glob: '!(*.d|*.test).ts',
    emit: 'ts',
    snapshotName: 'snapshot',
    snapshotOnMigrate: false,
    silent: true,
  },
});

export const openOrm = (connection: Connection, poolSize?: number): Promise<MikroORM> =>
  MikroORM.init(ormOptions(connection, poolSize) as never);

/** Brings the database to the newest schema; of several processes that start together one does it, the others wait. Returns the names of the migrations that ran. */
export async function migrate(connection: Connection): Promise<string[]> {
  const lock = new Client(connection);
  await lock.connect();
  try {
    await lock.query(`select pg_advisory_lock(hashtext('frontdesk migrations'))`);
    const orm = await openOrm(connection, 2);
    try {
      return (await orm.migrator.up()).map((migration) => migration.name);
    } finally {
      await orm.close();
    }
  } finally {
    await lock.end();
  }
}
