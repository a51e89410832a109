import type { Ticket } from '#core/tickets/ticket.schema.ts';
import { openFrontDoor, type FrontDoor, type Person } from '#test/support/front-door.ts';

let door: FrontDoor;
let amy: Person;
let bob: Person;
let agent: Person;
let admin: Person;

beforeAll(async () => {
  door = await openFrontDoor();
  [amy, bob, agent, admin] = await Promise.all([
    door.person('customer', 'Amy Chen'),
    door.person('customer', 'Bob Lin'),
    door.person('agent', 'Gina Agent'),
    door.person('admin', 'Ada Admin'),
  ]);
});
afterAll(async () => {
  await door.close();
  expect(door.undocumented()).toEqual([]);
});
afterEach(() => expect(door.faults).toEqual([]));

const LAMP = { subject: 'The lamp is broken', description: 'Call me: 0912-345-678. Amy Chen' };

async function filed(person: Person, request: object = LAMP): Promise<Ticket> {
  const { status, body } = await door.post('/tickets', { token: person.token, body: request });
  expect({ status, body }).toMatchObject({ status: 201 });
  return body as Ticket;
}
const put = (ticket: Ticket, person: Person, body: object, headers: Record<string, string> = {}) =>
  door.put(`/tickets/${ticket.id}`, { token: person.token, body, headers });

describe('filing a ticket', () => {
  test('a customer without a contact gets one, and the ticket is his', async () => {
    const ticket = await filed(amy);
    expect(ticket).toMatchObject({
      ...LAMP,
      number: expect.stringMatching(/^T-\d+$/),
      status: 'pending',
      priority: 'normal',
      category: 'general',
      requester: { name: 'Amy Chen', email: amy.email },
      assignee: null,
      history: [{ by: 'Amy Chen', what: 'created', from: null, to: 'pending' }],
      version: 1,
    });
    const again = await filed(amy);
    expect(again.requester).toEqual(ticket.requester);
    expect(again.number).not.toBe(ticket.number);
  });

  test('what a customer wrote lies sealed in the database, masked beside it', async () => {
    const ticket = await filed(amy);
    const { rows } = await door.pool.query('select * from tickets where id = $1', [ticket.id]);
    expect(rows[0].description_masked).toBe('Call me: ⟨phone⟩. ⟨name⟩');
    expect(Buffer.concat([rows[0].subject_sealed, rows[0].description_sealed]).includes('lamp')).toBe(false);
    const { rows: contacts } = await door.pool.query('select * from contacts where user_id = $1', [amy.id]);
    expect(JSON.stringify(contacts)).not.toContain('Amy');
  });

  test('two requests at once make one contact', async () => {
    const fresh = await door.person('customer', 'Fresh');
    const made = await Promise.all([1, 2, 3, 4].map(() => filed(fresh)));
    expect(new Set(made.map((ticket) => ticket.requester.id)).size).toBe(1);
    expect(new Set(made.map((ticket) => ticket.number)).size).toBe(4);
  });

  test('an agent files it for a customer', async () => {
    const { requester } = await filed(amy);
    const ticket = await filed(agent, { ...LAMP, priority: 'urgent', contactId: requester.id });
    expect(ticket).toMatchObject({ requester, priority: 'urgent', history: [{ by: 'Gina Agent' }] });
    expect((await door.get(`/tickets/${ticket.id}`, { token: amy.token })).status).toBe(200);
  });

  test.each([
    ['for somebody else', { contactId: '00000000-0000-4000-8000-000000000000' }, 'contactId'],
    ['with a priority', { priority: 'urgent' }, 'priority'],
  ])('a customer cannot file it %s', async (_, more, path) => {
    const { status, body } = await door.post('/tickets', { token: amy.token, body: { ...LAMP, ...more } });
    expect({ status, body }).toMatchObject({ status: 403, body: { errors: [{ path }] } });
  });

  test('nobody files it for a contact that does not exist', async () => {
    const body = { ...LAMP, contactId: '00000000-0000-4000-8000-000000000000' };
    expect((await door.post('/tickets', { token: agent.token, body })).status).toBe(404);
  });

  test('nothing is written down of a customer whose data was erased', async () => {
    const gone = await door.person('customer', 'Gone');
    const ticket = await filed(gone);
    await door.pool.query('update contacts set data_key = null, erased_at = now() where id = $1', [
      ticket.requester.id,
    ]);
    door.keys.forget(ticket.requester.id);
    const body = { ...LAMP, contactId: ticket.requester.id };
    expect((await door.post('/tickets', { token: agent.token, body })).status).toBe(409);
    expect((await put(ticket, agent, { subject: 'x' })).status).toBe(409);
    expect((await put(ticket, agent, { status: 'closed' })).body).toMatchObject({
      subject: '⟨erased⟩',
      status: 'closed',
      requester: { name: expect.stringMatching(/^訪客 /), email: null },
    });
  });
});

