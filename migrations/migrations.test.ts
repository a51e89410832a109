import { Client } from 'pg';
import { migrate, openOrm } from '#adapters/postgres/orm.ts';
import { createTestDatabase, EMPTY, type TestDatabase } from '#test/support/database.ts';

let database: TestDatabase;

afterEach(() => database.drop());

test('the migrations make the tables that the entities describe, to the letter', async () => {
  database = await createTestDatabase();
  const orm = await openOrm(database.connection, 2);
  const sql = await orm.schema.getUpdateSchemaSQL({ wrap: false });
  await orm.close();
  expect(sql.trim()).toBe('');
});

test('processes that start together on an empty database migrate it once', async () => {
  database = await createTestDatabase({ template: EMPTY });
  const ran = await Promise.all([1, 2, 3].map(() => migrate(database.connection)));
  expect(ran.filter((names) => names.length > 0)).toHaveLength(1);
  expect(await migrate(database.connection)).toEqual([]);
});

test('the audit trail refuses to be changed', async () => {
  database = await createTestDatabase();
  const client = new Client(database.connection);
  await client.connect();
  await client.query(
    `insert into audit_log (at, actor_kind, action, subject_kind, subject_id, prev_hash, hash) values (now(), 'system', 'a', 'b', 'c', '', 'h')`,
  );
  await expect(client.query(`update audit_log set action = 'x'`)).rejects.toThrow(/append-only/);
  await expect(client.query('delete from audit_log')).rejects.toThrow(/append-only/);
  await client.end();
});
