import http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type Koa from 'koa';
import { Problem } from '#core/errors.ts';

/** Takes over a request for a WebSocket. */
type Upgrade = (request: http.IncomingMessage, socket: Duplex, head: Buffer) => void;

/** Where sockets go: the agents' one, and a customer's by the id of the conversation. */
export type SocketRoutes = {
  agent: Upgrade;
  chat: (...args: [...Parameters<Upgrade>, sessionId: string]) => void;
};

/** How long requests under way may take when the server stops. */
const DRAIN_MS = 5_000;

/** HTTP and, where there are routes for them, WebSockets on one port. Throws a `Problem` when it cannot have the port. */
export async function listen(tools: {
  app: Koa;
  sockets: SocketRoutes | undefined;
  port: number;
  host: string;
}): Promise<{ port: number; close(): Promise<void> }> {
  const handle = tools.app.callback();
  const server = http.createServer((request, response) => void handle(request, response));
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy());
    // A request line may hold anything: what is no address leads nowhere.
    const pathname = URL.parse(request.url ?? '', 'http://frontdesk')?.pathname ?? '';
    const session = /^\/ws\/chat\/([0-9a-f-]{36})$/.exec(pathname)?.[1];
    if (tools.sockets && pathname === '/ws/agent') tools.sockets.agent(request, socket, head);
    else if (tools.sockets && session) tools.sockets.chat(request, socket, head, session);
    else socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(refusal(error, tools.port)));
    server.listen(tools.port, tools.host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
        setTimeout(() => server.closeAllConnections(), DRAIN_MS).unref();
      }),
  };
}

function refusal(error: NodeJS.ErrnoException, port: number): Error {
  if (error.code === 'EADDRINUSE')
    return new Problem('conflict', `Port ${port} is in use. Stop what uses it, or set PORT to another one.`);
  if (error.code === 'EACCES')
    return new Problem('forbidden', `Port ${port} needs more rights. Set PORT to one above 1023.`);
  return error;
}