describe('a request that is sent again', () => {
  const file = (person: Person, key: string, subject = 'Once') =>
    door.post('/tickets', {
      token: person.token,
      body: { subject, description: 'x' },
      headers: { 'Idempotency-Key': key },
    });

  test('under the same key is the ticket that it made before', async () => {
    const first = (await file(amy, 'key-1')).body as Ticket;
    expect(await file(amy, 'key-1')).toMatchObject({ status: 201, body: { id: first.id, number: first.number } });
    expect((await file(amy, 'key-2')).body).not.toMatchObject({ id: first.id });
    expect((await file(bob, 'key-1')).body).not.toMatchObject({ id: first.id });
  });

  test('at the same moment makes one ticket, with one history', async () => {
    const answers = await Promise.all(Array.from({ length: 6 }, () => file(amy, 'at-once')));
    expect(new Set(answers.map(({ body }) => (body as Ticket).id)).size).toBe(1);
    expect(answers[0]!.body).toMatchObject({ history: [{ what: 'created' }] });
  });

  test('about a conversation makes one ticket, too', async () => {
    const { sessionId } = await door.visitor();
    const post = () =>
      door.post(`/chat/sessions/${sessionId}/ticket`, {
        token: agent.token,
        body: { subject: 'Call back' },
        headers: { 'Idempotency-Key': 'call-back-1' },
      });
    expect((await post()).body).toEqual((await post()).body);
  });

  test('has a key of 200 characters at most', async () => {
    expect((await file(amy, 'k'.repeat(201))).status).toBe(422);
    expect((await file(amy, 'k'.repeat(200))).status).toBe(201);
  });
});

describe('whose ticket it is', () => {
  test('another customer’s ticket is not there', async () => {
    const ticket = await filed(amy);
    const asked = await Promise.all([
      door.get(`/tickets/${ticket.id}`, { token: bob.token }),
      put(ticket, bob, { subject: 'mine now' }),
      put(ticket, bob, { status: 'closed' }),
    ]);
    for (const { status, body } of asked)
      expect({ status, body }).toMatchObject({ status: 404, body: { detail: 'There is no such ticket.' } });
    const { body } = await door.get('/tickets?limit=100', { token: bob.token });
    expect((body as { items: Ticket[] }).items.map((one) => one.requester.name)).not.toContain('Amy Chen');
  });

  test('agents and admins see all', async () => {
    const ticket = await filed(amy);
    for (const { token } of [agent, admin])
      expect((await door.get(`/tickets/${ticket.id}`, { token })).body).toMatchObject({ id: ticket.id });
  });

  test('the holder of a conversation’s token sees none', async () => {
    const { token } = await door.visitor();
    expect((await door.get('/tickets', { token })).status).toBe(403);
  });
});

