import { Client, type ClientConfig } from 'pg';
import { createTestDatabase, EMPTY, type TestDatabase } from './database.ts';

const made: TestDatabase[] = [];
const make = async (...options: Parameters<typeof createTestDatabase>): Promise<TestDatabase> => {
  const database = await createTestDatabase(...options);
  made.push(database);
  return database;
};
const ask = async (connection: ClientConfig | string, text: string): Promise<unknown[]> => {
  const client = new Client(connection);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
};

afterAll(async () => {
  await Promise.all(made.map((database) => database.drop()));
});

test('two test databases share their template, not their rows', async () => {
  let filled = 0;
  const template = {
    name: `greetings_${process.pid}`,
    prepare: async (connection: ClientConfig): Promise<void> => {
      filled += 1;
      await ask(connection, `create table greetings (words text); insert into greetings values ('您好')`);
    },
  };
  const [one, other] = await Promise.all([make({ template }), make({ template })]);
  await ask(one.connection, `insert into greetings values ('hello')`);

  expect(await ask(one.connection, 'select words from greetings')).toEqual([{ words: '您好' }, { words: 'hello' }]);
  expect(await ask(other.url, 'select words from greetings')).toEqual([{ words: '您好' }]);
  expect(filled).toBe(1);
});

test('a dropped database is gone, connections that were left included', async () => {
  const database = await make({ template: EMPTY });
  const forgotten = new Client(database.connection);
  const cut = new Promise((resolve) => {
    forgotten.on('error', resolve);
  });
  await forgotten.connect();
  await database.drop();
  await cut;
  await expect(ask(database.connection, 'select 1')).rejects.toThrow('does not exist');
});

test('commits go to the disk where that was asked for, and only there', async () => {
  const [quick, durable] = await Promise.all([make({ template: EMPTY }), make({ template: EMPTY, durable: true })]);
  expect(await ask(quick.connection, 'show fsync')).toEqual([{ fsync: 'off' }]);
  expect(await ask(durable.connection, 'show fsync')).toEqual([{ fsync: 'on' }]);
});

test('trigrams see Chinese characters, because the cluster was made for it', async () => {
  const { connection } = await make({ template: EMPTY });
  await ask(connection, 'create extension pg_trgm');
  expect(await ask(connection, `select array_length(show_trgm('機器人平台'), 1) > 0 as seen`)).toEqual([
    { seen: true },
  ]);
});

test('by default a database is what the migrations make', async () => {
  const { connection } = await make();
  const tables = await ask(connection, `select table_name from information_schema.tables where table_name = 'users'`);
  expect(tables).toEqual([{ table_name: 'users' }]);
});
