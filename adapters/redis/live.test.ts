import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { startRedis, type TestRedis } from '#test/support/redis.ts';
import type { Change } from '#core/conversation/conversation.schema.ts';
import { createLocalLive, type LiveEvent } from '#core/conversation/live.ts';
import { createRedisLive, type RedisLive, type Veil } from './live.ts';

let redis: TestRedis | null;
const made: RedisLive[] = [];
beforeAll(async () => {
  redis = await startRedis();
});
afterEach(() => made.splice(0).forEach((live) => live.close()));
afterAll(async () => {
  await redis?.stop();
});

const session = randomUUID();
const change: Change = { type: 'state', seq: 7, state: 'queued', at: '2026-11-24T00:00:00.000Z' };
const WITH_WORDS: LiveEvent[] = [
  { type: 'changes', sessionId: session, head: 7, changes: [change] },
  { type: 'note', sessionId: session, note: { text: 'secret note' } },
  { type: 'delta', sessionId: session, replyId: 'r', text: 'secret words' },
];
const WITHOUT: LiveEvent[] = [
  { type: 'knowledge', faqId: randomUUID() },
  { type: 'desk', sessionId: session },
  { type: 'typing', sessionId: session, author: 'agent' },
  { type: 'seen', sessionId: session, by: 'customer', seq: 3 },
  { type: 'owner', sessionId: session, state: 'agent' },
];

/** Stands in for the seal: what matters here is that words pass through it. */
const veil: Veil = {
  seal: (text) => Buffer.from(text).toString('hex'),
  open: (sealed) => (/^(?:[0-9a-f]{2})+$/.test(sealed) ? Buffer.from(sealed, 'hex').toString() : null),
};

/** One process: what it hears, and its way to the others. */
function process(url: string, options: { veil?: Veil } = {}) {
  const heard: LiveEvent[] = [];
  const errors: unknown[] = [];
  const local = createLocalLive(() => {});
  const live = createRedisLive({
    url,
    local,
    process: randomUUID(),
    onError: (error) => void errors.push(error),
    ...options,
  });
  made.push(live);
  live.subscribe((event) => void heard.push(event));
  return { live, heard, errors };
}
async function until(what: () => boolean): Promise<void> {
  const end = performance.now() + 10_000;
  while (!what()) {
    if (performance.now() > end) throw new Error('It did not happen within 10 s.');
    await pause(5);
  }
}

test('this process hears events whole, the others that something happened', async () => {
  if (!redis) return; // none on this machine, and none required
  const [one, two] = [process(redis.url), process(redis.url)];
  await until(() => one.live.connected() && two.live.connected());
  const all = [...WITH_WORDS, ...WITHOUT];
  for (const event of all) one.live.publish(event);
  expect(one.heard).toEqual(all);
  await until(() => two.heard.some(({ type }) => type === 'owner'));
  expect(two.heard).toEqual([
    { type: 'changes', sessionId: session, head: 7 },
    { type: 'desk', sessionId: session },
    ...WITHOUT,
  ]);
  expect(one.heard).toEqual(all); // nothing of its own comes back
});

test('with a veil notes and streamed answers reach the others, and Redis sees no word of them', async () => {
  if (!redis) return;
  const [one, two, other] = [process(redis.url, { veil }), process(redis.url, { veil }), process(redis.url)];
  await until(() => [one, two, other].every(({ live }) => live.connected()));
  const spy = new Redis(redis.url);
  const seen: string[] = [];
  spy.on('message', (_channel, text) => void seen.push(text));
  await spy.subscribe('frontdesk:live');
  for (const event of [...WITH_WORDS, WITHOUT[4]!]) one.live.publish(event);
  await until(() => [two, other].every(({ heard }) => heard.at(-1)?.type === 'owner') && seen.length === 4);
  expect(two.heard).toEqual([{ type: 'changes', sessionId: session, head: 7 }, ...WITH_WORDS.slice(1), WITHOUT[4]]);
  expect(other.heard.map(({ type }) => type)).toEqual(['changes', 'owner']);
  expect(seen.join()).not.toContain('secret');
  spy.disconnect();
});

test('what nobody of ours wrote is not heard', async () => {
  if (!redis) return;
  const one = process(redis.url, { veil });
  await until(() => one.live.connected());
  const stranger = new Redis(redis.url);
  const strange = [
    'no json',
    '{}',
    JSON.stringify({ from: 'x', event: { type: 'changes', sessionId: 'no uuid', head: 1 } }),
    JSON.stringify({ from: 'x', event: { type: 'delta', sessionId: session, replyId: 'r', text: 'in clear' } }),
    JSON.stringify({ from: 'x', event: { type: 'veiled', body: 'not sealed by us' } }),
    JSON.stringify({ from: 'x', event: { type: 'veiled', body: veil.seal('{"type":"owner"}') } }),
    JSON.stringify({ from: 'x', event: { type: 'desk', sessionId: session } }),
  ];
  for (const text of strange) await stranger.publish('frontdesk:live', text);
  await until(() => one.heard.length > 0);
  expect(one.heard).toEqual([{ type: 'desk', sessionId: session }]);
  stranger.disconnect();
});

test('while Redis is away this process goes on; afterwards the others hear again', async () => {
  if (!redis) return;
  const own = (await startRedis())!;
  const port = Number(new URL(own.url).port);
  const [one, two] = [process(own.url), process(own.url)];
  await until(() => one.live.connected() && two.live.connected());
  await own.stop();
  await until(() => !one.live.connected());
  one.live.publish(WITHOUT[0]!);
  expect(one.heard).toEqual([WITHOUT[0]]);
  await until(() => one.errors.length > 0);
  await pause(300);
  expect(one.errors).toHaveLength(1);
  const again = (await startRedis({ port }))!;
  await until(() => one.live.connected() && two.live.connected());
  one.live.publish(WITHOUT[4]!);
  await until(() => two.heard.length > 0);
  expect(two.heard).toEqual([WITHOUT[4]]);
  made.splice(0).forEach((live) => live.close());
  await again.stop();
});
