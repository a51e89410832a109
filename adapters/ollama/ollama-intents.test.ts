import { createChoiceCache } from '#core/understanding/choice-cache.ts';
import type { IntentCatalogue, TaughtIntent } from '#core/understanding/catalogue.ts';
import type { Classifier } from '#core/understanding/classifier.ts';
import type { IntentQuestion } from '#core/understanding/intent-model.ts';
import { createUnderstanding } from '#core/understanding/understand.ts';
import type { IntentRoute } from '#core/understanding/understood.ts';
import { FAULTS, type OllamaFaultMode } from '#test/platforms/ollama-faults.ts';
import { scriptedModel } from '#test/platforms/ollama-model.ts';
import { startOllama, type FakeOllama } from '#test/platforms/ollama.ts';
import { createOllamaIntents } from './ollama-intents.ts';
import { createOllamaServers, type OllamaServers } from './ollama-servers.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function ollama(options: Parameters<typeof startOllama>[0] = {}): Promise<FakeOllama> {
  const server = await startOllama(options);
  cleanups.push(server.stop);
  return server;
}

/** Servers whose clock stands still until the test moves it, and whose deadlines pass when the test says so. */
function serversAt(urls: readonly string[], options: { model?: string; parallel?: number } = {}) {
  const clock = { now: 0 };
  const log: string[] = [];
  const deadlines: { ms: number; expire: () => void }[] = [];
  const servers = createOllamaServers({
    urls,
    model: 'qwen3:14b',
    log: { info: (message) => log.push(message), warn: (message) => log.push(message) },
    now: () => clock.now,
    within: (ms) => {
      const deadline = new AbortController();
      deadlines.push({ ms, expire: () => deadline.abort(new DOMException('too late', 'TimeoutError')) });
      return deadline.signal;
    },
    ...options,
  });
  cleanups.push(servers.stop);
  return { servers, clock, log, deadlines };
}

const intent = (name: string, zh: string, en: string, route: IntentRoute): TaughtIntent => ({
  name,
  title: { 'zh-TW': zh, en },
  description: { 'zh-TW': zh, en },
  route,
  slots: [],
  threshold: null,
  examples: { 'zh-TW': [], en: [] },
});
const CATALOGUE: IntentCatalogue = {
  version: '1',
  intents: [
    intent('shipping', '運送', 'Delivery', { kind: 'answer', category: 'shipping' }),
    intent('damaged_item', '商品破損', 'Damaged item', { kind: 'flow', flow: 'create-ticket' }),
    intent('talk_to_person', '找真人客服', 'Talk to a person', { kind: 'handoff' }),
  ],
};
const classifier: Classifier = {
  hash: 'h',
  intents: ['shipping', 'damaged_item', 'talk_to_person'],
  predict: () => ({
    ranking: [
      { intent: 'shipping', probability: 0.8 },
      { intent: 'damaged_item', probability: 0.1 },
      { intent: 'talk_to_person', probability: 0.05 },
    ],
    reject: 0,
    inScope: true,
  }),
};

const query = (text: string) => ({ text, locale: 'zh-TW' as const, before: [], slots: {} });

/** Understanding over the servers, as the composition root ties it; the budget passes when the test says so. */
function understandingOver(servers: OllamaServers) {
  const faults: unknown[] = [];
  const budget = Promise.withResolvers<() => void>();
  const { ask, now } = createUnderstanding({
    classifier: () => classifier,
    catalogue: () => CATALOGUE,
    model: createOllamaIntents({ servers, now: () => 0 }),
    cache: createChoiceCache(),
    mask: (text) => text,
    clock: () => 0,
    within: () => {
      const deadline = new AbortController();
      budget.resolve(() => deadline.abort(new DOMException('too late', 'TimeoutError')));
      return deadline.signal;
    },
    onFault: (fault) => faults.push(fault),
  });
  return {
    ask: (text: string, signal?: AbortSignal) => ask(query(text), signal),
    now: (text: string) => now(query(text)),
    faults,
    spendBudget: async () => (await budget.promise)(),
  };
}

const question: IntentQuestion = {
  text: '杯子破了',
  locale: 'zh-TW',
  before: [],
  known: [],
  wanted: [],
  candidates: CATALOGUE.intents.map((each) => ({ ...each, examples: ['一', '二'] })),
};
const never = new AbortController().signal;

