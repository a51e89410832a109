import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocket } from 'ws';
import { tooMany } from '#core/errors.ts';
import type { ServerFrame } from '#core/conversation/protocol.schema.ts';
import { openFrontDoor, type FrontDoor } from '#test/support/front-door.ts';
import { createChatSockets } from './chat-sockets.ts';
import { readFrame } from './read-frame.ts';

type Tools = Parameters<typeof createChatSockets>[0];

const sessionId = randomUUID();
const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

/** The sockets on a port of their own, with a chat that writes down what it is told. `say` decides what comes of it. */
async function serve(
  say: (clientId: string) => Promise<void>,
  options: { changes?: () => Promise<void>; now?: () => number } = {},
) {
  const said: string[] = [];
  const errors: unknown[] = [];
  const store = {
    load: async () => ({ mode: 'bot', seq: 1, agent: null }),
    changes: async () => {
      await options.changes?.();
      return { changes: [], head: 1, more: false };
    },
  };
  const chat = {
    open: async () => ({ id: sessionId, contactId: 'c' }),
    say: async (_id: string, { clientId }: { clientId: string }) => {
      await say(clientId);
      said.push(clientId);
      return { seq: said.length + 1, duplicate: false };
    },
  };
  const sockets = createChatSockets({
    chat: chat as unknown as Tools['chat'],
    store: store as unknown as Tools['store'],
    live: { publish: () => {}, subscribe: () => () => {} },
    cursors: { delivered: () => {}, seen: () => {}, flush: async () => {} },
    attachment: async () => undefined,
    allowsOrigin: () => true,
    allowance: () => undefined,
    random: () => 0,
    now: options.now ?? Date.now,
    onError: (error) => void errors.push(error),
  });
  const server = http.createServer();
  server.on('upgrade', (request, socket, head) => sockets.upgrade(request, socket, head, sessionId));
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const socket = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  stops.push(() => {
    socket.terminate();
    server.close();
  });
  const frames: ServerFrame[] = [];
  socket.on('message', (data: Buffer) => void frames.push(JSON.parse(data.toString()) as ServerFrame));
  await once(socket, 'open');
  const tell = (frame: object): void => socket.send(JSON.stringify(frame));
  tell({ type: 'hello', token: 't', after: 0, protocol: 1 });
  const message = (clientMessageId: string): void => tell({ type: 'message', clientMessageId, text: 'Hello' });
  return { said, errors, socket, frames, message };
}

test('what was sent behind a message that could not be stored is not taken either: the client comes back with all of it', async () => {
  const failing = new Set(['message-1']);
  const { said, errors, socket, frames, message } = await serve(async (id) => {
    if (failing.has(id)) throw new Error('the database is away');
  });
  for (const id of ['message-0', 'message-1', 'message-2', 'message-3']) message(id);
  const [code] = (await once(socket, 'close')) as [number];
  expect(code).toBe(1012);
  expect(said).toEqual(['message-0']);
  expect(errors).toHaveLength(1);
  expect(frames.filter(({ type }) => type === 'accepted' || type === 'refused')).toEqual([
    { type: 'accepted', clientMessageId: 'message-0', seq: 2 },
  ]);
});

test('messages that come while what was missed is read keep their order', async () => {
  const reading = Promise.withResolvers<void>();
  const read = Promise.withResolvers<void>();
  const { said, frames, socket, message } = await serve(async () => {}, {
    changes: async () => {
      reading.resolve();
      await read.promise;
    },
  });
  message('message-0');
  await reading.promise;
  message('message-1');
  await new Promise((resolve) => setImmediate(resolve));
  read.resolve();
  while (frames.filter(({ type }) => type === 'accepted').length < 2) await once(socket, 'message');
  expect(said).toEqual(['message-0', 'message-1']);
});

test('a message that is refused for now is not overtaken by those behind it, unless it does not come again', async () => {
  const refused = new Set(['message-1']);
  const clock = { now: 0 };
  const { said, frames, socket, message } = await serve(
    async (id) => {
      if (refused.has(id)) throw tooMany('Fifty are waiting already.', 5);
    },
    { now: () => clock.now },
  );
  const told = async (count: number) => {
    const outcomes = () =>
      frames.flatMap((frame) => (frame.type === 'accepted' || frame.type === 'refused' ? [frame] : []));
    while (outcomes().length < count) await once(socket, 'message');
    return outcomes().slice(-2);
  };
  message('message-1');
  message('message-2');
  expect(await told(2)).toMatchObject([{ problem: { retryAfter: 5 } }, { problem: { status: 429, retryAfter: 5 } }]);
  clock.now = 5_000;
  refused.clear();
  message('message-1');
  message('message-2');
  await told(4);
  expect(said).toEqual(['message-1', 'message-2']);

  refused.add('message-3');
  message('message-3');
  message('message-4');
  expect(await told(6)).toMatchObject([{ type: 'refused' }, { type: 'refused' }]);
  clock.now = 15_000;
  message('message-4');
  await told(7);
  expect(said).toEqual(['message-1', 'message-2', 'message-4']);
});

