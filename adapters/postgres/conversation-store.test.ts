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
let tools: Parameters<typeof createConversationStore>[0];
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
  tools = {
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

const maskedOf = async (id: string): Promise<string[]> => {
  const rows = await pool.query<{ masked: string }>(
    `select masked from chat_messages where session_id = $1 and change = 'message' order by seq`,
    [id],
  );
  return rows.rows.map((row) => row.masked);
};

async function agent(name: string): Promise<{ id: string; name: string }> {
  const id = randomUUID();
  await pool.query(
    `insert into users (id, email_index, email_sealed, name_sealed, data_key) values ($1, $2, '', '', null)`,
    [id, randomBytes(32)],
  );
  return { id, name };
}

/** The pool, but that `first` happens before each statement that looks like `which`. */
const pausing = (own: Pool, which: RegExp, first: () => Promise<unknown>): Pool =>
  new Proxy(own, {
    get: (target, name: keyof Pool) =>
      name === 'query'
        ? async (config: { text: string }, values: unknown[]) => {
            if (which.test(config.text)) await first();
            return target.query(config, values);
          }
        : target[name],
  });

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
          { type: 'request-handoff', reason: 'asked', collected: { order: 'SQ-20451', files: 'u1' } },
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
      handoff: { reason: 'asked', status: 'waiting' },
      tickets: [{ subject: '杯子破了', status: 'pending' }],
      contact: { page: { url: 'https://shop.example/', title: '首頁' } },
    });
    // Files stand in the transcript; their ids tell an agent nothing.
    expect(detail.collected).toEqual({ order: 'SQ-20451' });
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
      const failed = await store.failTurn(claim, 3);
      expect(failed.dead).toBe(attempt === 3 ? 1 : 0);
    }
    expect((await store.load(conversation.id))!.mode).toBe('queued');
    expect((await desk.detail(conversation.id))!.handoff).toMatchObject({ status: 'waiting', reason: 'flow' });
  });

  test('a failure is counted by whoever still has the conversation, and by nobody else', async () => {
    const conversation = await begin();
    await receive(conversation, '在嗎');
    const frozen = (await store.claim(conversation.id, randomUUID(), 0))!;
    const other = (await store.claim(conversation.id, randomUUID(), 5_000))!;
    expect(await store.failTurn(frozen, 1)).toEqual({ dead: 0, changes: [] });
    expect((await store.commitTurn(other, outcome('在'))).kind).toBe('written');
  });

  test('a claim that a person overtook before it was read is none', async () => {
    const conversation = await begin();
    const an = await agent('安');
    const slow = createConversationStore({
      ...tools,
      pool: pausing(pool, /^\s*select s\.id, s\.contact_id/, () => desk.takeOver(conversation.id, an)),
    });
    expect(await slow.claim(conversation.id, randomUUID(), 5_000)).toBeNull();
  });

  test('sent again after the end, or while too many wait, a message that was taken is still taken', async () => {
    const conversation = await begin();
    const key = randomUUID();
    await receive(conversation, '一', key);
    const again = (most: number) =>
      store.receive({
        conversationId: conversation.id,
        deliveryKey: key,
        semanticKey: null,
        clientId: null,
        content: text('一'),
        most,
      });
    expect(await again(1)).toEqual({ kind: 'duplicate', seq: 2 });
    const claim = (await store.claim(conversation.id, randomUUID(), 5_000))!;
    await store.commitTurn(claim, outcome('再見', { effects: [{ type: 'close', reason: 'customer' }] }));
    expect(await again(50)).toEqual({ kind: 'duplicate', seq: 2 });
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
    expect(await receiveMost(50)).toEqual({ kind: 'closed', head: 4 });
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
    const claim = (await store.claim(conversation.id, randomUUID(), 5_000))!;
    await store.release(claim, later);
    expect(await store.dueAlarms(1_000)).not.toContain(conversation.id);
    expect((await store.load(conversation.id))!.alarmAt).toEqual(later);
    const again = (await store.claim(conversation.id, randomUUID(), 5_000))!;
    await store.release(again, null);
    expect((await store.load(conversation.id))!.alarmAt).toBeNull();
  });

  test('a worker that lost its lease does not touch the clock that a later turn set', async () => {
    const conversation = await begin({ alarmAt: new Date(Date.now() - 1_000) });
    const frozen = (await store.claim(conversation.id, randomUUID(), 0))!;
    const soon = new Date(Date.now() + 60_000);
    const current = (await store.load(conversation.id))!;
    const written = await store.writeTurn({
      conversation: current,
      inbound: inboundOf(conversation, '嗯'),
      outcome: outcome('好', { effects: [{ type: 'rate', score: 5 }], alarmAt: soon }),
    });
    expect(written.kind).toBe('written');
    await store.release(frozen, null);
    expect((await store.load(conversation.id))!.alarmAt).toEqual(soon);
  });

  test('what a person has is not rung, and does not stand before what can be', async () => {
    const held = await begin({ alarmAt: new Date(Date.now() - 60_000) });
    const free = await begin({ alarmAt: new Date(Date.now() - 1_000) });
    await desk.takeOver(held.id, await agent('安'));
    const due = await store.dueAlarms(1_000);
    expect(due).not.toContain(held.id);
    expect(due).toContain(free.id);
    expect(await store.claim(held.id, randomUUID(), 5_000)).toBeNull();
    const claim = (await store.claim(free.id, randomUUID(), 5_000))!;
    expect(await store.dueAlarms(1_000)).not.toContain(free.id);
    await store.release(claim, null);
  });

  test('an alarm whose turn failed rings again later, not at once and for ever', async () => {
    const conversation = await begin({ alarmAt: new Date(Date.now() - 1_000) });
    const claim = (await store.claim(conversation.id, randomUUID(), 5_000))!;
    expect(await store.failTurn(claim, 3)).toEqual({ dead: 0, changes: [] });
    expect((await store.load(conversation.id))!.alarmAt!.getTime()).toBeGreaterThan(Date.now() + 30_000);
  });
});

