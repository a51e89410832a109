import { randomBytes, randomUUID } from 'node:crypto';
import { Pool } from 'pg';
import type { Conversation } from '#core/conversation/conversation.ts';
import type { ConversationStore, Outcome } from '#core/conversation/store.ts';
import { createUuid7 } from '#core/conversation/uuid.ts';
import { createBlindIndex } from '#core/privacy/blind-index.ts';
import { createContactKeys } from '#core/privacy/contact-keys.ts';
import { createKeyRing } from '#core/privacy/key-ring.ts';
import { mask } from '#core/privacy/mask.ts';
import { createSeal } from '#core/privacy/seal.ts';
import { createTestDatabase, type TestDatabase } from '#test/support/database.ts';
import { createConversationStore } from './conversation-store.ts';
import { createDeskStore } from './desk-store.ts';
import { createSealing } from './sealing.ts';

let database: TestDatabase;
let pool: Pool;
let store: ConversationStore;
let desk: ReturnType<typeof createDeskStore>;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = new Pool({ ...database.connection, max: 8 });
  const keyRing = createKeyRing({ keys: new Map([['k1', randomBytes(32)]]), current: 'k1' });
  const seal = createSeal({ keyRing, random: randomBytes });
  const load = async (id: string): Promise<Buffer | null> =>
    (await pool.query<{ data_key: Buffer | null }>('select data_key from contacts where id = $1', [id])).rows[0]
      ?.data_key ?? null;
  const tools = {
    pool,
    sealing: createSealing({ seal, keys: createContactKeys({ seal, load, now: Date.now }) }),
    mask: (text: string, names: readonly string[]) => mask(text, { names }),
    uuid: createUuid7(Date.now),
    now: () => new Date(),
    waitMs: 60_000,
    blindIndex: createBlindIndex(randomBytes(32)),
  };
  store = createConversationStore(tools);
  desk = createDeskStore(tools);
});

afterAll(async () => {
  await pool.end();
  await database.drop();
});

const outcome = (text: string, more: Partial<Outcome> = {}): Outcome => ({
  state: { at: text },
  replies: [{ content: { kind: 'text', text }, inReplyTo: [] }],
  effects: [],
  locale: 'zh-TW',
  alarmAt: null,
  understood: new Map(),
  topic: null,
  mood: null,
  ...more,
});

async function begin(more: Partial<Outcome> = {}): Promise<Conversation> {
  const { conversation } = await store.begin({
    id: randomUUID(),
    contactId: randomUUID(),
    newContact: true,
    channel: 'web',
    connection: 'web',
    conversationKey: null,
    identity: null,
    locale: 'zh-TW',
    tokenHash: randomBytes(32),
    tokenExpiresAt: new Date(Date.now() + 3_600_000),
    page: { url: 'https://shop.example/', title: '首頁' },
    outcome: outcome('您好', more),
  });
  return conversation;
}

const text = (words: string) => ({ kind: 'text' as const, text: words });
const inboundOf = (conversation: Conversation, words: string, id: string = randomUUID()) => ({
  deliveryKey: `web:${conversation.id}:${id}`,
  clientId: id,
  content: text(words),
});
const receive = (conversation: Conversation, words: string, key: string = randomUUID()) =>
  store.receive({
    conversationId: conversation.id,
    deliveryKey: key,
    semanticKey: null,
    clientId: null,
    content: text(words),
    most: 50,
  });
const textsOf = async (id: string): Promise<string[]> =>
  (await store.history(id, 0, 100))!.items.map(({ content }) => ('text' in content ? content.text! : content.kind));

async function agent(name: string): Promise<{ id: string; name: string }> {
  const id = randomUUID();
  await pool.query(
    `insert into users (id, email_index, email_sealed, name_sealed, data_key) values ($1, $2, '', '', null)`,
    [id, randomBytes(32)],
  );
  return { id, name };
}

/** What every test must leave behind: transcripts without gaps, nothing pending that nobody knows of. */
afterEach(async () => {
  const gaps = await pool.query(
    `select s.id from chat_sessions s where s.seq <> (select count(*) from chat_messages m where m.session_id = s.id)
        or s.pending <> (select count(*) from inbound i where i.session_id = s.id and i.state = 'pending')`,
  );
  expect(gaps.rows).toEqual([]);
});

