import { createFakeServer, refuse, type FakeServer } from '../../testing/fake-server.ts';
import { tokens } from '../../testing/fixtures.ts';
import { createApi } from './api.ts';
import { createSession, type Exclusively } from './session.ts';

let server: FakeServer;
let time: number;
let otherTab: (key: string | null) => void;
const refreshes = (): number => server.asked.filter(({ path }) => path === '/auth/refresh').length;

function open(exclusively: Exclusively = (_name, work) => work()) {
  const session = createSession({
    fetch: server.fetch,
    storage: localStorage,
    exclusively,
    now: () => time,
    onStorage: (changed) => {
      otherTab = changed;
    },
  });
  return { session, api: createApi({ fetch: server.fetch, session }) };
}

beforeEach(() => {
  localStorage.clear();
  time = 0;
  server = createFakeServer();
  let n = 1;
  server.on('POST /auth/login', () => tokens(n));
  server.on('POST /auth/refresh', () => tokens((n += 1)));
  server.on('POST /auth/logout', () => undefined);
  server.on('GET /thing', () => ({ fine: true }));
});

test('many requests at once renew an old token once', async () => {
  const { session, api } = open();
  await session.signIn('an@shop.test', 'secret');
  time = 880_000;
  await Promise.all([api.get('/thing'), api.get('/thing'), api.get('/thing')]);
  expect(refreshes()).toBe(1);
  expect(localStorage.getItem('frontdesk.refresh')).toBe('refresh-2');
  expect(server.asked.at(-1)?.headers['Authorization']).toBe('Bearer access-2');
});

test('a token that the server refuses is renewed and the request is made again', async () => {
  const { session, api } = open();
  await session.signIn('an@shop.test', 'secret');
  server.on('GET /thing', ({ headers }) => (headers['Authorization'] === 'Bearer access-2' ? 'now' : refuse(401)));
  expect(await api.get('/thing')).toBe('now');
});

test('refused once more after that, the session ends in this browser', async () => {
  const { session, api } = open();
  await session.signIn('an@shop.test', 'secret');
  server.on('GET /thing', () => refuse(401));
  await expect(api.get('/thing')).rejects.toMatchObject({ status: 401 });
  expect(session.signedIn()).toBe(false);
});

test('a refresh token that is used up ends the session; a server that is down does not', async () => {
  localStorage.setItem('frontdesk.refresh', 'old');
  const { session } = open();
  server.on('POST /auth/refresh', () => refuse(503));
  await expect(session.access()).rejects.toMatchObject({ status: 503 });
  server.on('POST /auth/refresh', () => refuse(0));
  await expect(session.access()).rejects.toMatchObject({ status: 0 });
  expect(session.signedIn()).toBe(true);
  server.on('POST /auth/refresh', () => refuse(401));
  await expect(session.access()).rejects.toMatchObject({ status: 401 });
  expect(session.signedIn()).toBe(false);
});

test('a tab that waited for the lock uses the token that the other tab left', async () => {
  localStorage.setItem('frontdesk.refresh', 'mine');
  const { session } = open(async (_name, work) => {
    localStorage.setItem('frontdesk.refresh', 'of the other tab');
    return work();
  });
  await session.access();
  expect(server.asked[0]?.body).toEqual({ refresh_token: 'of the other tab' });
});

test('signing out in one tab signs out the others', async () => {
  const { session } = open();
  await session.signIn('an@shop.test', 'secret');
  let changes = 0;
  session.subscribe(() => {
    changes += 1;
  });
  localStorage.removeItem('frontdesk.refresh');
  otherTab('frontdesk.refresh');
  expect(changes).toBe(1);
  expect(session.signedIn()).toBe(false);
  await expect(session.access()).rejects.toMatchObject({ status: 401 });
});

test('signing out tells the server, and works without it', async () => {
  const { session } = open();
  await session.signIn('an@shop.test', 'secret');
  server.on('POST /auth/logout', () => refuse(0));
  await session.signOut();
  expect(session.signedIn()).toBe(false);
  expect(server.asked.at(-1)).toMatchObject({ path: '/auth/logout', headers: { Authorization: 'Bearer access-1' } });
});

test('a refusal carries the problem’s words, fields and request; a proxy’s page its status', async () => {
  const { session, api } = open();
  await session.signIn('an@shop.test', 'secret');
  server.on('GET /thing', () => refuse(422, 'Look at the fields.'));
  await expect(api.get('/thing')).rejects.toMatchObject({ status: 422, message: 'Look at the fields.', errors: [] });
  server.on('GET /thing', () => refuse(0));
  await expect(api.get('/thing')).rejects.toMatchObject({ status: 0 });
});

test('an edit names the version that it changes', async () => {
  const { session, api } = open();
  await session.signIn('an@shop.test', 'secret');
  server.on('PUT /thing', () => ({}));
  await api.send('PUT', '/thing', { body: { a: 1 }, ifMatch: 7 });
  expect(server.asked.at(-1)).toMatchObject({ body: { a: 1 }, headers: { 'If-Match': '"7"' } });
});
