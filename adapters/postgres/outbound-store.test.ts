import { createTestOutbox, workerId } from '#test/support/outbox.ts';
import type { HeldMessage, Taken } from '#core/channel/outbound-store.ts';

let outbox: Awaited<ReturnType<typeof createTestOutbox>>;
beforeAll(async () => {
  outbox = await createTestOutbox();
}, 60_000);
afterAll(() => outbox.drop());

const LEASE_MS = 60_000;
const [one, two] = [workerId(), workerId()];
const take = (id: string, by = one, leaseMs = LEASE_MS): Promise<Taken> => outbox.store.take(id, by, leaseMs);
async function takeMessage(id: string, by = one, leaseMs = LEASE_MS): Promise<HeldMessage> {
  const taken = await take(id, by, leaseMs);
  if (taken.kind !== 'message') throw new Error(`Expected a message, got ${JSON.stringify(taken)}.`);
  return taken.message;
}
const states = async (id: string): Promise<string[]> => (await outbox.rows(id)).map(({ state }) => state);

test('a message is taken with its words, its place and its author', async () => {
  const id = await outbox.conversation('slack', 'C1');
  await outbox.say(id, '您好');
  expect(await takeMessage(id)).toMatchObject({
    conversationId: id,
    seq: 1,
    channel: 'slack',
    connection: 'main',
    conversationKey: 'C1',
    locale: 'zh-TW',
    author: { kind: 'bot' },
    byBot: true,
    content: { kind: 'text', text: '您好' },
    attempts: 1,
    resent: false,
  });
});

test('an agent’s message carries the agent’s name', async () => {
  const id = await outbox.conversation();
  await outbox.takeOver(id);
  await outbox.desk.say(id, outbox.agent, { clientMessageId: 'client-01', text: '我來處理' });
  expect(await takeMessage(id)).toMatchObject({ author: { kind: 'agent', name: '小安' }, byBot: false });
});

test('while one worker has the head of a lane, nobody gets anything of that lane', async () => {
  const id = await outbox.conversation();
  await outbox.say(id, 'first', 'second');
  await takeMessage(id);
  for (const worker of [one, two]) expect(await take(id, worker)).toMatchObject({ kind: 'resting' });
  expect(await states(id)).toEqual(['attempting', 'pending']);
});

test('workers that ask for a lane at once: one gets it, the others are told to wait', async () => {
  const id = await outbox.conversation();
  await outbox.say(id, 'first', 'second');
  const taken = await Promise.all([one, two, one, workerId(), workerId()].map((worker) => take(id, worker)));
  expect(taken.map(({ kind }) => kind).sort()).toEqual(['message', 'resting', 'resting', 'resting', 'resting']);
});

test('many lanes share a statement, and each gets its own head', async () => {
  const ids = await Promise.all(Array.from({ length: 100 }, () => outbox.conversation()));
  for (const id of ids) await outbox.say(id, id);
  const taken = await Promise.all(ids.map((id) => takeMessage(id)));
  expect(taken.map(({ content }) => content)).toEqual(ids.map((id) => ({ kind: 'text', text: id })));
  const done = taken.map((message) =>
    outbox.store.settle(message, one, { state: 'sent', platformId: `p-${message.id}` }),
  );
  expect(new Set(await Promise.all(done))).toEqual(new Set([true]));
  expect((await outbox.rows(ids[7]!))[0]).toMatchObject({ state: 'sent', platform_id: `p-${taken[7]!.id}` });
});

test('the next one is there when the first has ended, whichever way', async () => {
  const id = await outbox.conversation();
  await outbox.say(id, 'sent', 'failed', 'uncertain for good', 'last');
  await outbox.store.settle(await takeMessage(id), one, { state: 'sent', platformId: 'p1' });
  await outbox.store.settle(await takeMessage(id), one, { state: 'failed', error: 'blocked\0' });
  await outbox.store.settle(await takeMessage(id), one, { state: 'uncertain', afterMs: null, error: '500' });
  expect((await takeMessage(id)).seq).toBe(4);
  expect(await outbox.rows(id)).toMatchObject([
    { state: 'sent', error: null },
    { state: 'failed', error: 'blocked' },
    { state: 'uncertain', error: '500', rest: null, doubts: 1 },
    { state: 'attempting' },
  ]);
  expect(await outbox.store.due(500)).not.toContain(id);
});

test('a message that waits holds its lane for as long as it waits', async () => {
  const id = await outbox.conversation();
  await outbox.say(id, 'first', 'second');
  const first = await takeMessage(id);
  await outbox.store.settle(first, one, { state: 'pending', afterMs: 30_000, error: '429', counted: true });
  const rest = await take(id);
  expect(rest.kind).toBe('resting');
  expect(rest.kind === 'resting' && rest.ms).toBeGreaterThan(20_000);
  expect(await outbox.store.due(500)).not.toContain(id);
});

