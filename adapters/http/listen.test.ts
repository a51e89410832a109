import net from 'node:net';
import type { Duplex } from 'node:stream';
import Koa from 'koa';
import { listen } from './listen.ts';

const session = '01a20e39-d949-7bfe-b212-b3418b9d90c3';
const taken: string[] = [];
const take = (name: string, socket: Duplex): void => {
  taken.push(name);
  socket.end('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
};
const sockets = {
  agent: (_request: unknown, socket: Duplex) => take('agent', socket),
  chat: (_request: unknown, socket: Duplex, _head: unknown, id: string) => take(id, socket),
};

let server: Awaited<ReturnType<typeof listen>>;
beforeAll(async () => {
  const app = new Koa();
  app.use((ctx) => {
    ctx.body = 'here';
  });
  server = await listen({ app, sockets, port: 0, host: '127.0.0.1' });
});
afterAll(() => server.close());

/** Asks for a WebSocket with that request target, as it is; the answer's first line. */
async function upgrade(target: string, port = server.port): Promise<string> {
  const line = net.connect(port, '127.0.0.1');
  line.end(`GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`);
  let text = '';
  for await (const piece of line) text += String(piece);
  return text.split('\r\n')[0]!;
}

test('the agents’ socket and a customer’s are told apart by their paths', async () => {
  await upgrade('/ws/agent?x=1');
  await upgrade(`/ws/chat/${session}`);
  expect(taken.splice(0)).toEqual(['agent', session]);
});

test.each(['/ws/chat/none', '/ws', '//', 'http://', '/%', '*', '//:0'])(
  'a request for a socket at %s leads nowhere, and the server goes on',
  async (target) => {
    expect(await upgrade(target)).toMatch(/^HTTP\/1\.1 40[04] /);
    expect(taken).toEqual([]);
    expect(await (await fetch(`http://127.0.0.1:${server.port}/`)).text()).toBe('here');
  },
);

test('a worker has no sockets', async () => {
  const worker = await listen({ app: new Koa(), sockets: undefined, port: 0, host: '127.0.0.1' });
  expect(await upgrade('/ws/agent', worker.port)).toMatch('404');
  await worker.close();
});

test('a port that is taken is told in words that say what to do', async () => {
  const again = listen({ app: new Koa(), sockets, port: server.port, host: '127.0.0.1' });
  await expect(again).rejects.toThrow(`Port ${server.port} is in use. Stop what uses it, or set PORT to another one.`);
});