describe('a conversation begins', () => {
  const again = (contactId: string, opening: Outcome | null = outcome('您好')) =>
    store.begin({
      id: randomUUID(),
      contactId,
      newContact: false,
      channel: 'web',
      connection: 'web',
      conversationKey: null,
      identity: null,
      locale: 'zh-TW',
      tokenHash: null,
      tokenExpiresAt: null,
      page: null,
      outcome: opening,
    });

  test('what the opening turn does is done: a flow that broke at once calls a person', async () => {
    const conversation = await begin({ effects: [{ type: 'request-handoff', reason: 'flow', collected: {} }] });
    expect(conversation).toMatchObject({ mode: 'queued', seq: 2 });
    expect((await desk.detail(conversation.id))!.handoff).toMatchObject({ status: 'waiting', reason: 'flow' });
  });

  test('who comes back is greeted by his name, which search and lists do not see', async () => {
    const { contactId } = await begin({ effects: [{ type: 'save-contact', name: '林雨彤', email: 'a@example.com' }] });
    const facts = (await store.contactFacts(contactId))!;
    expect(facts).toEqual({ contact: { name: '林雨彤', email: 'a@example.com' }, previous: null });
    const begun = await again(contactId, outcome('林雨彤您好，歡迎回來'));
    expect(begun.conversation.contact.name).toBe('林雨彤');
    expect(await maskedOf(begun.conversation.id)).toEqual(['⟨name⟩您好，歡迎回來']);
  });

  test('the conversation that ended last is known, with its subject and its ticket', async () => {
    const first = await begin();
    const number = `T-${randomUUID()}`;
    const ticket = {
      type: 'create-ticket' as const,
      number,
      subject: '杯子',
      description: '破了',
      category: 'damaged',
      priority: 'normal' as const,
      slots: {},
      attachments: [],
    };
    await store.writeTurn({
      conversation: first,
      inbound: inboundOf(first, '謝謝'),
      outcome: outcome('再見', { topic: 'damaged', effects: [ticket, { type: 'close', reason: 'customer' }] }),
    });
    const previous = { closedAt: expect.any(String), topic: 'damaged', ticket: number };
    expect((await store.contactFacts(first.contactId))!.previous).toEqual(previous);
    // One that is still open does not hide it.
    await again(first.contactId);
    expect((await again(first.contactId, null)).conversation.previous).toEqual(previous);
  });

  test('nobody begins as a contact that was erased', async () => {
    const { contactId } = await begin();
    await pool.query('update contacts set data_key = null where id = $1', [contactId]);
    const other = createConversationStore({
      ...tools,
      sealing: { ...tools.sealing, keyOf: async () => undefined },
    });
    expect(await store.contactFacts(contactId)).toBeNull();
    expect(await store.contactFacts(randomUUID())).toBeNull();
    await expect(
      other.begin({
        id: randomUUID(),
        contactId,
        newContact: false,
        channel: 'web',
        connection: 'web',
        conversationKey: null,
        identity: null,
        locale: 'en',
        tokenHash: null,
        tokenExpiresAt: null,
        page: null,
        outcome: null,
      }),
    ).rejects.toThrow('There is no such contact.');
  });

  test('a platform’s customer is known by a blind index and by nothing that can be read', async () => {
    const id = randomUUID();
    const start = { id, contactId: randomUUID(), newContact: true, channel: 'telegram' as const, connection: 'shop' };
    await store.begin({
      ...start,
      conversationKey: '4711',
      identity: 'telegram:4711',
      locale: 'en',
      tokenHash: null,
      tokenExpiresAt: null,
      page: null,
      outcome: null,
    });
    expect((await desk.detail(id))!.contact.identities).toEqual([{ channel: 'telegram', label: 'telegram:4711' }]);
  });
});

