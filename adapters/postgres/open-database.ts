import path from 'node:path';
import type { MikroORM } from '@mikro-orm/postgresql';
import { Pool } from 'pg';
import type { DatabaseAddress } from '#core/setting-readers.ts';
import { findRunningPostgres, startEmbeddedPostgres, type PostgresConnection } from './embedded/embedded-postgres.ts';
import { migrate, openOrm, type Connection } from './orm.ts';

/** Connections of the hot path; more are slower (`performance`: 16 beat 64). */
const HOT_CONNECTIONS = 12;
/** Connections of everything else. */
const ORM_CONNECTIONS = 6;
const STATEMENT_TIMEOUT_MS = 5_000;
const IDLE_IN_TRANSACTION_MS = 3_000;
const LOCK_TIMEOUT_MS = 2_000;
/** A request waits no longer for a connection: it is told to come back. */
const CONNECT_TIMEOUT_MS = 2_000;

/** An open, migrated database. */
export type Database = {
  connection: Connection;
  pool: Pool;
  orm: MikroORM;
  embedded: boolean;
  /** Migrations that ran just now. */
  migrated: string[];
  close(): Promise<void>;
};

/** Opens the given PostgreSQL, or starts the one that npm brought; brings it to the newest schema. */
export async function openDatabase(tools: {
  address: DatabaseAddress | undefined;
  dataDir: string;
  /** Use the database that a running Frontdesk has started on the same data, instead of being refused. */
  mayJoin?: boolean;
  onProgress: (step: string) => void;
  log: { info(text: string): void; warn(text: string): void; error(text: string): void };
}): Promise<Database> {
  const { address, onProgress } = tools;
  let closing = false;
  // At the end the server cuts the connections that the pool let go of a moment ago: that is no news.
  const log = {
    info: tools.log.info,
    warn: (text: string) => (closing ? undefined : tools.log.warn(text)),
    error: (text: string) => (closing ? undefined : tools.log.error(text)),
  };
  const dataDir = path.join(tools.dataDir, 'postgres');
  const given = address ?? (tools.mayJoin ? await findRunningPostgres({ dataDir }) : undefined);
  const embedded = given
    ? undefined
    : await startEmbeddedPostgres({
        dataDir,
        settings: { max_connections: 60, shared_buffers: '128MB' },
        onProgress,
        onRestart: ({ reason, downMs }) =>
          log.warn(`PostgreSQL ended (${reason}) and was started again after ${Math.round(downMs)} ms.`),
        log,
      });
  try {
    const connection: Connection = embedded?.connection ?? reached(given!);
    const ran = await migrate(connection);
    if (ran.length) onProgress(`Database: ${ran.length} migrations`);
    const pool = new Pool({
      ...connection,
      max: HOT_CONNECTIONS,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      statement_timeout: STATEMENT_TIMEOUT_MS,
      idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
      lock_timeout: LOCK_TIMEOUT_MS,
    });
    // A connection that breaks while nobody uses it: the pool opens another one.
    pool.on('error', (error) => log.warn(`A database connection broke: ${error.message}`));
    // One that breaks between two statements of a transaction tells only itself, and an error that nobody hears ends the
    // process. The next statement fails, and so does its transaction: there is nothing else to do.
    pool.on('connect', (client) => client.on('error', () => {}));
    // The built-in database belongs to this process alone: whoever held a lease on it is dead, and nobody waits for it to end.
    if (embedded)
      await pool.query('update chat_sessions set lease_by = null, lease_until = null where lease_until is not null');
    const orm = await openOrm(connection, ORM_CONNECTIONS);
    return {
      connection,
      pool,
      orm,
      embedded: embedded !== undefined,
      migrated: ran,
      async close() {
        closing = true;
        await pool.end();
        await orm.close();
        await embedded?.stop();
      },
    };
  } catch (error) {
    await embedded?.stop();
    throw error;
  }
}

/** An address in the driver's words, in which any text for `ssl` would ask for it. */
function reached({ host, port, user, password, database, ...more }: DatabaseAddress | PostgresConnection): Connection {
  const ssl = 'ssl' in more && more.ssl !== 'disable' && { rejectUnauthorized: more.ssl !== 'require' };
  return { host, port, user, password, database, ssl };
}
