import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Random } from './random.ts';

/** What a platform's user read: `key` names the message. */
type Shown = { place: string; key: string };

/** A messaging platform with bad days: it may take a message and say that it failed, or say nothing, or hang up. */
export async function startPlatform(random: Random) {
  const shown: Shown[] = [];
  let calls = 0;
  let calm = false;
  const server = createServer((request, response) => {
    const answer = (status: number, body: object): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    if (request.method === 'GET') {
      const key = new URL(request.url ?? '/', 'http://platform').searchParams.get('key');
      const found = shown.findIndex((one) => one.key === key);
      answer(200, found < 0 ? {} : { id: `p${found}` });
      return;
    }
    let text = '';
    request.on('data', (piece: Buffer) => {
      text += piece.toString();
    });
    request.on('end', () => {
      calls++;
      const luck = calm ? 1 : random.next();
      if (luck < 0.03) return answer(429, { error: 'slow down' });
      if (luck < 0.06) return answer(500, { error: 'not taken' });
      const { place, key } = JSON.parse(text) as Shown;
      shown.push({ place, key });
      if (luck < 0.12) return answer(500, { error: 'taken, but nobody is told' });
      if (luck < 0.16) return void request.socket.destroy();
      if (luck < 0.18) return; // it hangs until the caller gives up
      setTimeout(() => answer(200, { id: `p${shown.length - 1}` }), random.between(1, 30));
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    /** In the order in which its users read it. */
    shown: (): readonly Shown[] => shown,
    calls: () => calls,
    /** From now on it works. */
    calmDown(): void {
      calm = true;
    },
    stop: (): Promise<void> =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
