import { randomUUID } from 'node:crypto';
import { createLocalLive, type LiveEvent } from '#core/conversation/live.ts';
import { inboundOf, openTestStores, outcome } from '#test/support/stores.ts';
import { createDesk, type Desk } from './desk.ts';

let house: Awaited<ReturnType<typeof openTestStores>>;
let desk: Desk;
let told: LiveEvent[] = [];
let woken: string[] = [];
let delivered: string[] = [];
const upload = { id: randomUUID(), name: 'a.png', type: 'image/png', bytes: 3 };

beforeAll(async () => {
  house = await openTestStores();
  const live = createLocalLive((error) => {
    throw error;
  });
  live.subscribe((event) => void told.push(event));
  desk = createDesk({
    store: house.stores.desk,
    live,
    wake: (id) => void woken.push(id),
    deliver: (id) => void delivered.push(id),
    attachment: async (_, id) => (id === upload.id ? upload : undefined),
    intentTitle: (name, locale) => `${name} (${locale})`,
    suggest: (text) => [{ id: 'faq', question: text, answer: 'Yes' }],
  });
});
afterAll(() => house.close());
beforeEach(() => {
  [told, woken, delivered] = [[], [], []];
});
afterEach(async () => expect(await house.broken()).toEqual([]));

const typesTold = (): string[] => told.map(({ type }) => type);

test('a take-over is told to the bot first, then to the customer, then to the lists', async () => {
  const { id } = await house.begin();
  const an = await house.agent('安');
  expect(await desk.takeOver(id, an)).toMatchObject({ sessionId: id, status: 'claimed', agent: an });
  expect(told).toEqual([
    { type: 'owner', sessionId: id, state: 'agent' },
    { type: 'changes', sessionId: id, head: 2, changes: [expect.objectContaining({ state: 'agent' })] },
    { type: 'desk', sessionId: id },
  ]);
  expect(woken).toEqual([]);
});

test('the bot is woken for what it has again, and for nothing else', async () => {
  const [an, bo] = [await house.agent('安'), await house.agent('波')];
  const { conversation, handoffId } = await house.queued();
  await desk.claim(handoffId, an);
  await desk.transfer(handoffId, an, bo);
  await desk.giveBack(handoffId, bo);
  expect(woken).toEqual([conversation.id]);
  await house.answer(conversation);
  const late = await house.queued();
  await house.pool.query('update handoffs set deadline_at = now() where id = $1', [late.handoffId]);
  await desk.releaseUnattended();
  expect(woken).toEqual([conversation.id, late.conversation.id]);
  await house.answer(late.conversation);
  const again = await desk.takeOver(conversation.id, an);
  await desk.resolve(again.id, an);
  expect(woken).toHaveLength(2);
  expect(told.at(-3)).toMatchObject({ type: 'owner', state: 'closed' });
});

test('what an agent writes is told and delivered; sent again, it is told no second time', async () => {
  const { id } = await house.begin();
  const an = await house.agent('安');
  await desk.takeOver(id, an);
  told.length = 0;
  const message = { clientMessageId: randomUUID(), text: '您好' };
  const said = await desk.say(id, an, message);
  expect(said).toMatchObject({ author: { kind: 'agent', name: '安' }, content: { kind: 'text', text: '您好' } });
  expect(typesTold()).toEqual(['changes', 'desk']);
  expect(await desk.say(id, an, message)).toEqual(said);
  expect(typesTold()).toEqual(['changes', 'desk']);
  expect(delivered).toEqual([id, id]);
});

test('a file goes out as what it is; one of another conversation does not', async () => {
  const { id } = await house.begin();
  const an = await house.agent('安');
  await desk.takeOver(id, an);
  const said = await desk.say(id, an, { clientMessageId: randomUUID(), uploadId: upload.id });
  expect(said.content).toEqual({ kind: 'image', attachment: upload });
  const foreign = desk.say(id, an, { clientMessageId: randomUUID(), uploadId: randomUUID() });
  await expect(foreign).rejects.toThrow('There is no such upload in this conversation.');
});

test('notes and what was read are told to colleagues', async () => {
  const { id } = await house.begin();
  const note = await desk.note(id, await house.agent('安'), 'call her');
  await desk.markRead(id, 1);
  expect(told).toEqual([
    { type: 'note', sessionId: id, note },
    { type: 'seen', sessionId: id, by: 'agent', seq: 1 },
    { type: 'desk', sessionId: id },
  ]);
});

test('people read titles, and are shown what may help with what the customer said last', async () => {
  const conversation = await house.begin();
  const understood = { rung: 'classifier', took: 1, ranking: [{ intent: 'returns', confidence: 0.9 }] };
  await house.stores.conversations.writeTurn({
    conversation,
    inbound: inboundOf(conversation, '可以退嗎'),
    outcome: outcome('', { replies: [], topic: 'returns', understood: new Map([[2, understood]]) }),
  });
  const { id } = conversation;
  expect(await desk.detail(id)).toMatchObject({
    topic: 'returns (zh-TW)',
    understanding: { ranking: [{ intent: 'returns', title: 'returns (zh-TW)' }] },
    suggestions: [{ question: '可以退嗎' }],
  });
  expect((await desk.list({ ids: [id], limit: 1 })).items).toMatchObject([{ topic: 'returns (zh-TW)' }]);
  expect((await desk.counts(randomUUID())).mine).toBe(0);
  await expect(desk.detail(randomUUID())).rejects.toThrow('There is no such conversation.');
});

test('only what could not be delivered is sent again', async () => {
  const { id } = await house.begin();
  await expect(desk.resend(id, 1)).rejects.toThrow('there is nothing to send again');
  await house.pool.query(
    `insert into outbound (session_id, seq, author, state, error) values ($1, 1, 'bot', 'failed', 'gone')`,
    [id],
  );
  expect(await desk.resend(id, 1)).toMatchObject({ seq: 1, delivery: 'pending' });
  expect(delivered).toEqual([id]);
  expect(typesTold()).toEqual(['desk']);
});
