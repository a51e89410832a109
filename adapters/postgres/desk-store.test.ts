import { randomUUID } from 'node:crypto';
import type { ConversationStore } from '#core/conversation/store.ts';
import type { DeskStore } from '#core/desk/desk-store.ts';
import { inboundOf, openTestStores, outcome } from '#test/support/stores.ts';

let house: Awaited<ReturnType<typeof openTestStores>>;
let store: ConversationStore;
let desk: DeskStore;

beforeAll(async () => {
  house = await openTestStores();
  ({ conversations: store, desk } = house.stores);
});
afterAll(() => house.close());
afterEach(async () => expect(await house.broken()).toEqual([]));

test('one of two agents gets the conversation, the other learns who has it', async () => {
  const conversation = await house.begin({ effects: [] });
  const [an, bo] = [await house.agent('安'), await house.agent('波')];
  const both = await Promise.allSettled([desk.takeOver(conversation.id, an), desk.takeOver(conversation.id, bo)]);
  expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  const refused = both.find((one) => one.status === 'rejected')!;
  expect(String(refused.reason)).toMatch(/has this conversation/);
});

test('messages of a person are written once for each client id, and only by who has it', async () => {
  const conversation = await house.begin();
  const [an, bo] = [await house.agent('安'), await house.agent('波')];
  await desk.takeOver(conversation.id, an);
  const say = (who: typeof an, id: string) =>
    desk.say(conversation.id, who, { clientMessageId: id, text: '您好，我是小安。' });
  const first = await say(an, 'client-id-1');
  const again = await say(an, 'client-id-1');
  expect(again.message.seq).toBe(first.message.seq);
  expect(again.changes).toEqual([]);
  await expect(say(bo, 'client-id-2')).rejects.toThrow(/Take it over first/);
  expect(await house.texts(conversation.id)).toEqual(['您好', '您好，我是小安。']);
});

test('handed back, the bot is woken by a row of its own; resolved, the conversation is over', async () => {
  const conversation = await house.begin();
  const an = await house.agent('安');
  const { handoff } = await desk.takeOver(conversation.id, an);
  expect((await house.receive(conversation, '謝謝')).kind).toBe('received');
  expect((await store.load(conversation.id))!.pending).toBe(0);
  await desk.giveBack(handoff.id, an);
  const claim = (await store.claim(conversation.id, randomUUID(), 5_000))!;
  expect(claim.waiting).toMatchObject([{ kind: 'returned', agent: { name: '安' } }]);
  await store.commitTurn(claim, outcome('我回來了'));
  const again = await desk.takeOver(conversation.id, an);
  await desk.resolve(again.handoff.id, an);
  expect((await store.load(conversation.id))!.mode).toBe('closed');
  await expect(desk.resolve(again.handoff.id, an)).rejects.toThrow(/has ended \(resolved\)/);
});

test('who waited too long goes back to the bot', async () => {
  const conversation = await house.begin();
  await store.writeTurn({
    conversation,
    inbound: inboundOf(conversation, '真人'),
    outcome: outcome('好', { effects: [{ type: 'request-handoff', reason: 'asked', collected: {} }] }),
  });
  await house.pool.query(`update handoffs set deadline_at = now() where session_id = $1`, [conversation.id]);
  const released = await desk.unattended(10);
  expect(released.map(({ sessionId }) => sessionId)).toContain(conversation.id);
  const claim = (await store.claim(conversation.id, randomUUID(), 5_000))!;
  expect(claim.waiting).toMatchObject([{ kind: 'unattended' }]);
  await store.commitTurn(claim, outcome('已為您建立工單'));
});