describe('the web road', () => {
  test('message and turn are one write, and read back whole', async () => {
    const conversation = await begin();
    const inbound = inboundOf(conversation, '寄到澎湖要運費嗎，我的信箱是 amy@example.com');
    const written = await store.writeTurn({ conversation, inbound, outcome: outcome('運費 160 元。') });
    expect(written.kind).toBe('written');
    expect(await textsOf(conversation.id)).toEqual(['您好', inbound.content.text, '運費 160 元。']);
    const row = await pool.query<{ masked: string; body: string }>(
      `select masked, encode(body_sealed, 'escape') as body from chat_messages where session_id = $1 and seq = 2`,
      [conversation.id],
    );
    expect(row.rows[0]!.masked).toBe('寄到澎湖要運費嗎，我的信箱是 ⟨email⟩');
    expect(row.rows[0]!.body).not.toContain('amy');
  });

  test('many turns that come together are each written once, in their own conversations', async () => {
    const conversations = await Promise.all(Array.from({ length: 40 }, () => begin()));
    const written = await Promise.all(
      conversations.map((conversation, n) =>
        store.writeTurn({
          conversation,
          inbound: inboundOf(conversation, `問題 ${n}`),
          outcome: outcome(`答案 ${n}`),
        }),
      ),
    );
    expect(written.every(({ kind }) => kind === 'written')).toBe(true);
    for (const [n, { id }] of conversations.entries())
      expect(await textsOf(id)).toEqual(['您好', `問題 ${n}`, `答案 ${n}`]);
  });

  test('a message sent twice is there once, and its place is told again', async () => {
    const conversation = await begin();
    const inbound = inboundOf(conversation, '你好');
    const first = await store.writeTurn({ conversation, inbound, outcome: outcome('嗨') });
    if (first.kind !== 'written') throw new Error(first.kind);
    const again = await store.writeTurn({ conversation: first.conversation, inbound, outcome: outcome('嗨') });
    expect(again).toEqual({ kind: 'duplicate', seq: 2 });
    expect(await textsOf(conversation.id)).toEqual(['您好', '你好', '嗨']);
  });

  test('one of two turns on the same state is refused, and nothing of it is written', async () => {
    const conversation = await begin();
    const [a, b] = await Promise.all([
      store.writeTurn({ conversation, inbound: inboundOf(conversation, 'a'), outcome: outcome('A') }),
      store.writeTurn({ conversation, inbound: inboundOf(conversation, 'b'), outcome: outcome('B') }),
    ]);
    expect([a.kind, b.kind].sort()).toEqual(['moved', 'written']);
    expect((await textsOf(conversation.id)).length).toBe(3);
  });

  test('a person who takes over comes first: the bot’s answer is refused', async () => {
    const conversation = await begin();
    await desk.takeOver(conversation.id, await agent('小安'));
    const late = await store.writeTurn({ conversation, inbound: inboundOf(conversation, '?'), outcome: outcome('!') });
    expect(late.kind).toBe('moved');
    const withEffect = await store.writeTurn({
      conversation,
      inbound: inboundOf(conversation, '?'),
      outcome: outcome('!', { effects: [{ type: 'close', reason: 'done' }] }),
    });
    expect(withEffect.kind).toBe('moved');
    expect(await textsOf(conversation.id)).toEqual(['您好']);
  });

  test('while something waits on the full road, the short one is closed', async () => {
    const conversation = await begin();
    await receive(conversation, 'first');
    const now = (await store.load(conversation.id))!;
    const second = await store.writeTurn({
      conversation: now,
      inbound: inboundOf(conversation, 'second'),
      outcome: outcome('answer'),
    });
    expect(second.kind).toBe('moved');
  });

  test('a ticket, a handoff and contact data are written with the turn', async () => {
    const conversation = await begin();
    const written = await store.writeTurn({
      conversation,
      inbound: inboundOf(conversation, '我要找真人'),
      outcome: outcome('好的', {
        effects: [
          { type: 'save-contact', email: 'amy@example.com', name: '林雨彤' },
          {
            type: 'create-ticket',
            number: `T-${randomUUID()}`,
            subject: '杯子破了',
            description: '聯絡 amy@example.com',
            category: 'damaged',
            priority: 'normal',
            slots: {},
            attachments: [],
          },
          { type: 'request-handoff', reason: 'asked', collected: { order: 'SQ-20451' } },
        ],
      }),
    });
    if (written.kind !== 'written') throw new Error(written.kind);
    expect(written.changes.map(({ type }) => type)).toEqual(['reply', 'reply', 'state']);
    expect(written.changes.at(-1)).toMatchObject({ state: 'queued', place: expect.any(Number) });
    const loaded = (await store.load(conversation.id))!;
    expect(loaded).toMatchObject({ mode: 'queued', contact: { email: 'amy@example.com', name: '林雨彤' } });
    const detail = (await desk.detail(conversation.id))!;
    expect(detail).toMatchObject({
      state: 'queued',
      customer: { name: '林雨彤' },
      collected: { order: 'SQ-20451' },
      handoff: { reason: 'asked', status: 'waiting' },
      tickets: [{ subject: '杯子破了', status: 'pending' }],
      contact: { page: { url: 'https://shop.example/', title: '首頁' } },
    });
  });
});

