import { randomUUID } from 'node:crypto';
import type { ConversationDetail, ConversationSummary, Handoff } from '#core/desk/desk.schema.ts';
import { openFrontDoor, type FrontDoor, type Person } from '#test/support/front-door.ts';

let door: FrontDoor;
let gina: Person;
let hans: Person;
let customer: Person;

beforeAll(async () => {
  door = await openFrontDoor();
  [gina, hans, customer] = await Promise.all([
    door.person('agent', 'Gina'),
    door.person('agent', 'Hans'),
    door.person('customer', 'Amy'),
  ]);
});
afterAll(async () => {
  await door.close();
  expect(door.undocumented()).toEqual([]);
});
afterEach(() => expect(door.faults).toEqual([]));

type Chat = { sessionId: string; token: string };
const say = (chat: Chat, text: string) =>
  door.post('/chat/message', { token: chat.token, body: { sessionId: chat.sessionId, text } });
const take = (chat: Chat, { token }: Person) => door.post(`/chat/sessions/${chat.sessionId}/take-over`, { token });
const move = (handoff: Handoff, how: string, { token }: Person, body?: object) =>
  door.post(`/handoffs/${handoff.id}/${how}`, { token, body });
const write = (chat: Chat, { token }: Person, body: object = { text: 'Hello, this is a person.' }) =>
  door.post(`/chat/sessions/${chat.sessionId}/messages`, { token, body: { clientMessageId: randomUUID(), ...body } });
const detail = async (chat: Chat): Promise<ConversationDetail> =>
  (await door.get(`/chat/sessions/${chat.sessionId}`, { token: gina.token })).body as ConversationDetail;
async function taken(person: Person): Promise<{ chat: Chat; handoff: Handoff }> {
  const chat = await door.visitor();
  await say(chat, 'I want a person');
  const { status, body } = await take(chat, person);
  expect({ status, body }).toMatchObject({ status: 200, body: { status: 'claimed', agent: { id: person.id } } });
  return { chat, handoff: body as Handoff };
}
/** A customer who asked for a person: as a flow would leave it. */
async function waiting(): Promise<{ chat: Chat; handoff: Handoff }> {
  const chat = await door.visitor();
  await say(chat, 'Please, somebody');
  await door.pool.query(`update chat_sessions set mode = 'queued' where id = $1`, [chat.sessionId]);
  const { rows } = await door.pool.query<{ id: string }>(
    `insert into handoffs (id, session_id, reason, deadline_at) values (gen_random_uuid(), $1, 'asked', now() + interval '1 hour') returning id`,
    [chat.sessionId],
  );
  return { chat, handoff: { id: rows[0]!.id } as Handoff };
}

describe('taking a conversation', () => {
  test('silences the bot, and only its owner writes in it', async () => {
    const { chat } = await taken(gina);
    const said = await say(chat, 'Are you there?');
    expect(said.body).toMatchObject({ replies: [], state: 'agent' });
    expect((await write(chat, hans)).status).toBe(409);
    expect(await write(chat, gina)).toMatchObject({
      status: 201,
      body: { author: { kind: 'agent', name: 'Gina' }, content: { text: 'Hello, this is a person.' } },
    });
    const history = await door.get(`/chat/history/${chat.sessionId}`, { token: chat.token });
    expect(history.body).toMatchObject({
      state: 'agent',
      items: expect.arrayContaining([expect.objectContaining({ author: { kind: 'agent', name: 'Gina' } })]),
    });
  });

  test('of two who want it at once one gets it, the other is told who', async () => {
    const { handoff } = await waiting();
    const both = await Promise.all([move(handoff, 'claim', gina), move(handoff, 'claim', hans)]);
    expect(both.map((one) => one.status).toSorted((a, b) => a - b)).toEqual([200, 409]);
    const loser = both.find((one) => one.status === 409)!;
    expect((loser.body as { detail: string }).detail).toMatch(/^(Gina|Hans) has this conversation\.$/);
    const { chat } = await taken(gina);
    expect(await take(chat, hans)).toMatchObject({ status: 409, body: { detail: 'Gina has this conversation.' } });
  });

  test('a message that is sent again is written once', async () => {
    const { chat } = await taken(gina);
    const clientMessageId = randomUUID();
    const [one, other] = [
      await write(chat, gina, { text: 'Once', clientMessageId }),
      await write(chat, gina, { text: 'Once', clientMessageId }),
    ];
    expect(one.body).toEqual(other.body);
  });

  test('a file is sent when it is of this conversation', async () => {
    const { chat } = await taken(gina);
    const file = await door.post(`/uploads?name=bill.txt&sessionId=${chat.sessionId}`, {
      token: gina.token,
      raw: 'bill',
    });
    const { id: uploadId } = file.body as { id: string };
    expect((await write(chat, gina, { uploadId })).body).toMatchObject({
      content: { kind: 'file', attachment: file.body },
    });
    const other = await taken(gina);
    expect((await write(other.chat, gina, { uploadId })).status).toBe(409);
    expect((await write(chat, gina, { uploadId: 'none' })).status).toBe(409);
    expect((await write(chat, gina, { uploadId, text: 'both' })).status).toBe(422);
  });
});