test('everything that is known stands beside the transcript', async () => {
  const first = await house.begin({ effects: [{ type: 'save-contact', name: '林雨彤', email: 'amy@example.com' }] });
  const an = await house.agent('安');
  const taken = await desk.takeOver(first.id, an);
  await desk.resolve(taken.handoff.id, an);
  const { conversation } = await store.begin({
    id: randomUUID(),
    contactId: first.contactId,
    newContact: false,
    channel: 'web',
    connection: 'web',
    conversationKey: null,
    identity: null,
    locale: 'en',
    tokenHash: null,
    tokenExpiresAt: null,
    page: { title: 'Cups' },
    outcome: null,
  });
  const understood = { rung: 'classifier', took: 2, ranking: [{ intent: 'damaged', confidence: 0.9 }] };
  await store.writeTurn({
    conversation,
    inbound: inboundOf(conversation, 'It broke'),
    outcome: outcome('Oh', {
      state: { slots: { order: 'SQ-1', files: 'f1,f2' } },
      topic: 'damaged',
      understood: new Map([[1, understood]]),
      effects: [
        {
          type: 'create-ticket',
          number: `T-${randomUUID()}`,
          subject: 'A cup',
          description: 'It broke',
          category: 'damaged',
          priority: 'high',
          slots: {},
          attachments: [],
        },
        { type: 'request-handoff', reason: 'asked', collected: { order: 'SQ-0', phone: '0912' } },
      ],
    }),
  });
  const note = await desk.note(conversation.id, an, 'Call her');
  await store.writeCursors([{ id: conversation.id, delivered: 2, seen: 2 }]);
  const detail = (await desk.detail(conversation.id))!;
  expect(detail).toMatchObject({
    customer: { name: '林雨彤' },
    contact: {
      name: '林雨彤',
      email: 'amy@example.com',
      phone: null,
      identities: [],
      page: { url: '', title: 'Cups' },
    },
    collected: { order: 'SQ-1', phone: '0912' },
    understanding: { rung: 'classifier', ranking: [{ intent: 'damaged', confidence: 0.9 }] },
    tickets: [{ subject: 'A cup', status: 'pending' }],
    earlier: [{ id: first.id, endedBy: 'agent' }],
    handoffs: [{ reason: 'asked', status: 'waiting', agent: null }],
    notes: [note],
    last: { text: 'Oh', by: 'bot' },
    seen: 2,
    unread: 1,
    topic: 'damaged',
  });
  expect(detail.collected).not.toHaveProperty('files');
  expect(await desk.detail(randomUUID())).toBeNull();
});

test('lists come by pages, filtered by state and owner; what is no cursor of ours is refused', async () => {
  const an = await house.agent('安');
  const mine = await Promise.all([house.begin(), house.begin(), house.begin()]);
  for (const { id } of mine) await desk.takeOver(id, an);
  const first = await desk.summaries({ state: 'agent', agentId: an.id, limit: 2 });
  const rest = await desk.summaries({ state: 'agent', agentId: an.id, limit: 2, cursor: first.nextCursor! });
  expect([...first.items, ...rest.items].map(({ id }) => id).sort()).toEqual(mine.map(({ id }) => id).sort());
  expect(rest.nextCursor).toBeNull();
  expect(first.items[0]).toMatchObject({ agent: an, handoff: { reason: 'taken-over', agent: an } });
  expect(await desk.counts(an.id)).toMatchObject({ mine: 3 });
  for (const cursor of ['?', Buffer.from('2026-01-01 x').toString('base64url')])
    await expect(desk.summaries({ cursor, limit: 1 })).rejects.toThrow('This cursor is none of ours');
});

test('who was greeted and said nothing stands in no list and no count, and can be read all the same', async () => {
  const an = await house.agent('安');
  const before = await desk.counts(an.id);
  const conversation = await house.begin();
  const listed = async (): Promise<string[]> =>
    (await desk.summaries({ ids: [conversation.id], limit: 10 })).items.map(({ id }) => id);
  expect(await listed()).toEqual([]);
  expect((await desk.counts(an.id)).all).toBe(before.all);
  expect((await desk.detail(conversation.id))!.id).toBe(conversation.id);
  await house.receive(conversation, '你好');
  expect(await listed()).toEqual([conversation.id]);
  expect((await desk.counts(an.id)).all).toBe(before.all + 1);
});

test('what a customer wrote just before waiting ended is answered as well', async () => {
  const { conversation } = await house.queued();
  await house.receive(conversation, '還要多久？');
  await house.pool.query(`update handoffs set deadline_at = now() where session_id = $1`, [conversation.id]);
  await desk.unattended(1_000);
  const claim = (await store.claim(conversation.id, randomUUID(), 5_000))!;
  expect(claim.waiting.map(({ kind }) => kind)).toEqual(['message', 'unattended']);
  await store.commitTurn(claim, outcome('抱歉讓您久等'));
});

test('a handoff that waits in a conversation that has ended only ends, and holds up nobody', async () => {
  const [ended, open] = [await house.queued(), await house.queued()];
  await house.pool.query(`update chat_sessions set mode = 'closed', closed_at = now() where id = $1`, [
    ended.conversation.id,
  ]);
  await house.pool.query(`update handoffs set deadline_at = now() - interval '1 minute' where session_id = any($1)`, [
    [ended.conversation.id, open.conversation.id],
  ]);
  expect((await desk.unattended(1_000)).map(({ sessionId }) => sessionId)).toEqual([open.conversation.id]);
  expect(await desk.unattended(1_000)).toEqual([]);
  const claim = (await store.claim(open.conversation.id, randomUUID(), 5_000))!;
  await store.commitTurn(claim, outcome('抱歉'));
});

