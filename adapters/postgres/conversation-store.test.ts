import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import type { Conversation } from '#core/conversation/conversation.ts';
import type { ConversationStore, Outcome } from '#core/conversation/store.ts';
import type { DeskStore } from '#core/desk/desk-store.ts';
import { inboundOf, openTestStores, outcome } from '#test/support/stores.ts';
import { deskStatus } from './queue-standing.ts';
import { createStores } from './stores.ts';

let house: Awaited<ReturnType<typeof openTestStores>>;
let store: ConversationStore;
let desk: DeskStore;

beforeAll(async () => {
  house = await openTestStores();
  ({ conversations: store, desk } = house.stores);
});
afterAll(() => house.close());
/** What every test must leave behind: transcripts without gaps, nothing pending that nobody knows of. */
afterEach(async () => expect(await house.broken()).toEqual([]));

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

describe('the web road', () => {
  test('message and turn are one write, and read back whole', async () => {
    const conversation = await house.begin();
    const inbound = inboundOf(conversation, '寄到澎湖要運費嗎，我的信箱是 amy@example.com');
    const written = await store.writeTurn({ conversation, inbound, outcome: outcome('運費 160 元。') });
    expect(written.kind).toBe('written');
    expect(await house.texts(conversation.id)).toEqual(['您好', inbound.content.text, '運費 160 元。']);
    const row = await house.pool.query<{ masked: string; body: string }>(
      `select masked, encode(body_sealed, 'escape') as body from chat_messages where session_id = $1 and seq = 2`,
      [conversation.id],
    );
    expect(row.rows[0]!.masked).toBe('寄到澎湖要運費嗎，我的信箱是 ⟨email⟩');
    expect(row.rows[0]!.body).not.toContain('amy');
  });

  test('many turns that come together are each written once, in their own conversations', async () => {
    const conversations = await Promise.all(Array.from({ length: 40 }, () => house.begin()));
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
      expect(await house.texts(id)).toEqual(['您好', `問題 ${n}`, `答案 ${n}`]);
  });

  test('a message sent twice is there once, and its place is told again', async () => {
    const conversation = await house.begin();
    const inbound = inboundOf(conversation, '你好');
    const first = await store.writeTurn({ conversation, inbound, outcome: outcome('嗨') });
    if (first.kind !== 'written') throw new Error(first.kind);
    const again = await store.writeTurn({ conversation: first.conversation, inbound, outcome: outcome('嗨') });
    expect(again).toEqual({ kind: 'duplicate', seq: 2 });
    expect(await house.texts(conversation.id)).toEqual(['您好', '你好', '嗨']);
  });

  test('one of two turns on the same state is refused, and nothing of it is written', async () => {
    const conversation = await house.begin();
    const [a, b] = await Promise.all([
      store.writeTurn({ conversation, inbound: inboundOf(conversation, 'a'), outcome: outcome('A') }),
      store.writeTurn({ conversation, inbound: inboundOf(conversation, 'b'), outcome: outcome('B') }),
    ]);
    expect([a.kind, b.kind].sort()).toEqual(['moved', 'written']);
    expect((await house.texts(conversation.id)).length).toBe(3);
  });

  test('a person who takes over comes first: the bot’s answer is refused', async () => {
    const conversation = await house.begin();
    await desk.takeOver(conversation.id, await house.agent('小安'));
    const late = await store.writeTurn({ conversation, inbound: inboundOf(conversation, '?'), outcome: outcome('!') });
    expect(late.kind).toBe('moved');
    const withEffect = await store.writeTurn({
      conversation,
      inbound: inboundOf(conversation, '?'),
      outcome: outcome('!', { effects: [{ type: 'close', reason: 'done' }] }),
    });
    expect(withEffect.kind).toBe('moved');
    expect(await house.texts(conversation.id)).toEqual(['您好']);
  });

  test('while something waits on the full road, the short one is closed', async () => {
    const conversation = await house.begin();
    await house.receive(conversation, 'first');
    const now = (await store.load(conversation.id))!;
    const second = await store.writeTurn({
      conversation: now,
      inbound: inboundOf(conversation, 'second'),
      outcome: outcome('answer'),
    });
    expect(second.kind).toBe('moved');
  });

  test('a ticket, a handoff and contact data are written with the turn', async () => {
    const conversation = await house.begin();
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

describe('what a turn does beside speaking', () => {
  const turn = async (conversation: Conversation, effects: Outcome['effects']) => {
    const written = await store.writeTurn({
      conversation,
      inbound: inboundOf(conversation, '嗯'),
      outcome: outcome('好', { effects }),
    });
    if (written.kind !== 'written') throw new Error(written.kind);
    return written.conversation;
  };
  const session = async (id: string) =>
    (await house.pool.query('select rating, mode, close_reason from chat_sessions where id = $1', [id]))
      .rows[0] as object;

  test('stars are taken once, with what was said to them', async () => {
    const first = await turn(await house.begin(), [{ type: 'rate', score: 2, comment: '太慢' }]);
    expect(first.rated).toBe(true);
    await turn(first, [{ type: 'rate', score: 5 }]);
    expect(await session(first.id)).toMatchObject({ rating: 2 });
    expect(await store.rate(first.id, 5, undefined)).toBe(false);
    expect(await store.rate(randomUUID(), 5, undefined)).toBe(false);
  });

  test('whether an answer helped is counted with its FAQ; of a document nothing is counted', async () => {
    const faq = await house.pool.query<{ id: string }>(
      `insert into faqs (question, alternatives, answer, locale, category, tags, status)
       values ('?', '{}', '!', 'zh-TW', 'x', '{}', 'published') returning id`,
    );
    const { id } = faq.rows[0]!;
    const feedback = (kind: 'faq' | 'document', helpful: boolean) =>
      ({ type: 'feedback', source: { kind, id }, helpful }) as const;
    await turn(await house.begin(), [feedback('faq', true), feedback('faq', false), feedback('document', true)]);
    const counted = await house.pool.query('select helpful, unhelpful from faqs where id = $1', [id]);
    expect(counted.rows).toEqual([{ helpful: 1, unhelpful: 1 }]);
  });

  test('a wish for a person may be withdrawn, and ends with the conversation', async () => {
    const { conversation: waiting } = await house.queued();
    const back = await turn((await store.load(waiting.id))!, [{ type: 'withdraw-handoff' }]);
    expect(back.mode).toBe('bot');
    const again = await turn(back, [{ type: 'request-handoff', reason: 'asked', collected: {} }]);
    const ended = await turn(again, [{ type: 'close', reason: 'customer' }]);
    expect(await session(ended.id)).toMatchObject({ mode: 'closed', close_reason: 'customer' });
    const handoffs = await house.pool.query('select status from handoffs where session_id = $1', [ended.id]);
    expect(handoffs.rows).toEqual([{ status: 'withdrawn' }, { status: 'withdrawn' }]);
  });

  test('what is known of a customer grows, and nothing of it is forgotten', async () => {
    const first = await turn(await house.begin(), [{ type: 'save-contact', email: 'amy@example.com' }]);
    const second = await turn(first, [{ type: 'save-contact', phone: '0912345678' }]);
    expect(second.contact).toEqual({ email: 'amy@example.com', phone: '0912345678' });
    expect((await store.load(second.id))!.contact).toEqual(second.contact);
  });

  test('the wait to expect is told once there were five to know it from', async () => {
    await house.pool.query(
      `insert into handoffs (id, session_id, reason, status, requested_at, claimed_at, ended_at, deadline_at)
       select gen_random_uuid(), $1, 'asked', 'resolved', now() - interval '1 hour', now() - interval '59 minutes', now(), now()
         from generate_series(1, 20)`,
      [(await house.begin()).id],
    );
    const written = await store.writeTurn({
      conversation: await house.begin(),
      inbound: null,
      outcome: outcome('好', { effects: [{ type: 'request-handoff', reason: 'asked', collected: {} }] }),
    });
    expect(written).toMatchObject({ changes: [{}, { state: 'queued', waitSeconds: 60, place: expect.any(Number) }] });
    const status = await deskStatus(house.pool, { open: true, opensAt: null, agents: 1 });
    expect(status).toMatchObject({ open: true, agents: 1, waitSeconds: 60, place: expect.any(Number) });
  });
});

describe('the full road', () => {
  test('a message is written once, however often and under whichever key it is delivered', async () => {
    const conversation = await house.begin();
    const deliver = (deliveryKey: string, semanticKey: string) =>
      store.receive({
        conversationId: conversation.id,
        deliveryKey,
        semanticKey,
        clientId: null,
        content: { kind: 'text', text: '哈囉' },
        most: 50,
      });
    const key = randomUUID();
    const all = await Promise.all([deliver(`${key}-1`, key), deliver(`${key}-1`, key), deliver(`${key}-2`, key)]);
    expect(all.map(({ kind }) => kind).sort()).toEqual(['duplicate', 'duplicate', 'received']);
    expect(all.every((one) => 'seq' in one && one.seq === 2)).toBe(true);
    expect(await house.texts(conversation.id)).toEqual(['您好', '哈囉']);
  });

  test('one worker claims; what waits comes in order and is done with the commit', async () => {
    const conversation = await house.begin();
    for (const words of ['一', '二', '三']) await house.receive(conversation, words);
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
    await house.receive(conversation, '四');
    const written = await store.commitTurn(claim!, outcome('回答', { understood: new Map([[3, { intent: 'x' }]]) }));
    if (written.kind !== 'written') throw new Error(written.kind);
    expect(written.conversation.pending).toBe(1);
    expect(await house.texts(conversation.id)).toEqual(['您好', '一', '二', '三', '四', '回答']);
    expect(await store.pending(100)).toContain(conversation.id);
    const next = (await store.claim(conversation.id, randomUUID(), 5_000))!;
    expect(next.waiting.length).toBe(1);
    await store.commitTurn(next, outcome('也回答'));
  });

  test('a worker that lost its lease cannot commit any more', async () => {
    const conversation = await house.begin();
    await house.receive(conversation, '在嗎');
    const frozen = (await store.claim(conversation.id, randomUUID(), 0))!;
    const other = (await store.claim(conversation.id, randomUUID(), 5_000))!;
    expect(await store.commitTurn(frozen, outcome('舊的'))).toEqual({ kind: 'moved' });
    expect((await store.commitTurn(other, outcome('新的'))).kind).toBe('written');
    expect(await store.commitTurn(frozen, outcome('舊的'))).toEqual({ kind: 'moved' });
    expect(await house.texts(conversation.id)).toEqual(['您好', '在嗎', '新的']);
  });

  test('a message that breaks its turn again and again is put aside, and a person is called', async () => {
    const conversation = await house.begin();
    await house.receive(conversation, '毒');
    for (let attempt = 1; attempt <= 3; attempt++) {
      await house.pool.query('update chat_sessions set lease_until = null where id = $1', [conversation.id]);
      const claim = (await store.claim(conversation.id, randomUUID(), 5_000))!;
      const failed = await store.failTurn(claim, 3);
      expect(failed.dead).toBe(attempt === 3 ? 1 : 0);
    }
    expect((await store.load(conversation.id))!.mode).toBe('queued');
    expect((await desk.detail(conversation.id))!.handoff).toMatchObject({ status: 'waiting', reason: 'flow' });
  });

  test('a failure is counted by whoever still has the conversation, and by nobody else', async () => {
    const conversation = await house.begin();
    await house.receive(conversation, '在嗎');
    const frozen = (await store.claim(conversation.id, randomUUID(), 0))!;
    const other = (await store.claim(conversation.id, randomUUID(), 5_000))!;
    expect(await store.failTurn(frozen, 1)).toEqual({ dead: 0, changes: [] });
    expect((await store.commitTurn(other, outcome('在'))).kind).toBe('written');
  });

  test('a claim that a person overtook before it was read is none', async () => {
    const conversation = await house.begin();
    const an = await house.agent('安');
    const slow = createStores({
      ...house.tools,
      pool: pausing(house.pool, /^\s*select s\.id, s\.contact_id/, () => desk.takeOver(conversation.id, an)),
    }).conversations;
    expect(await slow.claim(conversation.id, randomUUID(), 5_000)).toBeNull();
  });

  test('sent again after the end, or while too many wait, a message that was taken is still taken', async () => {
    const conversation = await house.begin();
    const key = randomUUID();
    await house.receive(conversation, '一', key);
    const again = (most: number) =>
      store.receive({
        conversationId: conversation.id,
        deliveryKey: key,
        semanticKey: null,
        clientId: null,
        content: { kind: 'text', text: '一' },
        most,
      });
    expect(await again(1)).toEqual({ kind: 'duplicate', seq: 2 });
    const claim = (await store.claim(conversation.id, randomUUID(), 5_000))!;
    await store.commitTurn(claim, outcome('再見', { effects: [{ type: 'close', reason: 'customer' }] }));
    expect(await again(50)).toEqual({ kind: 'duplicate', seq: 2 });
  });

  test('more than may wait is refused, and so is an ended conversation', async () => {
    const conversation = await house.begin();
    const receiveMost = (most: number) =>
      store.receive({
        conversationId: conversation.id,
        deliveryKey: randomUUID(),
        semanticKey: null,
        clientId: null,
        content: { kind: 'text', text: '.' },
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
    const conversation = await house.begin({ alarmAt: new Date(Date.now() - 1_000) });
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
    const conversation = await house.begin({ alarmAt: new Date(Date.now() - 1_000) });
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
    const held = await house.begin({ alarmAt: new Date(Date.now() - 60_000) });
    const free = await house.begin({ alarmAt: new Date(Date.now() - 1_000) });
    await desk.takeOver(held.id, await house.agent('安'));
    const due = await store.dueAlarms(1_000);
    expect(due).not.toContain(held.id);
    expect(due).toContain(free.id);
    expect(await store.claim(held.id, randomUUID(), 5_000)).toBeNull();
    const claim = (await store.claim(free.id, randomUUID(), 5_000))!;
    expect(await store.dueAlarms(1_000)).not.toContain(free.id);
    await store.release(claim, null);
  });

  test('an alarm whose turn failed rings again later, not at once and for ever', async () => {
    const conversation = await house.begin({ alarmAt: new Date(Date.now() - 1_000) });
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
    const conversation = await house.begin({ effects: [{ type: 'request-handoff', reason: 'flow', collected: {} }] });
    expect(conversation).toMatchObject({ mode: 'queued', seq: 2 });
    expect((await desk.detail(conversation.id))!.handoff).toMatchObject({ status: 'waiting', reason: 'flow' });
  });

  test('who comes back is greeted by his name, which search and lists do not see', async () => {
    const { contactId } = await house.begin({
      effects: [{ type: 'save-contact', name: '林雨彤', email: 'a@example.com' }],
    });
    const facts = (await store.contactFacts(contactId))!;
    expect(facts).toEqual({ contact: { name: '林雨彤', email: 'a@example.com' }, previous: null });
    const begun = await again(contactId, outcome('林雨彤您好，歡迎回來'));
    expect(begun.conversation.contact.name).toBe('林雨彤');
    expect(await house.masked(begun.conversation.id)).toEqual(['⟨name⟩您好，歡迎回來']);
  });

  test('the conversation that ended last is known, with its subject and its ticket', async () => {
    const first = await house.begin();
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
    const { contactId } = await house.begin();
    await house.erase(contactId);
    expect(await store.contactFacts(contactId)).toBeNull();
    expect(await store.contactFacts(randomUUID())).toBeNull();
    await expect(again(contactId)).rejects.toThrow('There is no such contact.');
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
    const conversation = await house.begin();
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
    expect(await house.masked(conversation.id)).toEqual(['您好', '我叫⟨name⟩', '⟨name⟩您好', '好', '好的，⟨name⟩']);
    const filed = await house.pool.query(
      'select subject_masked, description_masked from tickets where session_id = $1',
      [conversation.id],
    );
    expect(filed.rows).toEqual([{ subject_masked: '⟨name⟩的杯子', description_masked: '聯絡人：⟨name⟩' }]);
  });
});

test('an erased contact’s words are gone, and nothing else breaks', async () => {
  const conversation = await house.begin();
  await house.receive(conversation, '我的信箱是 amy@example.com');
  await house.pool.query('update contacts set data_key = null where id = $1', [conversation.contactId]);
  expect(await store.load(conversation.id)).toBeNull();
  expect(await house.texts(conversation.id)).toEqual(['⟨erased⟩', '⟨erased⟩']);
  expect((await desk.summaries({ ids: [conversation.id], limit: 1 })).items).toHaveLength(1);
});