test('what was never tried does not count as an attempt', async () => {
  const id = await outbox.conversation();
  await outbox.say(id, 'first');
  const message = await takeMessage(id);
  await outbox.store.settle(message, one, { state: 'pending', afterMs: 0, error: 'no connection', counted: false });
  expect((await outbox.rows(id))[0]).toMatchObject({ state: 'pending', attempts: 0, error: 'no connection' });
});

test('a dead worker’s message is doubtful when the lease is over, and its late mark is refused', async () => {
  const id = await outbox.conversation();
  await outbox.say(id, 'first');
  const dead = await takeMessage(id, one, 0);
  expect(await outbox.store.due(500)).toContain(id);
  const taken = await take(id, two);
  expect(taken).toMatchObject({ kind: 'doubtful', mayResend: true, message: { attempts: 1, resent: false } });
  expect(await outbox.store.settle(dead, one, { state: 'sent', platformId: 'late' })).toBe(false);
  expect((await outbox.rows(id))[0]).toMatchObject({ state: 'uncertain', platform_id: null, doubts: 1 });
});

test('a doubtful message begins another attempt once; after the next doubt it counts as resent', async () => {
  const id = await outbox.conversation();
  await outbox.say(id, 'first');
  await takeMessage(id, one, 0);
  const taken = await take(id, two, 0);
  if (taken.kind !== 'doubtful') throw new Error(taken.kind);
  const again = await outbox.store.takeAgain(taken.message, two, 0);
  expect(again).toMatchObject({ attempts: 2, resent: true });
  expect(await outbox.store.takeAgain(taken.message, two, 0)).toBeNull();
  expect(await take(id, one)).toMatchObject({ kind: 'doubtful', message: { attempts: 2, resent: true } });
});

test('once a person has the conversation, the bot’s rows leave the lane and others stay', async () => {
  const id = await outbox.conversation();
  await outbox.say(id, 'bot', { kind: 'system', text: 'hours', topic: 'hours' }, 'bot again');
  // It came back into the lane after the take-over had looked for pending rows.
  const first = await takeMessage(id);
  await outbox.takeOver(id);
  await outbox.store.settle(first, one, { state: 'pending', afterMs: 0, error: '429', counted: true });
  expect(await take(id)).toMatchObject({ kind: 'dropped', seq: 1, as: 'cancelled' });
  expect(await takeMessage(id)).toMatchObject({ seq: 2, author: { kind: 'system' } });
  expect(await states(id)).toEqual(['cancelled', 'attempting', 'cancelled']);
});

test('what the bot said doubtfully is not resent once a person has the conversation', async () => {
  const id = await outbox.conversation();
  await outbox.say(id, 'bot');
  await takeMessage(id, one, 0);
  await outbox.takeOver(id);
  const taken = await take(id);
  expect(taken).toMatchObject({ kind: 'doubtful', mayResend: false });
  expect(taken.kind === 'doubtful' && (await outbox.store.takeAgain(taken.message, one, LEASE_MS))).toBeNull();
});

test('a dead letter that an agent sends again goes out, although the bot wrote it', async () => {
  const id = await outbox.conversation();
  await outbox.say(id, 'bot');
  await outbox.store.settle(await takeMessage(id), one, { state: 'failed', error: 'gone' });
  await outbox.takeOver(id);
  await outbox.desk.resend(id, 1);
  expect(await takeMessage(id)).toMatchObject({ seq: 1, attempts: 1, author: { kind: 'bot' }, byBot: false });
});

test('a message past its time leaves the lane unsent', async () => {
  const id = await outbox.conversation();
  await outbox.say(id, 'yesterday’s answer', 'today’s');
  await outbox.pool.query(`update outbound set expires_at = now() - interval '1 s' where session_id = $1 and seq = 1`, [
    id,
  ]);
  expect(await take(id)).toMatchObject({ kind: 'dropped', as: 'expired', channel: 'telegram' });
  expect((await takeMessage(id)).seq).toBe(2);
});

test('an erased customer’s message has no words; a broken seal has none either, and is told', async () => {
  const erased = await outbox.conversation();
  await outbox.say(erased, 'secret');
  await outbox.erase(erased);
  expect((await takeMessage(erased)).content).toBeNull();
  expect(outbox.errors).toEqual([]);
  const broken = await outbox.conversation();
  await outbox.say(broken, 'secret');
  await outbox.pool.query(
    `update chat_messages set body_sealed = set_byte(body_sealed, 20, get_byte(body_sealed, 20) # 1) where session_id = $1`,
    [broken],
  );
  expect((await takeMessage(broken)).content).toBeNull();
  expect(String(outbox.errors[0])).toContain('cannot be opened');
});

test('an empty lane is empty', async () => {
  expect(await take(await outbox.conversation())).toEqual({ kind: 'empty' });
});
