import { Pool } from 'pg';
import { createTestDatabase, type TestDatabase } from '#test/support/database.ts';
import { createTestSeal } from '#test/support/stores.ts';
import { createIntentStore } from './intent-store.ts';
import { installationSecret } from './secrets.ts';
import { seed, type SeedContent } from './seed.ts';

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

const both = (zh: string, en: string) => ({ 'zh-TW': zh, en });
const intent = (name: string, route: SeedContent['intents'][number]['route'], zh: string[], en: string[]) => ({
  name,
  title: both(zh[0]!, en[0]!),
  description: both(zh[0]!, en[0]!),
  route,
  slots: [],
  examples: { 'zh-TW': zh, en },
});
const CONTENT: SeedContent = {
  intents: [
    intent(
      'shipping',
      { kind: 'answer', category: 'shipping' },
      ['運費怎麼算', '寄到日本要多久', '運費多少'],
      ['shipping cost', 'how long does delivery take', 'do you ship abroad'],
    ),
    intent(
      'person',
      { kind: 'handoff' },
      ['我要找真人', '請客服人員來', '轉人工'],
      ['talk to a person', 'get me an agent', 'a human please'],
    ),
  ],
  outOfScope: { 'zh-TW': ['今天天氣如何', '唱首歌'], en: ['what is the weather', 'tell me a joke'] },
  faqs: [
    {
      category: 'shipping',
      tags: ['price'],
      'zh-TW': { question: '離島運費', alternatives: ['寄到澎湖'], answer: '160 元。' },
      en: { question: 'Shipping to islands', alternatives: ['to Penghu'], answer: 'NT$160.' },
    },
  ],
  settings: { greeting: 'warm' },
};

test('before it was read there is neither a catalogue nor a classifier', () => {
  const store = createIntentStore({ pool });
  expect(() => store.catalogue()).toThrow('The intents were not loaded.');
  expect(() => store.classifier()).toThrow('The classifier was not loaded.');
});

test('an empty installation is filled once, whoever starts beside it; one with content is left alone', async () => {
  const wrote = await Promise.all([seed(pool, CONTENT), seed(pool, CONTENT)]);
  expect(wrote.filter(Boolean)).toHaveLength(1);
  await pool.query(`update intents set enabled = false where name = 'person'`);
  expect(await seed(pool, CONTENT)).toBe(false);
  await pool.query(`update intents set enabled = true where name = 'person'`);
  const counted = await pool.query(
    `select (select count(*) from intents)::int as intents, (select count(*) from intent_examples)::int as examples,
            (select count(*) from faqs where status = 'published')::int as faqs, (select value from settings where key = 'greeting') as setting`,
  );
  expect(counted.rows).toEqual([{ intents: 2, examples: 16, faqs: 2, setting: 'warm' }]);
});

describe('what was taught', () => {
  const steps: string[] = [];
  const onProgress = (step: string): void => void steps.push(step);

  test('is learned once; another process, and a later start, read the model that was kept', async () => {
    const store = createIntentStore({ pool });
    await store.load(onProgress);
    expect(steps).toEqual([expect.stringMatching(/^Learning 2 intents from \d+ examples$/)]);
    expect(store.catalogue().intents.map(({ name }) => name)).toEqual(['person', 'shipping']);
    expect(store.catalogue().intents[1]).toMatchObject({
      examples: { 'zh-TW': expect.arrayContaining(['運費怎麼算']) },
      route: { category: 'shipping' },
    });
    const ranking = (text: string) => store.classifier().predict(text).ranking[0]!.intent;
    expect([ranking('shipping cost'), ranking('我要找真人')]).toEqual(['shipping', 'person']);
    const other = createIntentStore({ pool });
    await other.load(onProgress);
    expect(steps).toHaveLength(1);
    expect(other.classifier().hash).toBe(store.classifier().hash);
    expect(other.catalogue().version).toBe(store.catalogue().version);
    const same = store.classifier();
    await store.load(onProgress);
    expect(store.classifier()).toBe(same);
  });

  test('with an intent switched off is learned anew, and two models are kept', async () => {
    const store = createIntentStore({ pool });
    await pool.query(`update intents set enabled = false where name = 'person'`);
    await store.load(onProgress);
    expect(store.catalogue().intents.map(({ name }) => name)).toEqual(['shipping']);
    expect(store.classifier().intents).not.toContain('person');
    await pool.query(`update faqs set alternatives = '{}'`);
    await store.load(onProgress);
    expect(steps).toHaveLength(3);
    const kept = await pool.query('select hash from classifier_models');
    expect(kept.rows).toHaveLength(2);
  });
});

test('a secret of the installation is drawn once, is the same for every process, and stands nowhere in the open', async () => {
  const seal = createTestSeal();
  const [a, b] = await Promise.all([installationSecret(pool, seal, 'x'), installationSecret(pool, seal, 'x')]);
  expect(a.equals(b)).toBe(true);
  expect((await installationSecret(pool, seal, 'y')).equals(a)).toBe(false);
  const kept = await pool.query<{ value: string }>(`select value from settings where key = 'secret.x'`);
  expect(Buffer.from(kept.rows[0]!.value, 'base64').includes(a.export())).toBe(false);
  await expect(installationSecret(pool, createTestSeal(), 'x')).rejects.toThrow();
});