test('a claim, a take-over and the bot’s own turn at once leave one owner, and none of them ends in a deadlock', async () => {
  const [an, bo] = [await house.agent('安'), await house.agent('波')];
  for (let round = 0; round < 15; round++) {
    const { conversation, handoffId } = await house.queued();
    const all = await Promise.allSettled([
      store.writeTurn({
        conversation,
        inbound: inboundOf(conversation, '算了'),
        outcome: outcome('好', { effects: [{ type: 'withdraw-handoff' }] }),
      }),
      desk.claim(handoffId, an),
      desk.takeOver(conversation.id, bo),
    ]);
    for (const one of all) if (one.status === 'rejected') expect(one.reason).toMatchObject({ kind: 'conflict' });
    expect((await store.load(conversation.id))!.mode).toBe('agent');
  }
});

test('who comes too late is told why', async () => {
  const { conversation, handoffId } = await house.queued();
  const [an, bo] = [await house.agent('安'), await house.agent('波')];
  await expect(desk.giveBack(handoffId, an)).rejects.toThrow('Nobody has taken this conversation yet.');
  await desk.claim(handoffId, an);
  await expect(desk.claim(handoffId, bo)).rejects.toThrow(/has this conversation/);
  await expect(desk.transfer(handoffId, bo, an)).rejects.toThrow(/has this conversation/);
  const { handoff } = await desk.transfer(handoffId, an, bo);
  expect(handoff.agent).toEqual(bo);
  await desk.resolve(handoffId, bo);
  await expect(desk.takeOver(conversation.id, an)).rejects.toThrow('This conversation has ended.');
  await expect(desk.claim(randomUUID(), an)).rejects.toThrow('There is no such handoff.');
  await expect(desk.takeOver(randomUUID(), an)).rejects.toThrow('There is no such conversation.');
});

test('an agent’s message that was written stays so, sent again after the conversation was handed back', async () => {
  const conversation = await house.begin();
  const an = await house.agent('安');
  const { handoff } = await desk.takeOver(conversation.id, an);
  const message = { clientMessageId: randomUUID(), text: '我查一下' };
  const [first, twice] = await Promise.all([
    desk.say(conversation.id, an, message),
    desk.say(conversation.id, an, message),
  ]);
  expect(twice.message.seq).toBe(first.message.seq);
  await desk.giveBack(handoff.id, an);
  expect(await desk.say(conversation.id, an, message)).toMatchObject({ message: first.message, changes: [] });
  const claim = (await store.claim(conversation.id, randomUUID(), 5_000))!;
  await store.commitTurn(claim, outcome('我回來了'));
});

test('how far agents have read ends at the head, and an unknown conversation is read by nobody', async () => {
  const conversation = await house.begin();
  await desk.markRead(conversation.id, 2_000_000_000);
  await house.receive(conversation, '在嗎');
  await desk.markRead(randomUUID(), 1);
  expect((await desk.summaries({ ids: [conversation.id], limit: 1 })).items[0]).toMatchObject({ unread: 1 });
  const claim = (await store.claim(conversation.id, randomUUID(), 5_000))!;
  await store.commitTurn(claim, outcome('在'));
});

test('nothing is written down of a customer who was erased', async () => {
  const conversation = await house.begin();
  const an = await house.agent('安');
  await desk.takeOver(conversation.id, an);
  await house.pool.query('update contacts set data_key = null where id = $1', [conversation.contactId]);
  const message = { clientMessageId: randomUUID(), text: '您好' };
  await expect(desk.say(conversation.id, an, message)).rejects.toThrow(/was erased/);
  await expect(desk.note(conversation.id, an, '。')).rejects.toThrow(/was erased/);
  await expect(desk.note(randomUUID(), an, '。')).rejects.toThrow('There is no such conversation.');
});

test('what agents write is masked like everything else', async () => {
  const conversation = await house.begin({ effects: [{ type: 'save-contact', name: '林雨彤' }] });
  const an = await house.agent('安');
  await desk.takeOver(conversation.id, an);
  await desk.say(conversation.id, an, { clientMessageId: randomUUID(), text: '林雨彤您好' });
  await desk.note(conversation.id, an, '林雨彤很急');
  expect((await house.masked(conversation.id)).at(-1)).toBe('⟨name⟩您好');
  const notes = await house.pool.query('select masked from notes where session_id = $1', [conversation.id]);
  expect(notes.rows).toEqual([{ masked: '⟨name⟩很急' }]);
});
