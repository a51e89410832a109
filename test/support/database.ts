import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import type { PostgresConnection } from '#adapters/postgres/embedded/embedded-postgres.ts';
import { askSharedService } from './shared-services.ts';

/** How a test database begins: `prepare` fills the template of that name once a run, and every database is a copy of it. */
export type Template = { name: string; prepare: (connection: PostgresConnection) => Promise<void> };

/** A database of its own, on the real PostgreSQL that the whole run shares. */
export type TestDatabase = {
  connection: PostgresConnection;
  /** The same as `DATABASE_URL` takes it. */
  url: string;
  /** Cuts the connections that are left and removes the database: call it in `afterAll`. */
  drop: () => Promise<void>;
};

/** A database without a single table of ours. */
export const EMPTY: Template = { name: 'empty', prepare: async () => {} };

const MIGRATED: Template = {
  name: 'migrated',
  prepare: async (connection) => {
    const { migrate } = await import('#adapters/postgres/orm.ts'); // 0.3 s to load, and one file of a run needs it
    await migrate(connection);
  },
};

/**
 * Makes a database for one test file. By default it is what the migrations make of an empty one; `durable: true` puts it
 * on a second server that syncs to disk as in production (fault tests), which costs about three times as much per commit.
 */
export async function createTestDatabase(
  options: { template?: Template; durable?: boolean } = {},
): Promise<TestDatabase> {
  const { template = MIGRATED, durable = false } = options;
  const shared = (await askSharedService(durable ? 'postgres-durable' : 'postgres')) as PostgresConnection;
  const from = await prepareTemplate(shared, template);
  const connection = { ...shared, database: `test_${randomUUID().replaceAll('-', '')}` };
  await asAdmin(shared, (admin) => copy(admin, connection.database, from));
  return {
    connection,
    url: urlOf(connection),
    drop: () =>
      asAdmin(shared, async (admin) => {
        await admin.query(`drop database if exists "${connection.database}" with (force)`);
      }),
  };
}

/** A connection as `DATABASE_URL` takes it; a socket's folder stands in `host=`. */
function urlOf(connection: PostgresConnection): string {
  const { host, port, user, password, database } = connection;
  const account = `${encodeURIComponent(user)}:${encodeURIComponent(password)}`;
  return `postgres://${account}@localhost:${port}/${database}?host=${encodeURIComponent(host)}`;
}

async function prepareTemplate(shared: PostgresConnection, template: Template): Promise<string> {
  const name = `template_${template.name}`;
  await asAdmin(shared, async (admin) => {
    // One worker fills it, the others wait; a filling that failed leaves nothing of that name.
    await admin.query('select pg_advisory_lock(hashtext($1))', [name]);
    const { rowCount } = await admin.query('select from pg_database where datname = $1', [name]);
    if (rowCount) return;
    const draft = `${name}_draft`;
    await admin.query(`drop database if exists "${draft}" with (force)`);
    await admin.query(`create database "${draft}" template template0`);
    await template.prepare({ ...shared, database: draft });
    await admin.query(`alter database "${draft}" rename to "${name}"`);
  });
  return name;
}

/** Copying wants nobody connected to the template, and two copies of it at once are allowed. */
async function copy(admin: Client, database: string, template: string): Promise<void> {
  await admin.query(`create database "${database}" template "${template}"`);
}

async function asAdmin<T>(shared: PostgresConnection, work: (admin: Client) => Promise<T>): Promise<T> {
  const admin = new Client(shared);
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.end();
  }
}