describe('changing a ticket', () => {
  test('the moves of its status are those that are allowed, others name them', async () => {
    const ticket = await filed(amy);
    expect((await put(ticket, agent, { status: 'in_progress' })).body).toMatchObject({
      status: 'in_progress',
      version: 2,
    });
    expect((await put(ticket, agent, { status: 'resolved' })).status).toBe(200);
    const refused = await put(ticket, agent, { status: 'pending' });
    expect(refused).toMatchObject({
      status: 409,
      body: { detail: 'A ticket that is resolved cannot become pending. It can become in_progress, closed.' },
    });
    expect((await put(ticket, agent, { status: 'closed' })).status).toBe(200);
    expect((await put(ticket, agent, { status: 'in_progress' })).body).toMatchObject({
      detail: 'This ticket is closed: it moves no further. File a new one.',
    });
  });

  test('each change stands in its history; words of the customer’s do not', async () => {
    const ticket = await filed(amy);
    await put(ticket, agent, { priority: 'high', assigneeId: agent.id, tags: ['lamp', 'glass'] });
    await put(ticket, amy, { subject: 'The lamp is really broken' });
    const { body } = await door.get(`/tickets/${ticket.id}`, { token: amy.token });
    expect(body).toMatchObject({
      subject: 'The lamp is really broken',
      description: LAMP.description,
      assignee: { id: agent.id, name: 'Gina Agent' },
      tags: ['lamp', 'glass'],
      version: 3,
      history: [
        { what: 'created' },
        { by: 'Gina Agent', what: 'priority', from: 'normal', to: 'high' },
        { by: 'Gina Agent', what: 'assignee', from: null, to: 'Gina Agent' },
        { by: 'Gina Agent', what: 'tags', from: '', to: 'lamp, glass' },
        { by: 'Amy Chen', what: 'subject', from: null, to: null },
      ],
    });
  });

  test('what is as it was already is no change', async () => {
    const ticket = await filed(amy);
    const { body } = await put(ticket, agent, { subject: LAMP.subject, status: 'pending', assigneeId: null });
    expect(body).toMatchObject({ version: 1, history: [{ what: 'created' }] });
  });

  test('a version that is not the newest is refused', async () => {
    const ticket = await filed(amy);
    const headers = { 'If-Match': '"1"' };
    expect((await put(ticket, agent, { priority: 'high' }, headers)).status).toBe(200);
    expect(await put(ticket, agent, { priority: 'low' }, headers)).toMatchObject({
      status: 412,
      body: { detail: 'Somebody changed this ticket: it is version 2, you have 1. Read it again.' },
    });
  });

  test('of two agents with the same version one is refused', async () => {
    const ticket = await filed(amy);
    const headers = { 'If-Match': '1' };
    const both = await Promise.all([
      put(ticket, agent, { priority: 'high' }, headers),
      put(ticket, admin, { priority: 'low' }, headers),
    ]);
    expect(both.map((one) => one.status).toSorted((a, b) => a - b)).toEqual([200, 412]);
  });

  test.each([
    ['priority', { priority: 'urgent' }],
    ['assigneeId', { assigneeId: null }],
    ['tags', { tags: [] }],
    ['status', { status: 'closed' }],
    ['status', { status: 'in_progress' }],
  ])('a customer never sets %s: %j', async (path, change) => {
    const ticket = await filed(amy);
    expect(await put(ticket, amy, change)).toMatchObject({ status: 403, body: { errors: [{ path }] } });
  });

  test('a customer reopens a ticket that was called resolved, not one that is closed', async () => {
    const ticket = await filed(amy);
    await put(ticket, agent, { status: 'resolved' });
    expect((await put(ticket, amy, { status: 'in_progress' })).body).toMatchObject({ status: 'in_progress' });
    await put(ticket, agent, { status: 'closed' });
    expect((await put(ticket, amy, { status: 'in_progress' })).status).toBe(409);
  });

  test('a ticket is given to people of the desk only', async () => {
    const ticket = await filed(amy);
    for (const assigneeId of [bob.id, '00000000-0000-4000-8000-000000000000'])
      expect(await put(ticket, agent, { assigneeId })).toMatchObject({
        status: 422,
        body: { errors: [{ path: 'assigneeId' }] },
      });
    expect((await put(ticket, agent, { assigneeId: admin.id })).body).toMatchObject({
      assignee: { name: 'Ada Admin' },
    });
    expect((await put(ticket, agent, { assigneeId: null })).body).toMatchObject({ assignee: null });
  });

  test('a ticket that does not exist is not found', async () => {
    const id = '00000000-0000-4000-8000-000000000000';
    expect((await door.get(`/tickets/${id}`, { token: agent.token })).status).toBe(404);
    expect((await door.put(`/tickets/${id}`, { token: agent.token, body: { priority: 'low' } })).status).toBe(404);
  });
});

async function list(query: string, { token }: Person): Promise<{ items: Ticket[]; nextCursor: string | null }> {
  const { status, body } = await door.get(`/tickets?${query}`, { token });
  expect({ status, body }).toMatchObject({ status: 200 });
  return body as { items: Ticket[]; nextCursor: string | null };
}
const idsOf = async (query: string, person: Person): Promise<string[]> =>
  (await list(query, person)).items.map((ticket) => ticket.id);