describe('what the model chooses', () => {
  test('wins over a classifier that is not sure enough, to an answer, a flow and a person', async () => {
    const { url } = await ollama({ choose: scriptedModel() });
    const { servers } = serversAt([url]);
    await servers.warmUp();
    const { ask } = understandingOver(servers);
    expect(await ask('寄到澎湖要幾天')).toMatchObject({ rung: 'model', intent: 'shipping' });
    expect(await ask('收到的杯子破了')).toMatchObject({ rung: 'model', intent: 'damaged_item' });
    expect(await ask('可以幫我轉接一個真的人嗎')).toMatchObject({ rung: 'model', intent: 'talk_to_person' });
    expect(await ask('幫我寫一首詩')).toMatchObject({ rung: 'model', intent: null });
  });

  test('is asked for as the model needs it: streamed, not thinking, cold, short, always in one context size', async () => {
    const server = await ollama({ choose: () => 'damaged_item' });
    const { servers } = serversAt([server.url]);
    await servers.warmUp();
    const model = createOllamaIntents({ servers });
    expect(await model.choose(question, never)).toEqual({ intent: 'damaged_item', slots: {} });
    await model.choose({ ...question, text: '好'.repeat(8_000) }, never);
    expect(server.ledger.chats[0]).toMatchObject({
      model: 'qwen3:14b',
      stream: true,
      think: false,
      keep_alive: -1,
      options: { temperature: 0, num_predict: 64, num_ctx: 4_096 },
    });
    expect(server.ledger.loads).toBe(1);
    expect(server.ledger.requests.filter((request) => request === 'POST /api/show')).toHaveLength(1);
  });

  test('carries the values that it found', async () => {
    const { url } = await ollama({ choose: () => ({ intent: 'damaged_item', slots: { product: '杯子' } }) });
    const { servers } = serversAt([url]);
    await servers.warmUp();
    const choice = await createOllamaIntents({ servers }).choose({ ...question, wanted: ['product'] }, never);
    expect(choice).toEqual({ intent: 'damaged_item', slots: { product: '杯子' } });
  });

  test('`think` is left out for a model that cannot', async () => {
    const server = await ollama({ models: [{ name: 'llama3.2:3b', capabilities: ['completion'] }] });
    const { servers } = serversAt([server.url], { model: 'llama3.2:3b' });
    await servers.warmUp();
    expect(await createOllamaIntents({ servers }).choose(question, never)).toEqual({ intent: null, slots: {} });
    expect(server.ledger.chats[0]!.think).toBeUndefined();
  });

  test('one bad answer is asked for once more, and harms nobody', async () => {
    let times = 0;
    const { url, ledger } = await ollama({ choose: () => (times++ === 0 ? 'nonsense' : 'damaged_item') });
    const { servers } = serversAt([url]);
    await servers.warmUp();
    expect(await createOllamaIntents({ servers }).choose(question, never)).toMatchObject({ intent: 'damaged_item' });
    expect(ledger.chats).toHaveLength(2);
  });

  test('a model that goes on with blanks after its answer is not waited for', async () => {
    const server = await ollama({ choose: () => 'damaged_item' });
    const { servers } = serversAt([server.url]);
    await servers.warmUp();
    server.fail('blanks');
    expect(await createOllamaIntents({ servers }).choose(question, never)).toMatchObject({ intent: 'damaged_item' });
    await server.abortsSeen(1);
  });
});

describe('the garbage catalogue', () => {
  const modes = Object.keys(FAULTS) as OllamaFaultMode[];

  test.each(modes)('%s: the classifier answers', async (mode) => {
    const server = await ollama({ choose: () => 'damaged_item' });
    const { servers } = serversAt([server.url]);
    await servers.warmUp();
    server.fail(mode);
    const { ask, faults } = understandingOver(servers);
    expect(await ask('收到的杯子破了')).toMatchObject({ rung: 'fallback', intent: 'shipping', confidence: 0.8 });
    expect(faults).toEqual([expect.objectContaining({ name: 'OllamaFault' })]);
    expect(server.ledger.chats.length).toBeLessThanOrEqual(2);
  });

  test('the answer to the previous question is not taken for this one', async () => {
    const server = await ollama({ choose: ({ now }) => (now.includes('破') ? 'damaged_item' : 'shipping') });
    const { servers } = serversAt([server.url]);
    await servers.warmUp();
    const { ask } = understandingOver(servers);
    await ask('收到的杯子破了');
    server.fail('answer to the previous request');
    expect(await ask('幾天會到')).toMatchObject({ rung: 'fallback', intent: 'shipping' });
  });

  test.each(['hang', 'drip'] as const)(
    '%s: the classifier answers when the budget is spent, and the connection is closed',
    async (mode) => {
      const server = await ollama();
      const { servers } = serversAt([server.url]);
      await servers.warmUp();
      server.fail(mode);
      const { ask, spendBudget } = understandingOver(servers);
      const answer = ask('收到的杯子破了');
      await server.chatsArrived(1);
      await spendBudget();
      expect(await answer).toMatchObject({ rung: 'fallback', intent: 'shipping' });
      await server.abortsSeen(1);
    },
  );
});

test('a person who takes over ends the question, and the connection with it', async () => {
  const server = await ollama();
  const { servers, log } = serversAt([server.url]);
  await servers.warmUp();
  server.fail('hang');
  const { ask } = understandingOver(servers);
  for (let times = 1; times <= 6; times++) {
    const taken = new AbortController();
    const answer = ask('收到的杯子破了', taken.signal);
    await server.chatsArrived(times);
    taken.abort(new Error('taken over'));
    await expect(answer).rejects.toThrow('taken over');
    await server.abortsSeen(times);
  }
  // It is not the server's fault: it stays in use.
  expect(servers.ready('intent')).toBe(true);
  expect(log.join()).not.toContain('failures');
});

test('a model that keeps failing is left alone, then loaded again and tried, then trusted', async () => {
  const server = await ollama({ choose: () => 'damaged_item' });
  const { servers, clock, log } = serversAt([server.url]);
  await servers.warmUp();
  const { ask, now } = understandingOver(servers);
  server.fail('500');
  for (let times = 0; times < 5; times++) await ask(`收到的杯子破了 ${times}`);
  expect(servers.status()).toMatchObject({ state: 'away', servers: [{ state: 'failing' }] });
  expect(log.join('\n')).toContain('Too many failures (intent)');

  const asked = server.ledger.chats.length;
  expect(now('杯子破掉了')).toMatchObject({ rung: 'fallback' });
  expect(server.ledger.chats).toHaveLength(asked);

  server.fail(null);
  clock.now += 10_000;
  expect(now('杯子破掉了')).toMatchObject({ rung: 'fallback' }); // It is being loaded.
  await servers.warmUp();
  for (let times = 0; times < 3; times++) expect(await ask(`杯子碎了 ${times}`)).toMatchObject({ rung: 'model' });
  expect(servers.status().state).toBe('ready');
  expect(log.at(-1)).toContain('answers again (intent)');
});