describe('the full road', () => {
  test('a message is written once, however often and under whichever key it is delivered', async () => {
    const conversation = await begin();
    const deliver = (deliveryKey: string, semanticKey: string) =>
      store.receive({
        conversationId: conversation.id,
        deliveryKey,
        semanticKey,
        clientId: null,
        content: text('哈囉'),
        most: 50,
      });
    const key = randomUUID();
    const all = await Promise.all([deliver(`${key}-1`, key), deliver(`${key}-1`, key), deliver(`${key}-2`, key)]);
    expect(all.map(({ kind }) => kind).sort()).toEqual(['duplicate', 'duplicate', 'received']);
    expect(all.every((one) => 'seq' in one && one.seq === 2)).toBe(true);
    expect(await textsOf(conversation.id)).toEqual(['您好', '哈囉']);
  });

  test('one worker claims; what waits comes in order and is done with the commit', async () => {
    const conversation = await begin();
    for (const words of ['一', '二', '三']) await receive(conversation, words);
    const [a, b] = await Promise.all([
      store.claim(conversation.id, randomUUID(), 5_000),
      store.claim(conversation.id, randomUUID(), 5_000),
    ]);
    const claims = [a, b].filter((claim) => claim !== null);
    expect(claims.length).toBe(1);
    const [claim] = claims;
    expect(claim!.waiting.map((row) => row.kind === 'message' && 'text' in row.content && row.content.text)).toEqual([
      '一',
      '二',
      '三',
    ]);
    await receive(conversation, '四');
    const written = await store.commitTurn(claim!, outcome('回答', { understood: new Map([[3, { intent: 'x' }]]) }));
    if (written.kind !== 'written') throw new Error(written.kind);
    expect(written.conversation.pending).toBe(1);
    expect(await textsOf(conversation.id)).toEqual(['您好', '一', '二', '三', '四', '回答']);
    expect(await store.pending(100)).toContain(conversation.id);
    const next = (await store.claim(conversation.id, randomUUID(), 5_000))!;
    expect(next.waiting.length).toBe(1);
    await store.commitTurn(next, outcome('也回答'));
  });

  test('a worker that lost its lease cannot commit any more', async () => {
    const conversation = await begin();
    await receive(conversation, '在嗎');
    const frozen = (await store.claim(conversation.id, randomUUID(), 0))!;
    const other = (await store.claim(conversation.id, randomUUID(), 5_000))!;
    expect(await store.commitTurn(frozen, outcome('舊的'))).toEqual({ kind: 'moved' });
    expect((await store.commitTurn(other, outcome('新的'))).kind).toBe('written');
    expect(await store.commitTurn(frozen, outcome('舊的'))).toEqual({ kind: 'moved' });
    expect(await textsOf(conversation.id)).toEqual(['您好', '在嗎', '新的']);
  });

  test('a message that breaks its turn again and again is put aside, and a person is called', async () => {
    const conversation = await begin();
    await receive(conversation, '毒');
    for (let attempt = 1; attempt <= 3; attempt++) {
      await pool.query('update chat_sessions set lease_until = null where id = $1', [conversation.id]);
      const claim = (await store.claim(conversation.id, randomUUID(), 5_000))!;
      const failed = await store.failTurn(claim, 'broken', 3);
      expect(failed.dead).toBe(attempt === 3 ? 1 : 0);
    }
    expect((await store.load(conversation.id))!.mode).toBe('queued');
    expect((await desk.detail(conversation.id))!.handoff).toMatchObject({ status: 'waiting', reason: 'flow' });
  });

  test('more than may wait is refused, and so is an ended conversation', async () => {
    const conversation = await begin();
    const receiveMost = (most: number) =>
      store.receive({
        conversationId: conversation.id,
        deliveryKey: randomUUID(),
        semanticKey: null,
        clientId: null,
        content: text('.'),
        most,
      });
    expect((await receiveMost(1)).kind).toBe('received');
    expect(await receiveMost(1)).toEqual({ kind: 'full' });
    const claim = (await store.claim(conversation.id, randomUUID(), 5_000))!;
    await store.commitTurn(claim, outcome('再見', { effects: [{ type: 'close', reason: 'customer' }] }));
    expect(await receiveMost(50)).toEqual({ kind: 'closed' });
    expect(await store.claim(conversation.id, randomUUID(), 5_000)).toBeNull();
  });
});