describe('the list', () => {
  test('comes page by page, newest first, each ticket once', async () => {
    const carl = await door.person('customer', 'Carl');
    const made: string[] = [];
    for (let n = 0; n < 7; n++) made.unshift((await filed(carl)).id);
    const seen: string[] = [];
    let cursor = '';
    do {
      const page = await list(`limit=3${cursor}`, carl);
      seen.push(...page.items.map((ticket) => ticket.id));
      cursor = page.nextCursor ? `&cursor=${page.nextCursor}` : '';
    } while (cursor);
    expect(seen).toEqual(made);
  });

  test('is narrowed by status, by who has it, and by words', async () => {
    const dora = await door.person('customer', 'Dora');
    const lamp = await filed(dora, { subject: 'A violet lamp', description: 'x' });
    const vase = await filed(dora, { subject: '花瓶破了', description: 'y 100% z' });
    await put(vase, agent, { status: 'in_progress', assigneeId: agent.id });
    expect(await idsOf('status=pending', dora)).toEqual([lamp.id]);
    expect(await idsOf('status=in_progress', dora)).toEqual([vase.id]);
    expect(await idsOf('q=VIOLET', dora)).toEqual([lamp.id]);
    expect(await idsOf(`q=${encodeURIComponent('花瓶')}`, dora)).toEqual([vase.id]);
    expect(await idsOf(`q=${encodeURIComponent('100%')}`, dora)).toEqual([vase.id]);
    expect(await idsOf(`q=${encodeURIComponent('l%p')}`, dora)).toEqual([]);
    expect(await idsOf(`q=${lamp.number.toLowerCase()}`, agent)).toEqual([lamp.id]);
    expect(await idsOf('assignee=me', agent)).toContain(vase.id);
    expect(await idsOf('assignee=none&limit=100', agent)).not.toContain(vase.id);
  });

  test('refuses a cursor that is none', async () => {
    expect(await door.get('/tickets?cursor=yesterday', { token: agent.token })).toMatchObject({
      status: 422,
      body: { errors: [{ path: 'cursor', message: 'not a cursor' }] },
    });
  });
});

describe('a ticket about a conversation', () => {
  test('quotes what the customer said last, and the desk hears of it', async () => {
    const { sessionId, token } = await door.visitor();
    for (const text of ['My lamp came broken', 'Order SQ-20451'])
      await door.post('/chat/message', { token, body: { sessionId, text } });
    door.events.length = 0;
    const { status, body } = await door.post(`/chat/sessions/${sessionId}/ticket`, {
      token: agent.token,
      body: { subject: 'Broken lamp', priority: 'high' },
    });
    expect({ status, body }).toMatchObject({
      status: 201,
      body: { description: 'My lamp came broken\nOrder SQ-20451', priority: 'high', sessionId },
    });
    expect(door.events).toEqual([{ type: 'desk', sessionId }]);
    const { contactId } = (await door.store.load(sessionId))!;
    expect(await door.tickets.statusFor(contactId)).toMatchObject({ subject: 'Broken lamp', status: 'pending' });
  });

  test('takes its own words, and its subject where nothing was said', async () => {
    const { sessionId } = await door.visitor();
    const file = (body: object) => door.post(`/chat/sessions/${sessionId}/ticket`, { token: agent.token, body });
    expect((await file({ subject: 'Call back', description: 'At nine' })).body).toMatchObject({
      description: 'At nine',
    });
    expect((await file({ subject: 'Call back' })).body).toMatchObject({ description: 'Call back' });
  });

  test('needs a conversation, and somebody of the desk', async () => {
    const body = { subject: 'x' };
    const url = '/chat/sessions/00000000-0000-4000-8000-000000000000/ticket';
    expect((await door.post(url, { token: agent.token, body })).status).toBe(404);
    expect((await door.post(url, { token: amy.token, body })).status).toBe(403);
  });
});

describe('what a flow tells of tickets', () => {
  test('the newest of the contact’s own, or the one that is named', async () => {
    const eve = await door.person('customer', 'Eve');
    const first = await filed(eve, { subject: 'First', description: 'x' });
    await filed(eve, { subject: 'Second', description: 'x' });
    const contact = first.requester.id;
    expect(await door.tickets.statusFor(contact)).toMatchObject({ subject: 'Second' });
    expect(await door.tickets.statusFor(contact, ` ${first.number.toLowerCase()} `)).toMatchObject({
      subject: 'First',
    });
    const other = await filed(amy);
    expect(await door.tickets.statusFor(contact, other.number)).toBeNull();
  });
});

describe('numbers', () => {
  test('are at hand at once after a refill, and none is given out twice', async () => {
    await door.numbers.refill();
    const taken = await Promise.all(Array.from({ length: 70 }, () => door.numbers.take()));
    await door.numbers.refill();
    const more = [door.numbers.next(), door.numbers.next()];
    expect(more.every((number) => /^T-\d+$/.test(number ?? ''))).toBe(true);
    expect(new Set([...taken, ...more]).size).toBe(72);
    while (door.numbers.next() !== undefined);
    expect(door.numbers.next()).toBeUndefined();
  });
});
