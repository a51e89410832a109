import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import { can, type Role } from '#core/access/roles.ts';
import type { Change } from '#core/conversation/conversation.schema.ts';
import type { ConversationEvent, Live } from '#core/conversation/live.ts';
import { CLOSE } from '#core/conversation/protocol.schema.ts';
import type { ConversationStore } from '#core/conversation/store.ts';
import type { Desk } from '#core/desk/desk.ts';
import { AgentClientFrame, type AgentServerFrame, type Note } from '#core/desk/desk.schema.ts';
import type { Presence } from '#core/desk/presence.ts';
import { Problem } from '#core/errors.ts';

const HEARTBEAT_SECONDS = 25;
const HELLO_WITHIN_MS = 10_000;
/** Changes of one conversation within this time are told to the desk's lists at once. */
const GATHER_MS = 100;
const MOST_REPLAYED = 500;
const MAX_FRAME_BYTES = 64 * 1024;
const TOO_SLOW_BYTES = 4 * 1024 * 1024;

type Watcher = { cursor: number; reading: boolean; again: boolean };
type AgentClient = {
  socket: WebSocket;
  agent: { id: string; signIn: string } | undefined;
  watched: Map<string, Watcher>;
  alive: number;
};

/** The agents' sockets: `WS /ws/agent`. */
export type AgentSockets = {
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  tend(): Promise<void>;
  close(): void;
  readonly open: number;
};

