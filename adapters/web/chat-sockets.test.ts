import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocket } from 'ws';
import { tooMany } from '#core/errors.ts';
import type { ServerFrame } from '#core/conversation/protocol.schema.ts';
import { createChatSockets } from './chat-sockets.ts';

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