describe('alarms', () => {
  test('a turn sets the clock, the next one may leave it early, and it is found when it rings', async () => {
    const conversation = await begin({ alarmAt: new Date(Date.now() - 1_000) });
    expect(conversation.alarmAt).not.toBeNull();
    expect(await store.dueAlarms(1_000)).toContain(conversation.id);
    const later = new Date(Date.now() + 60_000);
    const written = await store.writeTurn({
      conversation,
      inbound: inboundOf(conversation, '嗯'),
      outcome: outcome('好', { alarmAt: later }),
    });
    if (written.kind !== 'written') throw new Error(written.kind);
    expect(written.conversation.alarmAt).toEqual(conversation.alarmAt);
    await store.setAlarm(conversation.id, later);
    expect(await store.dueAlarms(1_000)).not.toContain(conversation.id);
    await store.setAlarm(conversation.id, null);
  });
});

describe('the desk', () => {
  test('one of two agents gets the conversation, the other learns who has it', async () => {
    const conversation = await begin({ effects: [] });
    const [an, bo] = [await agent('安'), await agent('波')];
    const both = await Promise.allSettled([desk.takeOver(conversation.id, an), desk.takeOver(conversation.id, bo)]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const refused = both.find((one) => one.status === 'rejected')!;
    expect(String(refused.reason)).toMatch(/has this conversation/);
  });

  test('messages of a person are written once for each client id, and only by who has it', async () => {
    const conversation = await begin();
    const [an, bo] = [await agent('安'), await agent('波')];
    await desk.takeOver(conversation.id, an);
    const say = (who: typeof an, id: string) =>
      desk.say(conversation.id, who, { clientMessageId: id, text: '您好，我是小安。' });
    const first = await say(an, 'client-id-1');
    const again = await say(an, 'client-id-1');
    expect(again.message.seq).toBe(first.message.seq);
    expect(again.changes).toEqual([]);
    await expect(say(bo, 'client-id-2')).rejects.toThrow(/Take it over first/);
    expect(await textsOf(conversation.id)).toEqual(['您好', '您好，我是小安。']);
  });

  test('handed back, the bot is woken by a row of its own; resolved, the conversation is over', async () => {
    const conversation = await begin();
    const an = await agent('安');
    const { handoff } = await desk.takeOver(conversation.id, an);
    expect((await receive(conversation, '謝謝')).kind).toBe('received');
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
    const conversation = await begin();
    await store.writeTurn({
      conversation,
      inbound: inboundOf(conversation, '真人'),
      outcome: outcome('好', { effects: [{ type: 'request-handoff', reason: 'asked', collected: {} }] }),
    });
    await pool.query(`update handoffs set deadline_at = now() where session_id = $1`, [conversation.id]);
    const released = await desk.unattended(10);
    expect(released.map(({ sessionId }) => sessionId)).toContain(conversation.id);
    const claim = (await store.claim(conversation.id, randomUUID(), 5_000))!;
    expect(claim.waiting).toMatchObject([{ kind: 'unattended' }]);
    await store.commitTurn(claim, outcome('已為您建立工單'));
  });
});

test('an erased contact’s words are gone, and nothing else breaks', async () => {
  const conversation = await begin();
  await pool.query('update contacts set data_key = null where id = $1', [conversation.contactId]);
  expect(await store.load(conversation.id)).toBeNull();
  expect(await textsOf(conversation.id)).toEqual(['⟨erased⟩']);
  expect((await desk.summaries({ ids: [conversation.id], limit: 1 })).items).toHaveLength(1);
});
