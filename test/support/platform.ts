import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resultOfError, type ChannelAdapter, type SendResult } from '#core/channel/channel-adapter.ts';
import type { ChannelName } from '#core/conversation/conversation.schema.ts';
import { plainText } from '#core/conversation/plain-text.ts';

/**
 * What a platform does with a call. Those with `After` have shown the message to its user before they go wrong, those with
 * `Before` have not.
 */
export type Behaviour =
  | 'accept'
  | 'failAfter'
  | 'failBefore'
  | 'hangAfter'
  | 'resetAfter'
  | 'resetBefore'
  | 'limit'
  | 'block'
  | 'revoke';

/** What its user sees. */
export type Shown = { place: string; key: string; text: string };

/** A messaging platform in a local HTTP server: it keeps the ledger that its users would see. */
export async function startPlatform() {
  const ledger: Shown[] = [];
  const plans = new Map<string, Behaviour[]>();
  const called: string[] = [];
  let slowMs = 0;
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://platform.test');
    const answer = (status: number, body: unknown, headers: Record<string, string> = {}): void => {
      response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
    };
    if (request.method === 'GET') {
      const found = ledger.findIndex(({ key }) => key === url.searchParams.get('key'));
      answer(200, found < 0 ? {} : { id: `p${found}` });
      return;
    }
    let text = '';
    request.on('data', (piece: Buffer) => {
      text += piece.toString();
    });
    request.on('end', () => {
      const message = JSON.parse(text) as Shown;
      called.push(message.place);
      const behaviour = plans.get(message.place)?.shift() ?? 'accept';
      if (/accept|After/.test(behaviour)) ledger.push(message);
      const id = `p${ledger.length - 1}`;
      switch (behaviour) {
        case 'accept':
          if (slowMs) setTimeout(() => answer(200, { id }), slowMs);
          else answer(200, { id });
          break;
        case 'failAfter':
        case 'failBefore':
          answer(500, { error: 'internal_error' });
          break;
        case 'resetAfter':
        case 'resetBefore':
          request.socket.destroy();
          break;
        case 'limit':
          answer(429, { error: 'slow down' }, { 'retry-after': '0.4' });
          break;
        case 'block':
          answer(403, { error: 'blocked by the user' });
          break;
        case 'revoke':
          answer(401, { error: 'token_revoked' });
          break;
        case 'hangAfter':
          break;
      }
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;

  async function send(message: Parameters<ChannelAdapter['send']>[0], signal: AbortSignal): Promise<SendResult> {
    const body = { place: message.conversationKey, key: message.idempotencyKey, text: plainText(message.content) };
    try {
      const response = await fetch(url, { method: 'POST', body: JSON.stringify(body), signal });
      const { id, error = '' } = (await response.json()) as { id?: string; error?: string };
      if (response.ok) return { kind: 'sent', platformId: id! };
      if (response.status === 429)
        return { kind: 'not-sent', error, retryAfterMs: Number(response.headers.get('retry-after')) * 1_000 };
      if (response.status === 403) return { kind: 'rejected', permanentFor: 'conversation', error };
      if (response.status === 401) return { kind: 'rejected', permanentFor: 'connection', error };
      return { kind: 'uncertain', error };
    } catch (error) {
      return resultOfError(error);
    }
  }

  return {
    ledger,
    /** How often it was called, for one place or at all. */
    calls: (place?: string): number => called.filter((each) => place === undefined || each === place).length,
    /** What users of one place have on their screens, in order. */
    shownAt: (place: string): string[] => ledger.filter((shown) => shown.place === place).map(({ text }) => text),
    /** The next calls for a place go like this; later ones are accepted. */
    plan: (place: string, ...behaviours: Behaviour[]): void => void plans.set(place, behaviours),
    /** Every acceptance takes so long. */
    slow: (ms: number): void => {
      slowMs = ms;
    },
    adapter: (channel: ChannelName): ChannelAdapter => ({ channel, send }),
    /** The adapter of a platform that can be asked what became of a message. */
    askable: (channel: ChannelName): ChannelAdapter => ({
      channel,
      send,
      async reconcile(message, signal) {
        const response = await fetch(`${url}?key=${encodeURIComponent(message.idempotencyKey)}`, { signal });
        const { id } = (await response.json()) as { id?: string };
        return id === undefined ? { kind: 'absent' } : { kind: 'sent', platformId: id };
      },
    }),
    async close(): Promise<void> {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}
