import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { AgentServerFrame } from '#core/desk/desk.schema.ts';
import { openFrontDoor, type FrontDoor, type Person } from '#test/support/front-door.ts';

let door: FrontDoor;
let gina: Person;
let customer: Person;
const open: WebSocket[] = [];

beforeAll(async () => {
  door = await openFrontDoor();
  [gina, customer] = await Promise.all([door.person('agent', 'Gina'), door.person('customer')]);
});
afterAll(() => door.close());
afterEach(() => {
  for (const socket of open.splice(0)) socket.terminate();
  expect(door.faults.splice(0)).toEqual([]);
});

type Frame<Type extends AgentServerFrame['type']> = Extract<AgentServerFrame, { type: Type }>;
type Client = {
  socket: WebSocket;
  send(frame: object | string): void;
  /** The first frame of that kind that fits and was not asked for yet. */
  next<Type extends AgentServerFrame['type']>(type: Type, fits?: (frame: Frame<Type>) => boolean): Promise<Frame<Type>>;
  closed: Promise<number>;
};

function connect(headers: Record<string, string> = {}): Client {
  const socket = new WebSocket(`${door.address.replace('http', 'ws')}/ws/agent`, { headers });
  open.push(socket);
  const frames: AgentServerFrame[] = [];
  let wake = (): void => {};
  const early: string[] = [];
  socket.on('message', (data: Buffer) => {
    frames.push(JSON.parse(data.toString()) as AgentServerFrame);
    wake();
  });
  socket.on('open', () => early.splice(0).forEach((frame) => socket.send(frame)));
  return {
    socket,
    send(frame) {
      const text = typeof frame === 'string' ? frame : JSON.stringify(frame);
      if (socket.readyState === socket.OPEN) socket.send(text);
      else early.push(text);
    },
    async next(type, fits = () => true) {
      for (;;) {
        const at = frames.findIndex((frame) => frame.type === type && fits(frame as never));
        if (at >= 0) return frames.splice(at, 1)[0] as never;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
    closed: once(socket, 'close').then(([code]) => code as number),
  };
}
async function signedIn(person: Person = gina): Promise<Client> {
  const client = connect();
  client.send({ type: 'hello', token: person.token });
  await client.next('welcome');
  return client;
}
const say = (chat: { sessionId: string; token: string }, text: string) =>
  door.post('/chat/message', { token: chat.token, body: { sessionId: chat.sessionId, text } });

describe('coming in', () => {
  test('an agent is welcomed, and is at the desk as long as a socket of his is open', async () => {
    const [one, other] = [await signedIn(), await signedIn()];
    expect([door.presence.online(), door.sockets.open]).toEqual([1, 2]);
    one.send({ type: 'presence', status: 'away' });
    one.send({ type: 'nothing' });
    await one.next('error');
    expect(door.presence.online()).toBe(0);
    one.send({ type: 'presence', status: 'online' });
    one.socket.close();
    await one.closed;
    other.send('no frame');
    await other.next('error');
    expect(door.presence.online()).toBe(1);
  });

  test.each([
    ['a customer', () => customer.token],
    ['nobody', () => 'a.b.c'],
  ])('%s is sent away', async (_, token) => {
    const client = connect();
    client.send({ type: 'hello', token: token() });
    expect(await client.closed).toBe(4401);
  });

  test('whoever does not say hello first is sent away', async () => {
    const client = connect();
    client.send({ type: 'watch', sessionId: randomUUID(), after: 0 });
    expect(await client.closed).toBe(4408);
  });

  test('pages of other sites are sent away', async () => {
    expect(await connect({ Origin: 'https://evil.example' }).closed).toBe(4403);
    const client = connect({ Origin: 'https://desk.example' });
    client.send({ type: 'hello', token: gina.token });
    await client.next('welcome');
  });

  test('whoever signed out is sent away when the sockets are tended', async () => {
    const leaving = await door.person('agent', 'Leaving');
    const client = await signedIn(leaving);
    await door.post('/auth/logout', { token: leaving.token });
    await door.sockets.tend();
    expect(await client.closed).toBe(4401);
  });

  test('what is no frame of ours is answered, and harms nothing', async () => {
    const client = await signedIn();
    for (const frame of [
      '',
      '{',
      '[]',
      '"hello"',
      'null',
      '{"type":"watch","sessionId":"1","after":0}',
      `{"type":"read","sessionId":"${randomUUID()}","seq":1e300}`,
    ]) {
      client.send(frame);
      expect(await client.next('error')).toEqual({ type: 'error', detail: 'This is no frame of the desk’s protocol.' });
    }
    client.socket.send(Buffer.from([1, 2, 3]), { binary: true });
    await client.next('error');
    client.send({ type: 'hello', token: gina.token });
    client.socket.send('x'.repeat(70_000));
    expect(await client.closed).toBe(1009);
  });
});

describe('watching a conversation', () => {
  test('brings what was said, then what is said, in order and each once', async () => {
    const chat = await door.visitor();
    await say(chat, 'before');
    const client = await signedIn();
    client.send({ type: 'watch', sessionId: chat.sessionId, after: 1 });
    const first = await client.next('message');
    expect(first).toMatchObject({ seq: 2, message: { author: { kind: 'customer' }, content: { text: 'before' } } });
    await client.next('message');
    await say(chat, 'after');
    const rest = [await client.next('message'), await client.next('message')];
    expect(rest.map((frame) => frame.seq)).toEqual([4, 5]);
    client.send({ type: 'unwatch', sessionId: chat.sessionId });
    client.send('');
    await client.next('error');
    await say(chat, 'unseen');
    const list = await client.next('conversation', (frame) => frame.conversation.head >= 7);
    expect(list.conversation).toMatchObject({ id: chat.sessionId, last: { text: 'unseen' } });
  });

  test('shows who takes it, notes, typing, and how far the customer has read', async () => {
    const chat = await door.visitor();
    const client = await signedIn();
    client.send({ type: 'watch', sessionId: chat.sessionId, after: 0 });
    await client.next('message');
    const url = `/chat/sessions/${chat.sessionId}`;
    await door.post(`${url}/take-over`, { token: gina.token });
    expect(await client.next('state')).toMatchObject({ state: 'agent', agent: { name: 'Gina' }, seq: 2 });
    await door.post(`${url}/notes`, { token: gina.token, body: { text: 'Careful.' } });
    expect(await client.next('note')).toMatchObject({ sessionId: chat.sessionId, note: { text: 'Careful.' } });
    door.live.publish({ type: 'typing', sessionId: chat.sessionId, author: 'customer' });
    expect(await client.next('typing')).toEqual({ type: 'typing', sessionId: chat.sessionId });
    door.live.publish({ type: 'seen', sessionId: chat.sessionId, by: 'customer', seq: 2 });
    expect(await client.next('seen')).toEqual({ type: 'seen', sessionId: chat.sessionId, seq: 2 });
  });

  test('tells the customer that an agent types, and what he has read', async () => {
    const chat = await door.visitor();
    await say(chat, 'Hello?');
    const client = await signedIn();
    door.events.length = 0;
    client.send({ type: 'typing', sessionId: chat.sessionId });
    client.send({ type: 'read', sessionId: chat.sessionId, seq: 3 });
    const list = await client.next('conversation', (frame) => frame.conversation.id === chat.sessionId);
    expect(list.conversation.unread).toBe(0);
    expect(door.events).toEqual(
      expect.arrayContaining([
        { type: 'typing', sessionId: chat.sessionId, author: 'agent' },
        { type: 'seen', sessionId: chat.sessionId, by: 'agent', seq: 3 },
      ]),
    );
  });

  test('makes up for events that were lost, when it is tended', async () => {
    const chat = await door.visitor();
    const client = await signedIn();
    client.send({ type: 'watch', sessionId: chat.sessionId, after: 1 });
    client.send('');
    await client.next('error');
    // Another process wrote it, and its word was lost.
    await door.pool.query(`update chat_sessions set seq = 2 where id = $1`, [chat.sessionId]);
    await door.pool.query(
      `insert into chat_messages (session_id, seq, id, change, author, kind, masked, info)
       values ($1, 2, gen_random_uuid(), 'state', 'system', 'state', '', '{"state": "queued"}')`,
      [chat.sessionId],
    );
    await door.sockets.tend();
    expect(await client.next('state')).toMatchObject({ seq: 2, state: 'queued' });
  });

  test('a fault of ours is told without words of it, and the socket goes on', async () => {
    const client = await signedIn();
    await door.pool.query('alter table cursors rename to away');
    client.send({ type: 'read', sessionId: randomUUID(), seq: 1 });
    expect(await client.next('error')).toEqual({ type: 'error', detail: 'This did not work. Try again.' });
    await door.pool.query('alter table away rename to cursors');
    expect(door.faults.splice(0)).toHaveLength(1);
    client.send({ type: 'watch', sessionId: randomUUID(), after: 0 });
    client.send('');
    expect((await client.next('error')).detail).toMatch('no frame');
  });
});

describe('while the database is slow or away', () => {
  const signInOf = ({ token }: Person): string =>
    (JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()) as { sid: string }).sid;

  test('an agent who leaves before he was let in is not counted as being there', async () => {
    const late = await door.person('agent', 'Late');
    const before = door.presence.online();
    const lock = await door.pool.connect();
    await lock.query('begin');
    await lock.query('lock table refresh_tokens in access exclusive mode');
    const client = connect();
    client.send({ type: 'hello', token: late.token });
    while (door.sockets.open === 0) await new Promise((resolve) => setImmediate(resolve));
    await waitingFor('refresh_tokens');
    client.socket.terminate();
    while (door.sockets.open > 0) await new Promise((resolve) => setImmediate(resolve));
    await lock.query('rollback');
    lock.release();
    await door.accounts.signInHolds(signInOf(late));
    await new Promise((resolve) => setImmediate(resolve));
    expect(door.presence.online()).toBe(before);
  });

  test('an agent is asked to come back, not to sign in again, when it cannot be looked up who he is', async () => {
    const person = await door.person('agent', 'Other');
    await door.pool.query('alter table refresh_tokens rename to away');
    const client = connect();
    client.send({ type: 'hello', token: person.token });
    expect(await client.closed).toBe(1012);
    await door.pool.query('alter table away rename to refresh_tokens');
    expect(door.faults.splice(0)).toHaveLength(1);
  });

  /** Until a statement about that table waits for a lock. */
  async function waitingFor(table: string): Promise<void> {
    for (;;) {
      const waiting = await door.pool.query(
        `select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database() and query like $1`,
        [`%${table}%`],
      );
      if (waiting.rowCount) return;
    }
  }
});
