import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Change } from '#core/conversation/conversation.schema.ts';
import type { Attachment } from '#core/conversation/content.schema.ts';
import type { ConversationEvent, Live } from '#core/conversation/live.ts';
import { CLOSE, type ClientFrame, type ServerFrame } from '#core/conversation/protocol.schema.ts';
import type { ConversationStore } from '#core/conversation/store.ts';
import { Problem, tooMany } from '#core/errors.ts';
import type { WebChat } from '#core/channel/web-chat.ts';
import type { CursorBook } from '#core/channel/cursor-book.ts';
import { sendFrame } from './frames.ts';
import { contentOf } from './inbound-content.ts';
import { wireProblem } from './problem-frame.ts';
import { readFrame } from './read-frame.ts';

const HEARTBEAT_SECONDS = 25;
/** A client that says nothing after it connected is sent away. */
const HELLO_WITHIN_MS = 10_000;
/** A client that missed more reads the history instead. */
const MOST_REPLAYED = 500;
/** Frames that are no frames: more than this within ten seconds closes the socket. */
const MOST_INVALID = 5;
const WINDOW_MS = 10_000;
const MAX_FRAME_BYTES = 64 * 1024;
/** That a customer types is told no more often: each time it goes to every process. */
const TYPING_MS = 1_000;

type Client = {
  socket: WebSocket;
  /** The connection below, and whether it holds back what is written to it until this tick's work is done. */
  line: Duplex;
  held: boolean;
  sessionId: string;
  /** The newest `seq` that was sent; -1 before the hello. */
  cursor: number;
  /** A read of what was missed is under way: live changes wait for it. */
  reading: boolean;
  /** Something came while it was read. */
  again: boolean;
  /** The newest `seq` that the customer has seen here, and when he was told to be typing last. */
  seen: number;
  typed: number;
  alive: number;
  invalid: number[];
  /** Something of ours went wrong: nothing that comes over this socket is taken any more. */
  ended: boolean;
  /** A message that was refused for now, when it may come again, and until when those behind it wait for it. */
  owed: { id: string; at: number; until: number } | undefined;
};

/** The customers' sockets: `WS /ws/chat/{session_id}` (`docs/websocket.md`). */
export type ChatSockets = {
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, sessionId: string): void;
  /** Pings, looks for missed changes, ends dead sockets; called every 10 s. */
  tend(): Promise<void>;
  /** Asks all to come back elsewhere, spread over `spreadMs`, then closes them. */
  drain(spreadMs: number): Promise<void>;
  readonly open: number;
};