describe('names', () => {
  test('a name that the dialogue was told is masked from then on, on file or not', async () => {
    const conversation = await begin();
    const state = { slots: { name: '林雨彤' } };
    const first = await store.writeTurn({
      conversation,
      inbound: inboundOf(conversation, '我叫林雨彤'),
      outcome: outcome('林雨彤您好', { state }),
    });
    if (first.kind !== 'written') throw new Error(first.kind);
    const ticket = {
      type: 'create-ticket' as const,
      number: `T-${randomUUID()}`,
      subject: '林雨彤的杯子',
      description: '聯絡人：林雨彤',
      category: 'damaged',
      priority: 'normal' as const,
      slots: {},
      attachments: [],
    };
    await store.writeTurn({
      conversation: first.conversation,
      inbound: inboundOf(conversation, '好'),
      outcome: outcome('好的，林雨彤', { effects: [{ type: 'save-contact', name: '林雨彤' }, ticket] }),
    });
    expect(await maskedOf(conversation.id)).toEqual(['您好', '我叫⟨name⟩', '⟨name⟩您好', '好', '好的，⟨name⟩']);
    const filed = await pool.query('select subject_masked, description_masked from tickets where session_id = $1', [
      conversation.id,
    ]);
    expect(filed.rows).toEqual([{ subject_masked: '⟨name⟩的杯子', description_masked: '聯絡人：⟨name⟩' }]);
  });

  test('what agents write is masked like everything else', async () => {
    const conversation = await begin({ effects: [{ type: 'save-contact', name: '林雨彤' }] });
    const an = await agent('安');
    await desk.takeOver(conversation.id, an);
    await desk.say(conversation.id, an, { clientMessageId: randomUUID(), text: '林雨彤您好' });
    await desk.note(conversation.id, an, '林雨彤很急');
    expect((await maskedOf(conversation.id)).at(-1)).toBe('⟨name⟩您好');
    const notes = await pool.query('select masked from notes where session_id = $1', [conversation.id]);
    expect(notes.rows).toEqual([{ masked: '⟨name⟩很急' }]);
  });
});