describe('passing it on', () => {
  test('to a colleague, who then owns it', async () => {
    const { chat, handoff } = await taken(gina);
    expect((await move(handoff, 'transfer', hans, { agentId: hans.id })).status).toBe(409);
    expect((await move(handoff, 'transfer', gina, { agentId: hans.id })).body).toMatchObject({
      agent: { name: 'Hans' },
    });
    expect((await write(chat, gina)).status).toBe(409);
    expect((await write(chat, hans)).status).toBe(201);
  });

  test('not to a customer, nor to nobody', async () => {
    const { handoff } = await taken(gina);
    for (const agentId of [customer.id, randomUUID()])
      expect(await move(handoff, 'transfer', gina, { agentId })).toMatchObject({
        status: 422,
        body: { errors: [{ path: 'agentId' }] },
      });
  });

  test('back to the bot', async () => {
    const { chat, handoff } = await taken(gina);
    expect((await move(handoff, 'return', gina)).body).toMatchObject({ status: 'returned' });
    expect((await detail(chat)).state).toBe('bot');
    expect(await move(handoff, 'return', gina)).toMatchObject({
      status: 409,
      body: { detail: 'This handoff has ended (returned).' },
    });
  });

  test('to its end, after which nothing is said in it', async () => {
    const { chat, handoff } = await taken(gina);
    expect((await move(handoff, 'resolve', hans)).status).toBe(409);
    expect((await move(handoff, 'resolve', gina)).body).toMatchObject({
      status: 'resolved',
      endedAt: expect.any(String),
    });
    expect((await say(chat, 'Thanks')).status).toBe(409);
    expect((await take(chat, gina)).status).toBe(409);
  });

  test('what does not exist cannot be passed on', async () => {
    const handoff = { id: randomUUID() } as Handoff;
    for (const how of ['claim', 'return', 'resolve']) expect((await move(handoff, how, gina)).status).toBe(404);
    expect((await move(handoff, 'transfer', gina, { agentId: hans.id })).status).toBe(404);
    expect((await take({ sessionId: randomUUID(), token: '' }, gina)).status).toBe(404);
  });
});

describe('what the desk sees', () => {
  test('lists by state and by owner, page by page', async () => {
    const { chat } = await taken(hans);
    const list = async (query: string) =>
      (await door.get(`/chat/sessions?${query}`, { token: hans.token })).body as {
        items: ConversationSummary[];
        nextCursor: string | null;
      };
    const mine = await list('mine=true');
    expect(mine.items.every((one) => one.agent?.id === hans.id)).toBe(true);
    expect(mine.items.map((one) => one.id)).toContain(chat.sessionId);
    expect((await list('state=closed')).items.every((one) => one.state === 'closed')).toBe(true);
    const seen: string[] = [];
    let cursor = '';
    do {
      const page = await list(`limit=4${cursor}`);
      seen.push(...page.items.map((one) => one.id));
      cursor = page.nextCursor ? `&cursor=${page.nextCursor}` : '';
    } while (cursor);
    const all = await door.pool.query('select from chat_sessions');
    expect([new Set(seen).size, seen.length]).toEqual([all.rowCount, all.rowCount]);
  });

  test('those who wait, longest first, and how many', async () => {
    const [first, second] = [await waiting(), await waiting()];
    await door.pool.query(`update handoffs set requested_at = now() - interval '1 hour' where id = $1`, [
      second.handoff.id,
    ]);
    const { body } = await door.get('/handoffs', { token: gina.token });
    const ids = (body as { items: ConversationSummary[] }).items.map((one) => one.id);
    expect(ids.indexOf(second.chat.sessionId)).toBeLessThan(ids.indexOf(first.chat.sessionId));
    const counts = (await door.get('/chat/sessions/counts', { token: gina.token })).body as {
      waiting: number;
      all: number;
    };
    expect(counts.waiting).toBe(ids.length);
    expect(counts.all).toBeGreaterThan(ids.length);
  });

  test('everything beside a conversation: customer, notes, tickets, earlier ones', async () => {
    const earlier = await door.visitor();
    const chat = await door.visitor(earlier.token);
    await say(chat, 'My lamp is broken');
    const url = `/chat/sessions/${chat.sessionId}`;
    const note = await door.post(`${url}/notes`, { token: gina.token, body: { text: 'A good customer.' } });
    expect(note).toMatchObject({
      status: 201,
      body: { author: { name: 'Gina' }, text: 'A good customer.', afterSeq: 3 },
    });
    await door.post(`${url}/ticket`, { token: gina.token, body: { subject: 'Lamp' } });
    expect(await detail(chat)).toMatchObject({
      id: chat.sessionId,
      state: 'bot',
      unread: 1,
      last: { by: 'bot', text: 'My lamp is broken' },
      customer: { name: expect.stringMatching(/^訪客 [0-9A-F]{4}$/) },
      notes: [note.body],
      tickets: [{ subject: 'Lamp', status: 'pending' }],
      earlier: [{ id: earlier.sessionId }],
      suggestions: [],
    });
    const history = await door.get(`/chat/history/${chat.sessionId}`, { token: chat.token });
    expect(JSON.stringify(history.body)).not.toContain('A good customer');
    expect((await door.get(`/chat/sessions/${randomUUID()}`, { token: gina.token })).status).toBe(404);
    expect(
      (await door.post(`/chat/sessions/${randomUUID()}/notes`, { token: gina.token, body: { text: 'x' } })).status,
    ).toBe(404);
  });

  test('a message that arrived is not sent again', async () => {
    const { chat } = await taken(gina);
    expect((await door.post(`/chat/sessions/${chat.sessionId}/messages/1/resend`, { token: gina.token })).status).toBe(
      409,
    );
    await door.pool.query(
      `insert into outbound (session_id, seq, author, state, error) values ($1, 1, 'bot', 'failed', 'blocked')`,
      [chat.sessionId],
    );
    const again = await door.post(`/chat/sessions/${chat.sessionId}/messages/1/resend`, { token: gina.token });
    expect(again).toMatchObject({ status: 200, body: { seq: 1, delivery: 'pending' } });
    expect(
      (await door.post(`/chat/sessions/${chat.sessionId}/messages/99999999999/resend`, { token: gina.token })).status,
    ).toBe(404);
  });
});