export function createChatSockets(tools: {
  chat: WebChat;
  store: Pick<ConversationStore, 'changes' | 'load' | 'heads'>;
  live: Live;
  cursors: CursorBook;
  attachment: (sessionId: string, uploadId: string) => Promise<Attachment | undefined>;
  /** Whether a page of this origin may talk to us; undefined: the client is no browser. */
  allowsOrigin: (origin: string | undefined, host: string | undefined) => boolean;
  /** Takes one message off the session's allowance; how long to wait when there is none left. */
  allowance: (sessionId: string) => number | undefined;
  random: () => number;
  now: () => number;
  onError: (error: unknown, about: { conversation: string }) => void;
}): ChatSockets {
  const { chat, store, live, cursors, now } = tools;
  const server = new WebSocketServer({ noServer: true, maxPayload: MAX_FRAME_BYTES, perMessageDeflate: false });
  const bySession = new Map<string, Set<Client>>();
  let open = 0;
  let tends = 0;

  live.subscribe((event) => {
    if (event.type === 'knowledge') return;
    const clients = bySession.get(event.sessionId);
    if (clients) for (const client of clients) hear(client, event);
  });

  function hear(client: Client, event: ConversationEvent): void {
    switch (event.type) {
      case 'changes':
        if (client.reading) client.again = true;
        else if (event.changes) follow(client, event.changes);
        else if (event.head > client.cursor) void catchUp(client);
        return;
      case 'typing':
        if (event.author !== 'customer') send(client, { type: 'typing', author: event.author });
        return;
      case 'delta':
        send(client, { type: 'delta', replyId: event.replyId, text: event.text });
        return;
      case 'seen':
        if (event.by === 'agent') send(client, { type: 'seen', seq: event.seq });
        return;
      default:
    }
  }

  function send(client: Client, frame: ServerFrame, sent?: () => void): void {
    hold(client);
    sendFrame(client.socket, frame, sent);
  }

  /** A turn's frames leave in one write: each write is a system call that costs more than the frame itself. */
  function hold(client: Client): void {
    if (client.held) return;
    client.held = true;
    client.line.cork();
    process.nextTick(() => {
      client.held = false;
      client.line.uncork();
    });
  }

  /** Sends what comes next; anything else was sent already, or is missing something before it. */
  function follow(client: Client, changes: readonly Change[]): void {
    for (const change of changes) {
      if (change.seq <= client.cursor) continue;
      if (change.seq > client.cursor + 1) {
        void catchUp(client);
        return;
      }
      sendChange(client, change);
    }
  }

  function sendChange(client: Client, change: Change): void {
    client.cursor = change.seq;
    send(client, change, () => cursors.delivered(client.sessionId, change.seq));
  }

  async function catchUp(client: Client): Promise<void> {
    if (client.reading) {
      client.again = true;
      return;
    }
    client.reading = true;
    try {
      do {
        client.again = false;
        const missed = await store.changes(client.sessionId, client.cursor, MOST_REPLAYED);
        if (missed.more) {
          client.cursor = missed.head;
          send(client, { type: 'reset', head: missed.head });
        } else for (const change of missed.changes) sendChange(client, change);
      } while (client.again);
    } catch (error) {
      tools.onError(error, { conversation: client.sessionId });
      client.socket.close(CLOSE.restart, 'try again');
    } finally {
      client.reading = false;
    }
  }

  async function hello(client: Client, frame: Extract<ClientFrame, { type: 'hello' }>): Promise<void> {
    const opened = await chat.open(frame.token).catch((error: unknown) => {
      if (error instanceof Problem) return undefined;
      throw error;
    });
    if (opened?.id !== client.sessionId) {
      client.socket.close(CLOSE.token, 'token');
      return;
    }
    // Gone while its token was looked up: nobody would take it out again.
    if (client.socket.readyState !== client.socket.OPEN) return;
    // First listen, then read: the other way round has a hole between the two.
    client.reading = true;
    const clients = bySession.get(client.sessionId) ?? new Set();
    bySession.set(client.sessionId, clients.add(client));
    const conversation = await store.load(client.sessionId);
    if (!conversation) {
      client.socket.close(CLOSE.token, 'token');
      return;
    }
    // A cursor ahead of the conversation comes from another life of the database: begin anew.
    client.cursor = Math.min(frame.after, conversation.seq);
    send(client, {
      type: 'welcome',
      sessionId: client.sessionId,
      state: conversation.mode,
      head: conversation.seq,
      heartbeatSeconds: HEARTBEAT_SECONDS,
      ...(conversation.agent ? { agent: { name: conversation.agent.name } } : {}),
    });
    client.reading = false;
    if (conversation.seq > client.cursor || client.again) await catchUp(client);
  }

  async function message(client: Client, frame: Extract<ClientFrame, { type: 'message' }>): Promise<void> {
    const { clientMessageId } = frame;
    try {
      const { owed } = client;
      if (owed && owed.id !== clientMessageId && now() < owed.until)
        throw tooMany('An earlier message of yours comes first. Send both again in a moment.', secondsUntil(owed.at));
      const wait = tools.allowance(client.sessionId);
      if (wait !== undefined) {
        send(client, { type: 'slowDown', retryMs: wait });
        throw tooMany('Too many messages at once. Wait a moment, then send it again.', Math.ceil(wait / 1000));
      }
      const content = await contentOf(frame, (uploadId) => tools.attachment(client.sessionId, uploadId));
      const { seq } = await chat.say(client.sessionId, { clientId: clientMessageId, content });
      if (owed?.id === clientMessageId) client.owed = undefined;
      send(client, { type: 'accepted', clientMessageId, seq });
    } catch (error) {
      // Refused alone, it would be sent again behind those that followed it: instead the client comes back with all of them.
      if (!(error instanceof Problem)) throw error;
      postpone(client, clientMessageId, error);
      send(client, { type: 'refused', clientMessageId, problem: wireProblem(error) });
    }
  }

  /** What was sent behind a message that is to come again waits for it; not for ever, for it may have been given up. */
  function postpone(client: Client, id: string, { retryAfter }: Problem): void {
    if (client.owed && client.owed.id !== id && now() < client.owed.until) return;
    const ms = 1_000 * (retryAfter ?? 0);
    client.owed = ms > 0 ? { id, at: now() + ms, until: now() + 2 * ms } : undefined;
  }

  const secondsUntil = (at: number): number => Math.max(1, Math.ceil((at - now()) / 1_000));

  function invalidFrame(client: Client, detail: string): void {
    const since = now() - WINDOW_MS;
    client.invalid = [...client.invalid.filter((at) => at > since), now()];
    if (client.invalid.length > MOST_INVALID) {
      client.socket.close(CLOSE.policy, 'not the protocol');
      return;
    }
    send(client, { type: 'error', problem: wireProblem(new Problem('invalid', detail)) });
  }

  function take(client: Client, frame: ClientFrame): Promise<void> | void {
    if (frame.type === 'hello') return client.cursor < 0 ? hello(client, frame) : undefined;
    if (client.cursor < 0) return void client.socket.close(CLOSE.noHello, 'hello comes first');
    switch (frame.type) {
      case 'message':
        return message(client, frame);
      case 'typing':
        if (now() < client.typed + TYPING_MS) return;
        client.typed = now();
        return live.publish({ type: 'typing', sessionId: client.sessionId, author: 'customer' });
      case 'seen':
        if (frame.seq <= client.seen || frame.seq > client.cursor) return;
        client.seen = frame.seq;
        cursors.seen(client.sessionId, frame.seq);
        return live.publish({ type: 'seen', sessionId: client.sessionId, by: 'customer', seq: frame.seq });
    }
  }

  function welcome(socket: WebSocket, line: Duplex, sessionId: string): void {
    const client: Client = {
      socket,
      line,
      held: false,
      sessionId,
      cursor: -1,
      reading: false,
      again: false,
      seen: 0,
      typed: 0,
      alive: 0,
      invalid: [],
      ended: false,
      owed: undefined,
    };
    open++;
    const late = setTimeout(() => {
      if (client.cursor < 0) socket.close(CLOSE.noHello, 'no hello');
    }, HELLO_WITHIN_MS);
    // One frame after the other: what a client sends is taken in the order in which it was sent.
    let tail: Promise<unknown> = Promise.resolve();
    socket.on('message', (data, isBinary) => {
      client.alive = 0;
      const read = readFrame(data, isBinary);
      if (read.kind === 'fault') return invalidFrame(client, read.detail);
      tail = tail
        .then(() => (client.ended ? undefined : take(client, read.frame)))
        .catch((error: unknown) => {
          client.ended = true;
          tools.onError(error, { conversation: sessionId });
          socket.close(CLOSE.restart, 'try again');
        });
    });
    socket.on('pong', () => {
      client.alive = 0;
    });
    socket.on('error', () => socket.terminate());
    socket.on('close', () => {
      open--;
      clearTimeout(late);
      const clients = bySession.get(sessionId);
      clients?.delete(client);
      if (!clients?.size) bySession.delete(sessionId);
    });
  }

  function* everyone(): Generator<Client> {
    for (const clients of bySession.values()) yield* clients;
  }

  return {
    upgrade(request, socket, head, sessionId) {
      server.handleUpgrade(request, socket, head, (accepted) => {
        if (!tools.allowsOrigin(request.headers.origin, request.headers.host)) {
          accepted.close(CLOSE.origin, 'origin');
          return;
        }
        welcome(accepted, socket, sessionId);
      });
    },

    async tend() {
      // A ping every 25 to 30 s; two without an answer and the socket is dead.
      const ping = ++tends % 3 === 0;
      for (const client of everyone()) {
        if (!ping) continue;
        if (client.alive >= 2) client.socket.terminate();
        else {
          client.alive++;
          client.socket.ping();
        }
      }
      const heads = await store.heads([...bySession.keys()]);
      for (const client of everyone())
        if ((heads.get(client.sessionId) ?? 0) > client.cursor && client.cursor >= 0) void catchUp(client);
    },

    async drain(spreadMs) {
      for (const client of everyone()) send(client, { type: 'goAway', afterMs: Math.floor(tools.random() * spreadMs) });
      if (spreadMs > 0 && open > 0) await new Promise((resolve) => setTimeout(resolve, Math.min(spreadMs, 1_000)));
      for (const client of everyone()) client.socket.close(CLOSE.restart, 'restart');
      server.close();
    },

    get open() {
      return open;
    },
  };
}
