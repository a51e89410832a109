import { createTestDatabase, type TestDatabase } from '#test/support/database.ts';
import { openDatabase, type Database } from './open-database.ts';

let made: TestDatabase;
let database: Database;
beforeAll(async () => {
  made = await createTestDatabase();
  database = await openDatabase({
    address: { ...made.connection, ssl: 'disable' },
    dataDir: '/nowhere',
    onProgress: () => {},
    log: { info: () => {}, warn: () => {}, error: () => {} },
  });
}, 60_000);
afterAll(async () => {
  await database.close();
  await made.drop();
});

test('a connection that breaks in the middle of a transaction fails the transaction, not the process', async () => {
  const client = await database.pool.connect();
  await client.query('begin');
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  const gone = new Promise((resolve) => {
    client.once('end', resolve);
  });
  await database.pool.query('select pg_terminate_backend($1)', [rows[0]!.pid]);
  await gone;
  await expect(client.query('commit')).rejects.toThrow();
  client.release();
  expect((await database.pool.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
});

test('without TLS the driver is told so in a word that it takes for no', () => {
  expect(database.connection.ssl).toBe(false);
});

test('where TLS is asked for, no connection goes without it, the ORM’s neither', async () => {
  const opened = openDatabase({
    address: { ...made.connection, ssl: 'require' },
    dataDir: '/nowhere',
    onProgress: () => {},
    log: { info: () => {}, warn: () => {}, error: () => {} },
  });
  await expect(opened).rejects.toThrow('SSL');
});
