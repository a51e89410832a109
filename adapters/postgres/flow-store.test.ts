import { Pool } from 'pg';
import { PHRASES, say } from '#core/dialogue/test-flows.ts';
import { createTestDatabase, type TestDatabase } from '#test/support/database.ts';
import { createFlowStore } from './flow-store.ts';

let database: TestDatabase;
let pool: Pool;
beforeAll(async () => {
  database = await createTestDatabase();
  pool = new Pool({ ...database.connection, max: 4 });
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

const main = (words: string) => ({ id: 'main', initial: 'a', states: { a: { entry: [say(words)] } } });
const count = async (table: 'flow_versions' | 'flow_releases'): Promise<number> => {
  const found = await pool.query<{ versions: number; releases: number }>(
    'select (select count(*) from flow_versions)::int as versions, (select count(*) from flow_releases)::int as releases',
  );
  return table === 'flow_versions' ? found.rows[0]!.versions : found.rows[0]!.releases;
};

test('before anything was published it says what to do', async () => {
  const store = createFlowStore({ pool });
  await store.load();
  expect(() => store.current()).toThrow('No flows were published. Run: npm run frontdesk -- seed');
});

test('published twice, also by two processes at once, a release is there once', async () => {
  const sources = { flows: [main('hello')], phrases: PHRASES };
  const stores = [createFlowStore({ pool }), createFlowStore({ pool })];
  await Promise.all(stores.map((store) => store.publish(sources)));
  await stores[0]!.publish(sources);
  expect([await count('flow_versions'), await count('flow_releases')]).toEqual([2, 1]);
  await Promise.all(stores.map((store) => store.load()));
  expect(stores[0]!.current().id).toBe(stores[1]!.current().id);
});

test('what changed is the current release; conversations go on with the one that they began with', async () => {
  const store = createFlowStore({ pool });
  await store.load();
  const before = store.current().id;
  await store.publish({ flows: [main('good morning')], phrases: PHRASES });
  await store.load();
  expect(store.current().id).not.toBe(before);
  expect(store.release(before)!.id).toBe(before);
  expect(store.release('none')).toBeUndefined();
  // Back to the old words: its versions are there already.
  await store.publish({ flows: [main('hello')], phrases: PHRASES });
  await store.load();
  expect(store.current().id).toBe(before);
  expect(await count('flow_versions')).toBe(3);
});

test('flows that cannot work are refused, and nothing of them is kept', async () => {
  const versions = await count('flow_versions');
  const broken = { id: 'main', initial: 'nowhere', states: { a: {} } };
  await expect(createFlowStore({ pool }).publish({ flows: [broken], phrases: PHRASES })).rejects.toThrow();
  expect(await count('flow_versions')).toBe(versions);
});