describe('on a real conversation', () => {
  let door: FrontDoor;
  let customer: { sessionId: string; token: string };
  beforeAll(async () => {
    door = await openFrontDoor();
  });
  beforeEach(async () => {
    customer = await door.visitor();
    door.events.length = 0;
  });
  afterEach(() => expect(door.faults.splice(0)).toEqual([]));
  afterAll(() => door.close());

  type Frame<Type extends ServerFrame['type']> = Extract<ServerFrame, { type: Type }>;

  /** A tab: what it was sent, and `next`, the first frame of a kind that was not asked for yet. */
  function connect(headers: Record<string, string> = {}, id = customer.sessionId) {
    const socket = new WebSocket(`${door.address.replace('http', 'ws')}/ws/chat/${id}`, { headers });
    stops.push(() => socket.terminate());
    const frames: ServerFrame[] = [];
    let wake = (): void => {};
    socket.on('message', (data: Buffer) => {
      frames.push(JSON.parse(data.toString()) as ServerFrame);
      wake();
    });
    return {
      socket,
      frames,
      opened: once(socket, 'open'),
      closed: once(socket, 'close').then(([code]) => code as number),
      send: (frame: object | string) => socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame)),
      async next<Type extends ServerFrame['type']>(type: Type): Promise<Frame<Type>> {
        for (;;) {
          const at = frames.findIndex((frame) => frame.type === type);
          if (at >= 0) return frames.splice(at, 1)[0] as Frame<Type>;
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      },
    };
  }
  const hello = (after = 0, token = customer.token) => ({ type: 'hello', token, after, protocol: 1 });
  async function tab(after = 0) {
    const client = connect();
    await client.opened;
    client.send(hello(after));
    return { ...client, welcome: await client.next('welcome') };
  }
  const message = (text: string) => ({ type: 'message', clientMessageId: randomUUID(), text });
  async function agent(): Promise<string> {
    const { token } = await door.person('agent', 'Gina');
    await door.post(`/chat/sessions/${customer.sessionId}/take-over`, { token });
    return token;
  }

  test('a client is welcomed, told what it missed, and then what is said, in order and each once', async () => {
    const client = await tab();
    expect(client.welcome).toMatchObject({ sessionId: customer.sessionId, state: 'bot', head: 1 });
    expect(await client.next('reply')).toMatchObject({ seq: 1 });
    client.send(message('Hi'));
    expect(await client.next('accepted')).toMatchObject({ seq: 2 });
    expect([(await client.next('reply')).seq, (await client.next('reply')).seq]).toEqual([2, 3]);
    expect(client.frames).toEqual([]);
  });

  test('two tabs see the same conversation, whichever of them speaks', async () => {
    const [one, two] = [await tab(1), await tab(1)];
    one.send(message('from one'));
    await one.next('accepted');
    two.send(message('from two'));
    await two.next('accepted');
    for (const client of [one, two]) {
      const said = [];
      while (said.length < 4) said.push((await client.next('reply')).message.content);
      expect(said.map((content) => 'text' in content && content.text)).toEqual([
        'from one',
        'from one',
        'from two',
        'from two',
      ]);
    }
    expect(two.frames).toEqual([]);
  });

  test('a cursor from another life of the database begins anew', async () => {
    expect((await tab(700)).welcome.head).toBe(1);
  });

  test('what another process wrote is read, and what nobody told of is found when the sockets are tended', async () => {
    const client = await tab(1);
    const write = (seq: number) =>
      door.pool.query(
        `with s as (update chat_sessions set seq = $2 where id = $1)
         insert into chat_messages (session_id, seq, id, change, author, kind, masked, info)
         values ($1, $2, gen_random_uuid(), 'state', 'system', 'state', '', '{"state": "queued", "place": 2}')`,
        [customer.sessionId, seq],
      );
    await write(2);
    door.live.publish({ type: 'changes', sessionId: customer.sessionId, head: 2 });
    expect(await client.next('state')).toMatchObject({ seq: 2, state: 'queued', place: 2 });
    await write(3);
    await door.chatSockets.tend();
    expect(await client.next('state')).toMatchObject({ seq: 3 });
    // A gap makes it read, too.
    await write(4);
    await write(5);
    const gap = { type: 'state', seq: 5, state: 'bot', at: new Date().toISOString() } as const;
    door.live.publish({ type: 'changes', sessionId: customer.sessionId, head: 5, changes: [gap] });
    expect([(await client.next('state')).seq, (await client.next('state')).seq]).toEqual([4, 5]);
  });

  test('who missed very much reads the history instead', async () => {
    await door.pool.query(
      `with s as (update chat_sessions set seq = 600 where id = $1)
       insert into chat_messages (session_id, seq, id, change, author, kind, masked, info)
       select $1, n, gen_random_uuid(), 'state', 'system', 'state', '', '{"state": "bot"}' from generate_series(2, 600) n`,
      [customer.sessionId],
    );
    const client = await tab(1);
    expect(await client.next('reset')).toEqual({ type: 'reset', head: 600 });
    expect(client.frames).toEqual([]);
  });

  test('a person who takes it is shown, and so is that she types and has read', async () => {
    const client = await tab(1);
    await agent();
    expect(await client.next('state')).toMatchObject({ state: 'agent', agent: { name: 'Gina' } });
    door.live.publish({ type: 'typing', sessionId: customer.sessionId, author: 'agent' });
    door.live.publish({ type: 'typing', sessionId: customer.sessionId, author: 'customer' });
    door.live.publish({ type: 'seen', sessionId: customer.sessionId, by: 'agent', seq: 1 });
    door.live.publish({ type: 'seen', sessionId: customer.sessionId, by: 'customer', seq: 1 });
    door.live.publish({ type: 'delta', sessionId: customer.sessionId, replyId: 'r', text: 'Let' });
    expect(await client.next('typing')).toEqual({ type: 'typing', author: 'agent' });
    expect(await client.next('seen')).toEqual({ type: 'seen', seq: 1 });
    expect(await client.next('delta')).toMatchObject({ text: 'Let' });
    expect((await tab(1)).welcome).toMatchObject({ state: 'agent', agent: { name: 'Gina' } });
    expect(client.frames).toEqual([]);
  });

  test('how far it came is kept, and what it cannot have seen is not believed', async () => {
    const client = await tab();
    await client.next('reply');
    for (const seq of [900, 1, 1]) client.send({ type: 'seen', seq });
    client.send({ type: 'typing' });
    client.send({ type: 'typing' });
    client.send(message('Hi'));
    await client.next('accepted');
    await door.cursors.flush();
    const kept = await door.pool.query('select delivered_seq, seen_seq from cursors where session_id = $1', [
      customer.sessionId,
    ]);
    expect(kept.rows).toEqual([{ delivered_seq: 3, seen_seq: 1 }]);
    // Told once each, however often it is said.
    expect(door.events.filter(({ type }) => type === 'seen' || type === 'typing')).toEqual([
      { type: 'seen', sessionId: customer.sessionId, by: 'customer', seq: 1 },
      { type: 'typing', sessionId: customer.sessionId, author: 'customer' },
    ]);
  });

  test('stars are taken after the end, when nothing else is', async () => {
    const token = await agent();
    const detail = await door.get(`/chat/sessions/${customer.sessionId}`, { token });
    const { handoff } = detail.body as { handoff: { id: string } };
    await door.post(`/handoffs/${handoff.id}/resolve`, { token });
    const client = await tab(3);
    expect(client.welcome.state).toBe('closed');
    client.send(message('wait'));
    expect(await client.next('refused')).toMatchObject({ problem: { status: 409 } });
    client.send({ type: 'message', clientMessageId: randomUUID(), rating: { score: 5, comment: 'Thanks' } });
    await client.next('accepted');
    const kept = await door.pool.query('select rating from chat_sessions where id = $1', [customer.sessionId]);
    expect(kept.rows).toEqual([{ rating: 5 }]);
  });

  test('too many messages are refused with the time to wait; one that says two things, or nothing, for what it is', async () => {
    const client = await tab(1);
    door.refusing.add(customer.sessionId);
    client.send(message('Hi'));
    expect(await client.next('slowDown')).toEqual({ type: 'slowDown', retryMs: 2_000 });
    expect(await client.next('refused')).toMatchObject({ problem: { status: 429, retryAfter: 2 } });
    door.refusing.clear();
    const other = await tab(1);
    other.send({ ...message('Hi'), action: 'a1' });
    expect((await other.next('refused')).problem.detail).toMatch('Send exactly one of');
    other.send({ type: 'message', clientMessageId: randomUUID(), uploadId: randomUUID() });
    expect((await other.next('refused')).problem.detail).toMatch('There is no such upload');
  });

  test('a file is a message of its kind', async () => {
    const png = Buffer.from('89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489', 'hex');
    const sent = await door.post('/uploads?name=a.png', {
      token: customer.token,
      raw: png,
      headers: { 'Content-Type': 'image/png' },
    });
    const { id } = sent.body as { id: string };
    const client = await tab(1);
    client.send({ type: 'message', clientMessageId: randomUUID(), uploadId: id });
    await client.next('accepted');
    expect((await client.next('reply')).message.content).toMatchObject({ kind: 'image', attachment: { id } });
  });

  test('a token of another conversation, or of none, is sent away; so are pages of other sites and who says no hello', async () => {
    const other = await door.visitor();
    for (const token of [other.token, 'nothing']) {
      const client = connect();
      await client.opened;
      client.send(hello(0, token));
      expect(await client.closed).toBe(4401);
    }
    expect(await connect({ Origin: 'https://evil.example' }).closed).toBe(4403);
    const mute = connect();
    await mute.opened;
    mute.send(message('Hi'));
    expect(await mute.closed).toBe(4408);
    const shop = connect({ Origin: 'https://shop.example' });
    await shop.opened;
    shop.send(hello());
    await shop.next('welcome');
  });

  test('an erased customer’s socket is told that its token is no good', async () => {
    const { contactId } = (await door.store.load(customer.sessionId))!;
    await door.pool.query('update contacts set data_key = null where id = $1', [contactId]);
    const client = connect();
    await client.opened;
    client.send(hello());
    expect(await client.closed).toBe(4401);
  });

  test('what is no frame is answered; too much of it ends the socket', async () => {
    const client = await tab(1);
    client.send('{');
    expect((await client.next('error')).problem).toMatchObject({ status: 422, detail: 'This frame is not JSON.' });
    client.send(hello());
    for (let n = 0; n < 5; n++) client.send({ type: 'dance' });
    expect(await client.closed).toBe(1008);
  });

  test('a socket that answers no ping is ended', async () => {
    const client = await tab(1);
    client.socket.pong = () => {};
    for (let n = 0; n < 12 && client.socket.readyState === client.socket.OPEN; n++) {
      await door.chatSockets.tend();
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await client.closed).toBe(1006);
  });

  test('one that leaves while its token is looked up leaves nothing behind', async () => {
    const before = door.chatSockets.open;
    const lock = await door.pool.connect();
    await lock.query('begin');
    await lock.query('lock table chat_sessions in access exclusive mode');
    const client = connect();
    await client.opened;
    client.send(hello());
    for (;;) {
      const waiting = await lock.query(`select from pg_locks where not granted and database is not null`);
      if (waiting.rowCount) break;
    }
    client.socket.terminate();
    while (door.chatSockets.open > before) await new Promise((resolve) => setImmediate(resolve));
    await lock.query('rollback');
    lock.release();
    // Whoever is tended is looked up: nobody is.
    await door.chat.open(customer.token);
    const asked: (readonly string[])[] = [];
    const { heads } = door.store;
    door.store.heads = (ids) => {
      asked.push(ids);
      return heads(ids);
    };
    await door.chatSockets.tend();
    door.store.heads = heads;
    expect(asked.flat()).not.toContain(customer.sessionId);
  });

  test('when the server stops, all are asked to come back and then hung up on', async () => {
    const client = await tab(1);
    await door.chatSockets.drain(10);
    expect(await client.next('goAway')).toEqual({ type: 'goAway', afterMs: 0 });
    expect(await client.closed).toBe(1012);
  });
});

test.each([
  [Buffer.from('{}'), true, 'Frames are JSON texts.'],
  ['[', false, 'This frame is not JSON.'],
  ['null', false, /^frame: /],
  ['{"type":"seen","seq":-1}', false, /^seq: /],
])('%s is no frame, and it is told why', (data, isBinary, detail) => {
  const read = readFrame(data, isBinary);
  expect(read).toEqual({ kind: 'fault', detail: expect.stringMatching(detail) });
});
