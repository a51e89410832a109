import jwt from 'jsonwebtoken';
import { can } from '#core/access/roles.ts';
import { AUDIENCE, ISSUER, signAccess } from '#core/access/tokens.ts';
import { openFrontDoor, type FrontDoor, type Person } from '#test/support/front-door.ts';
import type { Endpoint } from './endpoint.ts';

let door: FrontDoor;
let customer: Person;
let agent: Person;
let admin: Person;

beforeAll(async () => {
  door = await openFrontDoor();
  [customer, agent, admin] = await Promise.all([door.person('customer'), door.person('agent'), door.person('admin')]);
});
afterAll(async () => {
  await door.close();
  expect(door.undocumented()).toEqual([]);
});
afterEach(() => expect(door.faults).toEqual([]));

const ID = '00000000-0000-4000-8000-000000000000';
const urlOf = (endpoint: Endpoint): string => endpoint.path.replaceAll('{seq}', '1').replaceAll(/\{\w+\}/g, ID);
const asked = async (endpoint: Endpoint, token?: string): Promise<number> => {
  const method = endpoint.method.toUpperCase();
  const hasBody = endpoint.body !== undefined && endpoint.body !== 'bytes';
  return (await door.ask(method, urlOf(endpoint), { token, ...(hasBody ? { body: {} } : {}) })).status;
};
const nameOf = (endpoint: Endpoint): string => `${endpoint.method.toUpperCase()} ${endpoint.path}`;

test('every endpoint says who may ask', () => {
  expect(door.endpoints.map((endpoint) => `${nameOf(endpoint)} · ${endpoint.allow}`).toSorted()).toEqual([
    'DELETE /knowledge/faq/{faq_id} · knowledge.write',
    'GET /auth/me · signed-in',
    'GET /chat/history/{session_id} · token',
    'GET /chat/sessions · conversation.read',
    'GET /chat/sessions/counts · conversation.read',
    'GET /chat/sessions/{session_id} · conversation.read',
    'GET /handoffs · conversation.read',
    'GET /healthz · anyone',
    'GET /knowledge/faq · anyone',
    'GET /knowledge/faq/{faq_id} · anyone',
    'GET /knowledge/search · anyone',
    'GET /metrics · anyone',
    'GET /readyz · anyone',
    'GET /tickets · ticket.write-own',
    'GET /tickets/{ticket_id} · ticket.write-own',
    'GET /uploads/{upload_id} · token',
    'POST /auth/login · anyone',
    'POST /auth/logout · signed-in',
    'POST /auth/refresh · anyone',
    'POST /chat/message · anyone',
    'POST /chat/sessions · anyone',
    'POST /chat/sessions/{session_id}/messages · conversation.reply',
    'POST /chat/sessions/{session_id}/messages/{seq}/resend · conversation.reply',
    'POST /chat/sessions/{session_id}/notes · conversation.reply',
    'POST /chat/sessions/{session_id}/take-over · handoff.claim',
    'POST /chat/sessions/{session_id}/ticket · ticket.write',
    'POST /handoffs/{handoff_id}/claim · handoff.claim',
    'POST /handoffs/{handoff_id}/resolve · handoff.claim',
    'POST /handoffs/{handoff_id}/return · handoff.claim',
    'POST /handoffs/{handoff_id}/transfer · handoff.claim',
    'POST /knowledge/faq · knowledge.write',
    'POST /tickets · ticket.write-own',
    'POST /uploads · token',
    'PUT /knowledge/faq/{faq_id} · knowledge.write',
    'PUT /tickets/{ticket_id} · ticket.write-own',
  ]);
});

test('whoever has no token, or one that is none, is asked for it wherever one is needed', async () => {
  const closed = door.endpoints.filter((endpoint) => endpoint.allow !== 'anyone');
  expect(closed.length).toBeGreaterThan(20);
  for (const endpoint of closed)
    for (const token of [undefined, 'nonsense', 'a.b.c'])
      expect([nameOf(endpoint), await asked(endpoint, token)]).toEqual([nameOf(endpoint), 401]);
});

test('whoever lacks the permission is told so, everywhere, whatever he sends', async () => {
  const visitor = await door.visitor();
  for (const endpoint of door.endpoints) {
    const { allow } = endpoint;
    if (allow === 'anyone' || allow === 'token') continue;
    expect([nameOf(endpoint), await asked(endpoint, visitor.token)]).toEqual([nameOf(endpoint), 403]);
    if (allow === 'signed-in') continue;
    if (!can(['customer'], allow))
      expect([nameOf(endpoint), await asked(endpoint, customer.token)]).toEqual([nameOf(endpoint), 403]);
    if (!can(['agent'], allow))
      expect([nameOf(endpoint), await asked(endpoint, agent.token)]).toEqual([nameOf(endpoint), 403]);
    expect(await asked(endpoint, admin.token)).not.toBe(403);
  }
});

