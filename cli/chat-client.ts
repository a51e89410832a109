import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { Problem, unavailable } from '#core/errors.ts';
import { SessionBegun, type Change, type Message } from '#core/conversation/conversation.schema.ts';
import { CLOSE, PROTOCOL, ServerFrame } from '#core/conversation/protocol.schema.ts';
import type { Locale } from '#core/conversation/content.schema.ts';

/** What a chat tells the one who shows it. */
export type ChatEvent =
  | { type: 'change'; change: Change }
  | { type: 'delta'; replyId: string; text: string }
  | { type: 'accepted'; clientMessageId: string; seq: number }
  | { type: 'refused'; clientMessageId: string; reason: string }
  | { type: 'connection'; up: boolean };

/** A conversation on a running server, by the web chat's own protocol. */
export type ChatClient = {
  sessionId: string;
  opening: readonly Message[];
  /** Sends words or a button's id; sent again by itself when the line breaks before the server took it. Returns its id. */
  send: (content: { text: string } | { action: string }) => string;
  close: () => void;
  /** Rejects with a `Problem` when the conversation cannot go on. */
  closed: Promise<void>;
};

const RETRY_MS = [250, 500, 1_000, 2_000, 5_000] as const;
const WireProblem = z.object({ title: z.string(), detail: z.string().optional() });

/** Begins a conversation on the server at `url` and stays connected to it until it is closed. */
export async function openChat(tools: {
  url: string;
  locale: Locale;
  newId: () => string;
  onEvent: (event: ChatEvent) => void;
}): Promise<ChatClient> {
  const { url, locale, newId, onEvent } = tools;
  const { sessionId, sessionToken, replies } = await beginSession(url, locale);
  const address = new URL(`/ws/chat/${sessionId}`, url);
  address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:';

  const unsent = new Map<string, { text: string } | { action: string }>();
  const over = new AbortController();
  let after = Math.max(0, ...replies.map(({ seq }) => seq));
  let socket: WebSocket | undefined;
  let welcomed = false;

  const say = (frame: object): void => socket?.send(JSON.stringify(frame));
  const deliver = (clientMessageId: string): void => {
    if (welcomed) say({ type: 'message', clientMessageId, ...unsent.get(clientMessageId) });
  };
  const take = (frame: ServerFrame): void => {
    switch (frame.type) {
      case 'welcome':
        welcomed = true;
        for (const id of unsent.keys()) deliver(id);
        break;
      case 'accepted':
        unsent.delete(frame.clientMessageId);
        onEvent(frame);
        break;
      case 'refused':
        unsent.delete(frame.clientMessageId);
        onEvent({ type: 'refused', clientMessageId: frame.clientMessageId, reason: frame.problem.detail });
        break;
      case 'reply':
      case 'edit':
      case 'delete':
      case 'state':
        if (frame.seq <= after) break;
        after = frame.seq;
        onEvent({ type: 'change', change: frame });
        break;
      case 'delta':
        onEvent(frame);
        break;
      case 'reset':
        after = frame.head; // more than a terminal wants to scroll through
        break;
      default: // typing, seen, slowDown, goAway and errors of single frames change nothing here
    }
  };

  /** One connection, from its hello to its end; resolves with the close code. */
  const connect = (): Promise<number> =>
    new Promise((resolve) => {
      const line = new WebSocket(address);
      socket = line;
      line.addEventListener('open', () => {
        line.send(JSON.stringify({ type: 'hello', token: sessionToken, after, protocol: PROTOCOL }));
        onEvent({ type: 'connection', up: true });
      });
      line.addEventListener('message', ({ data }) => {
        const frame = ServerFrame.safeParse(JSON.parse(String(data)));
        if (frame.success) take(frame.data); // a newer server may say more than we know
      });
      line.addEventListener('close', ({ code }) => {
        welcomed = false;
        resolve(code);
      });
      line.addEventListener('error', () => {}); // a close follows
    });

  const stayConnected = async (): Promise<void> => {
    for (let tries = 0; !over.signal.aborted; tries++) {
      const began = performance.now();
      const code = await connect();
      if (over.signal.aborted) return;
      if (code === CLOSE.token) throw new Problem('unauthenticated', 'This conversation has expired: begin a new one.');
      onEvent({ type: 'connection', up: false });
      if (performance.now() - began > 10_000) tries = 0;
      await pause(RETRY_MS[Math.min(tries, RETRY_MS.length - 1)], undefined, { signal: over.signal }).catch(() => {});
    }
  };

  return {
    sessionId,
    opening: replies,
    send: (content) => {
      const clientMessageId = newId();
      unsent.set(clientMessageId, content);
      deliver(clientMessageId);
      return clientMessageId;
    },
    close: () => {
      over.abort();
      socket?.close();
    },
    closed: stayConnected(),
  };
}

async function beginSession(url: string, locale: Locale): Promise<z.infer<typeof SessionBegun>> {
  let answer: Response;
  try {
    answer = await fetch(new URL('/chat/sessions', url), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ locale }),
    });
  } catch {
    throw unavailable(`No Frontdesk answers at ${url}: start one (npm start), or name another with --url.`);
  }
  const body: unknown = await answer.json().catch(() => undefined);
  if (!answer.ok) {
    const problem = WireProblem.safeParse(body);
    const reason = problem.success ? (problem.data.detail ?? problem.data.title) : `HTTP ${answer.status}`;
    throw unavailable(`The server at ${url} begins no conversation: ${reason}`);
  }
  const begun = SessionBegun.safeParse(body);
  if (!begun.success) throw unavailable(`What answers at ${url} is no Frontdesk of this version: correct --url.`);
  return begun.data;
}