/** A conversation that waits for a person. */
async function queued(): Promise<{ conversation: Conversation; handoffId: string }> {
  const conversation = await begin({ effects: [{ type: 'request-handoff', reason: 'asked', collected: {} }] });
  return { conversation, handoffId: (await desk.detail(conversation.id))!.handoff!.id };
}

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

  test('what a customer wrote just before waiting ended is answered as well', async () => {
    const { conversation } = await queued();
    await receive(conversation, '還要多久？');
    await pool.query(`update handoffs set deadline_at = now() where session_id = $1`, [conversation.id]);
    await desk.unattended(1_000);
    const claim = (await store.claim(conversation.id, randomUUID(), 5_000))!;
    expect(claim.waiting.map(({ kind }) => kind)).toEqual(['message', 'unattended']);
    await store.commitTurn(claim, outcome('抱歉讓您久等'));
  });

  test('a handoff that waits in a conversation that has ended only ends, and holds up nobody', async () => {
    const [ended, open] = [await queued(), await queued()];
    await pool.query(`update chat_sessions set mode = 'closed', closed_at = now() where id = $1`, [
      ended.conversation.id,
    ]);
    await pool.query(`update handoffs set deadline_at = now() - interval '1 minute' where session_id = any($1)`, [
      [ended.conversation.id, open.conversation.id],
    ]);
    expect((await desk.unattended(1_000)).map(({ sessionId }) => sessionId)).toEqual([open.conversation.id]);
    expect(await desk.unattended(1_000)).toEqual([]);
    const claim = (await store.claim(open.conversation.id, randomUUID(), 5_000))!;
    await store.commitTurn(claim, outcome('抱歉'));
  });

  test('a claim, a take-over and the bot’s own turn at once leave one owner, and none of them ends in a deadlock', async () => {
    const [an, bo] = [await agent('安'), await agent('波')];
    for (let round = 0; round < 15; round++) {
      const { conversation, handoffId } = await queued();
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
    const { conversation, handoffId } = await queued();
    const [an, bo] = [await agent('安'), await agent('波')];
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
    const conversation = await begin();
    const an = await agent('安');
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
    const conversation = await begin();
    await desk.markRead(conversation.id, 2_000_000_000);
    await receive(conversation, '在嗎');
    await desk.markRead(randomUUID(), 1);
    expect((await desk.summaries({ ids: [conversation.id], limit: 1 })).items[0]).toMatchObject({ unread: 1 });
    const claim = (await store.claim(conversation.id, randomUUID(), 5_000))!;
    await store.commitTurn(claim, outcome('在'));
  });

  test('nothing is written down of a customer who was erased', async () => {
    const conversation = await begin();
    const an = await agent('安');
    await desk.takeOver(conversation.id, an);
    await pool.query('update contacts set data_key = null where id = $1', [conversation.contactId]);
    const message = { clientMessageId: randomUUID(), text: '您好' };
    await expect(desk.say(conversation.id, an, message)).rejects.toThrow(/was erased/);
    await expect(desk.note(conversation.id, an, '。')).rejects.toThrow(/was erased/);
    await expect(desk.note(randomUUID(), an, '。')).rejects.toThrow('There is no such conversation.');
  });
});

test('an erased contact’s words are gone, and nothing else breaks', async () => {
  const conversation = await begin();
  await pool.query('update contacts set data_key = null where id = $1', [conversation.contactId]);
  expect(await store.load(conversation.id)).toBeNull();
  expect(await textsOf(conversation.id)).toEqual(['⟨erased⟩']);
  expect((await desk.summaries({ ids: [conversation.id], limit: 1 })).items).toHaveLength(1);
});