describe('tokens', () => {
  const me = async (token: string) => (await door.get('/auth/me', { token })).status;
  const now = new Date();
  const claims = { sub: ID, roles: ['admin'], sid: ID, iss: ISSUER, aud: AUDIENCE };
  const SECRET = 'a secret for tests that is long enough';

  test('of a person who signed in are taken, as long as the sign-in holds', async () => {
    const person = await door.person('agent', 'Gina');
    expect((await door.get('/auth/me', { token: person.token })).body).toMatchObject({
      name: 'Gina',
      roles: ['agent'],
    });
    expect((await door.post('/auth/logout', { token: person.token })).status).toBe(204);
    expect(await me(person.token)).toBe(401);
  });

  test.each([
    ['signed with another secret', jwt.sign(claims, 'another secret that is long enough', { algorithm: 'HS256' })],
    ['signed with another algorithm', jwt.sign(claims, SECRET, { algorithm: 'HS512' })],
    ['not signed at all', jwt.sign(claims, '', { algorithm: 'none' })],
    ['for another audience', jwt.sign({ ...claims, aud: 'elsewhere' }, SECRET)],
    ['of another issuer', jwt.sign({ ...claims, iss: 'elsewhere' }, SECRET)],
    ['expired', signAccess({ userId: ID, roles: ['admin'], sessionId: ID, secret: SECRET, now, ttl: -1 })],
    ['of a sign-in that never was', signAccess({ userId: ID, roles: ['admin'], sessionId: ID, secret: SECRET, now })],
    ['too long to be one', 'a'.repeat(8_000)],
  ])('%s are refused', async (_, token) => {
    expect(await me(token)).toBe(401);
  });

  test('in another scheme than Bearer are none', async () => {
    for (const scheme of ['Basic', 'Token', ''])
      expect((await door.get('/auth/me', { headers: { Authorization: `${scheme} ${admin.token}` } })).status).toBe(401);
  });

  test('wrong ones are told from missing ones', async () => {
    expect((await door.get('/auth/me')).body).toMatchObject({ detail: 'Send a token: Authorization: Bearer …' });
    expect((await door.get('/auth/me', { token: 'old' })).body).toMatchObject({
      detail: 'This token is unknown or has expired. Sign in again, or begin a new conversation.',
    });
  });

  test('of a conversation that was left for a day are no more', async () => {
    const { token, sessionId } = await door.visitor();
    await door.pool.query(`update chat_sessions set token_expires_at = now() - interval '1 second' where id = $1`, [
      sessionId,
    ]);
    expect((await door.get(`/chat/history/${sessionId}`, { token })).status).toBe(401);
  });
});

describe('a conversation', () => {
  test('is read by its token, by the customer it belongs to, and by the desk', async () => {
    await door.contacts.ensure(customer.id);
    const stranger = await door.person('customer');
    const [own, other] = [await door.visitor(customer.token), await door.visitor()];
    await door.post('/chat/message', { token: own.token, body: { sessionId: own.sessionId, text: 'Mine alone' } });
    const read = (token?: string) => door.get(`/chat/history/${own.sessionId}`, { token });
    for (const token of [own.token, customer.token, agent.token, admin.token])
      expect((await read(token)).body).toMatchObject({ items: [{}, { content: { text: 'Mine alone' } }, {}] });
    for (const token of [other.token, stranger.token])
      expect(await read(token)).toMatchObject({ status: 404, body: { detail: 'There is no such conversation.' } });
    expect((await read()).status).toBe(401);
  });

  test('is written to by its own people only', async () => {
    const [own, other] = [await door.visitor(customer.token), await door.visitor()];
    const say = (token?: string) =>
      door.post('/chat/message', { token, body: { sessionId: own.sessionId, text: 'Hi' } });
    expect((await say()).status).toBe(401);
    for (const token of [other.token, agent.token]) expect((await say(token)).status).toBe(403);
    for (const token of [own.token, customer.token]) expect((await say(token)).status).toBe(200);
  });

  test('that a message begins is given with its token', async () => {
    const { status, body } = await door.post('/chat/message', { body: { text: 'Hello there', locale: 'en' } });
    expect({ status, body }).toMatchObject({
      status: 200,
      body: {
        sessionToken: expect.stringMatching(/^[\w-]{43}$/),
        message: { content: { text: 'Hello there' } },
        replies: [{ content: { text: 'Hello there' } }],
        state: 'bot',
      },
    });
    const { sessionId, sessionToken: token } = body as { sessionId: string; sessionToken: string };
    const page = await door.get(`/chat/history/${sessionId}?limit=2`, { token });
    expect(page.body).toMatchObject({ head: 3, items: [{ seq: 1 }, { seq: 2 }], nextCursor: '2' });
    expect((await door.get(`/chat/history/${sessionId}?cursor=2`, { token })).body).toMatchObject({
      items: [{ seq: 3 }],
      nextCursor: null,
    });
  });

  test('with the token of an earlier one is the same customer’s', async () => {
    const first = await door.visitor();
    const second = await door.visitor(first.token);
    const [a, b] = await Promise.all([door.store.load(first.sessionId), door.store.load(second.sessionId)]);
    expect(a!.contactId).toBe(b!.contactId);
  });
});

describe('signing in', () => {
  test('works with JSON and with the password form', async () => {
    const { email } = admin;
    const { password } = door;
    const form = new URLSearchParams({ grant_type: 'password', username: email, password }).toString();
    const answers = await Promise.all([
      door.post('/auth/login', { body: { email, password } }),
      door.post('/auth/login', { raw: form, headers: { 'Content-Type': 'application/x-www-form-urlencoded' } }),
    ]);
    for (const { status, body, headers } of answers) {
      expect({ status, body }).toMatchObject({ status: 200, body: { token_type: 'Bearer', expires_in: 600 } });
      expect(headers.get('cache-control')).toBe('no-store');
    }
    const { refresh_token } = answers[0].body as { refresh_token: string };
    expect((await door.post('/auth/refresh', { body: { refresh_token } })).status).toBe(200);
    expect((await door.post('/auth/refresh', { body: { refresh_token: 'none' } })).status).toBe(401);
  });

  test('an unknown address and a wrong password are told in the same words', async () => {
    const [wrong, unknown] = await Promise.all(
      [admin.email, 'nobody@example.com'].map((email) =>
        door.post('/auth/login', { body: { email, password: 'wrong' } }),
      ),
    );
    expect(wrong!.status).toBe(401);
    expect({ ...(wrong!.body as object), requestId: '' }).toEqual({ ...(unknown!.body as object), requestId: '' });
  });
});