export function createAgentSockets(tools: {
  desk: Desk;
  store: Pick<ConversationStore, 'changes' | 'heads'>;
  live: Live;
  presence: Presence;
  /** Who an access token speaks for; throws a `Problem`. */
  verify: (token: string) => { userId: string; roles: readonly Role[]; sessionId: string };
  signInHolds: (signIn: string) => Promise<boolean>;
  allowsOrigin: (origin: string | undefined, host: string | undefined) => boolean;
  onError: (error: unknown) => void;
}): AgentSockets {
  const { desk, store, live, presence } = tools;
  const server = new WebSocketServer({ noServer: true, maxPayload: MAX_FRAME_BYTES, perMessageDeflate: false });
  const clients = new Set<AgentClient>();
  const stirred = new Set<string>();
  let gathering: NodeJS.Timeout | undefined;

  function send(client: AgentClient, frame: AgentServerFrame): void {
    if (client.socket.readyState !== client.socket.OPEN) return;
    if (client.socket.bufferedAmount > TOO_SLOW_BYTES) client.socket.close(CLOSE.tooSlow, 'too slow');
    else client.socket.send(JSON.stringify(frame));
  }
  const signedIn = function* (): Generator<AgentClient> {
    for (const client of clients) if (client.agent) yield client;
  };

  live.subscribe((event) => {
    if (event.type === 'knowledge') return;
    for (const client of signedIn()) hear(client, event);
    if (event.type === 'changes' || event.type === 'desk' || event.type === 'seen') stir(event.sessionId);
  });

  /** The lists follow a moment later, and once for many changes. Nobody is looking: nothing is read. */
  function stir(sessionId: string): void {
    if (!signedIn().next().value) return;
    stirred.add(sessionId);
    gathering ??= setTimeout(() => void tellLists().catch(tools.onError), GATHER_MS);
  }

  async function tellLists(): Promise<void> {
    gathering = undefined;
    const ids = [...stirred];
    stirred.clear();
    for (let from = 0; from < ids.length; from += 100) {
      const page = ids.slice(from, from + 100);
      const { items } = await desk.list({ ids: page, limit: page.length });
      for (const conversation of items)
        for (const client of signedIn()) send(client, { type: 'conversation', conversation });
    }
  }

  function hear(client: AgentClient, event: ConversationEvent): void {
    const watcher = client.watched.get(event.sessionId);
    if (!watcher) return;
    switch (event.type) {
      case 'changes':
        if (event.changes && !watcher.reading && event.changes[0]?.seq === watcher.cursor + 1)
          for (const change of event.changes) show(client, event.sessionId, watcher, change);
        else if (event.head > watcher.cursor) void catchUp(client, event.sessionId, watcher);
        return;
      case 'note':
        send(client, { type: 'note', sessionId: event.sessionId, note: event.note as Note });
        return;
      case 'typing':
        if (event.author === 'customer') send(client, { type: 'typing', sessionId: event.sessionId });
        return;
      case 'seen':
        if (event.by === 'customer') send(client, { type: 'seen', sessionId: event.sessionId, seq: event.seq });
        return;
      default:
    }
  }

  function show(client: AgentClient, sessionId: string, watcher: Watcher, change: Change): void {
    if (change.seq <= watcher.cursor) return;
    watcher.cursor = change.seq;
    if (change.type === 'reply') send(client, { type: 'message', sessionId, seq: change.seq, message: change.message });
    else if (change.type === 'edit')
      send(client, { type: 'message', sessionId, seq: change.seq, message: { ...change.message, seq: change.of } });
    else if (change.type === 'state')
      send(client, {
        type: 'state',
        sessionId,
        seq: change.seq,
        state: change.state,
        at: change.at,
        ...(change.agent ? { agent: change.agent } : {}),
      });
  }

  async function catchUp(client: AgentClient, sessionId: string, watcher: Watcher): Promise<void> {
    if (watcher.reading) {
      watcher.again = true;
      return;
    }
    watcher.reading = true;
    try {
      do {
        watcher.again = false;
        const missed = await store.changes(sessionId, watcher.cursor, MOST_REPLAYED);
        for (const change of missed.changes) show(client, sessionId, watcher, change);
        if (missed.more) watcher.again = true;
      } while (watcher.again);
    } catch (error) {
      tools.onError(error);
    } finally {
      watcher.reading = false;
    }
  }

  /** Who the token speaks for, if it is good and its owner may be here. */
  async function admitted(token: string): Promise<{ id: string; signIn: string } | undefined> {
    try {
      const { userId: id, roles, sessionId: signIn } = tools.verify(token);
      return can(roles, 'conversation.read') && (await tools.signInHolds(signIn)) ? { id, signIn } : undefined;
    } catch (error) {
      if (error instanceof Problem) return undefined;
      throw error;
    }
  }

  async function hello(client: AgentClient, token: string): Promise<void> {
    const agent = await admitted(token);
    // Gone while it was looked up: nobody would count it out again.
    if (!clients.has(client)) return;
    if (!agent) return client.socket.close(CLOSE.token, 'token');
    client.agent = agent;
    presence.arrive(agent.id);
    send(client, { type: 'welcome', heartbeatSeconds: HEARTBEAT_SECONDS });
  }

  async function take(client: AgentClient, frame: AgentClientFrame): Promise<void> {
    if (frame.type === 'hello') {
      if (!client.agent) await hello(client, frame.token);
      return;
    }
    if (!client.agent) return client.socket.close(CLOSE.noHello, 'hello comes first');
    switch (frame.type) {
      case 'watch': {
        const watcher = { cursor: frame.after, reading: false, again: false };
        client.watched.set(frame.sessionId, watcher);
        return catchUp(client, frame.sessionId, watcher);
      }
      case 'unwatch':
        client.watched.delete(frame.sessionId);
        return;
      case 'typing':
        return live.publish({ type: 'typing', sessionId: frame.sessionId, author: 'agent' });
      case 'read':
        return desk.markRead(frame.sessionId, frame.seq);
      case 'presence':
        return presence.set(client.agent.id, frame.status);
    }
  }

  function welcome(socket: WebSocket): void {
    const client: AgentClient = { socket, agent: undefined, watched: new Map(), alive: 0 };
    clients.add(client);
    const late = setTimeout(() => {
      if (!client.agent) socket.close(CLOSE.noHello, 'no hello');
    }, HELLO_WITHIN_MS);
    let tail: Promise<unknown> = Promise.resolve();
    socket.on('message', (data, isBinary) => {
      client.alive = 0;
      const frame = isBinary ? undefined : parse((data as Buffer).toString('utf8'));
      if (!frame) return send(client, { type: 'error', detail: 'This is no frame of the desk’s protocol.' });
      tail = tail
        .then(() => take(client, frame))
        .catch((error: unknown) => {
          tools.onError(error);
          if (client.agent) send(client, { type: 'error', detail: 'This did not work. Try again.' });
          else socket.close(CLOSE.restart, 'try again');
        });
    });
    socket.on('pong', () => {
      client.alive = 0;
    });
    socket.on('error', () => socket.terminate());
    socket.on('close', () => {
      clearTimeout(late);
      clients.delete(client);
      if (client.agent) presence.leave(client.agent.id);
    });
  }

  return {
    upgrade(request, socket, head) {
      server.handleUpgrade(request, socket, head, (accepted) => {
        if (tools.allowsOrigin(request.headers.origin, request.headers.host)) welcome(accepted);
        else accepted.close(CLOSE.origin, 'origin');
      });
    },
    async tend() {
      for (const client of clients) {
        // Signed out, or a role was taken away: the open socket ends as well.
        if (client.agent && !(await tools.signInHolds(client.agent.signIn))) client.socket.close(CLOSE.token, 'token');
        else if (client.alive >= 3) client.socket.terminate();
        else {
          client.alive++;
          client.socket.ping();
        }
      }
      const watched = new Set([...clients].flatMap((client) => [...client.watched.keys()]));
      const heads = await store.heads([...watched]);
      for (const client of clients)
        for (const [sessionId, watcher] of client.watched)
          if ((heads.get(sessionId) ?? 0) > watcher.cursor) void catchUp(client, sessionId, watcher);
    },
    get open() {
      return clients.size;
    },
    close() {
      clearTimeout(gathering);
      for (const client of clients) client.socket.close(CLOSE.restart, 'restart');
      server.close();
    },
  };
}

function parse(text: string): AgentClientFrame | undefined {
  try {
    const frame = AgentClientFrame.safeParse(JSON.parse(text));
    return frame.success ? frame.data : undefined;
  } catch {
    return undefined;
  }
}
