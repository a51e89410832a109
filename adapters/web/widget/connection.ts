import type { ClientFrame, ServerFrame } from '#core/conversation/protocol.schema.ts';
import { createAlarms } from './alarms.ts';
import type { Timers } from './timers.ts';

/** How the line stands. `refused`: this page may not use the chat; no further attempt is made. */
export type Line = 'idle' | 'connecting' | 'online' | 'offline' | 'refused';

/** The browser's socket, as far as we use it. */
export type Socket = Pick<WebSocket, 'send' | 'close' | 'readyState' | 'addEventListener'>;

export type Connection = {
  /** Connects, and keeps connected until `stop`. */
  start(): void;
  stop(): void;
  /** False: nobody hears it now; what must arrive waits in the outbox. */
  send(frame: ClientFrame): boolean;
  /** Something is missing: closes and resumes after the cursor. */
  resume(): void;
  /** The system says that there is (no) network. */
  network(up: boolean): void;
  line(): Line;
};

export type ConnectionTools = {
  openSocket: () => Socket;
  hello: () => ClientFrame;
  timers: Timers;
  random: () => number;
  onFrame: (frame: ServerFrame) => void;
  onLine: (line: Line) => void;
  /** The token is not known any more. */
  onExpired: () => void;
  /** Worth asking over HTTP: nothing was heard for two heartbeats, or three attempts in a row reached no welcome. */
  onDoubt: (why: 'quiet' | 'failing') => void;
};

/** Reconnect delays grow from 0.5 to 30 s, each drawn between nothing and the whole (full jitter): clients cut off together do not return together. */
const BACKOFF = { firstMs: 500, mostMs: 30_000 } as const;
const WELCOME_WITHIN_MS = 10_000;
/** A line that held this long was a good one: the next attempt is quick again. */
const GOOD_LINE_MS = 10_000;
const OPEN = 1;
const CLOSED = { token: 4401, origin: 4403 } as const;

/** The delay before the attempt after `failures` failed ones, in milliseconds. */
export function backoff(failures: number, random: () => number): number {
  return Math.round(random() * Math.min(BACKOFF.mostMs, BACKOFF.firstMs * 2 ** Math.min(failures, 10)));
}

/** One WebSocket that is there again whenever it was lost. Knows the protocol's opening and nothing of its content. */
export function createConnection(tools: ConnectionTools): Connection {
  const { timers } = tools;
  let line: Line = 'idle';
  let socket: Socket | null = null;
  let failures = 0;
  let welcomed = false;
  let welcomedAt = 0;
  let heardAt = 0;
  const alarms = createAlarms(timers);

  const setLine = (next: Line): void => {
    if (line === next) return;
    line = next;
    tools.onLine(next);
  };

  const drop = (): void => {
    alarms.cancelAll();
    welcomed = false;
    const old = socket;
    // First forgotten, then closed: what it still says is not for us any more.
    socket = null;
    old?.close();
  };

  const connect = (): void => {
    drop();
    setLine('connecting');
    const opened = tools.openSocket();
    socket = opened;
    opened.addEventListener('open', () => {
      if (socket === opened) opened.send(JSON.stringify(tools.hello()));
    });
    opened.addEventListener('message', (event) => {
      if (socket === opened) hear(event.data);
    });
    opened.addEventListener('close', (event) => {
      if (socket === opened) lost(event.code);
    });
    alarms.set('welcome', WELCOME_WITHIN_MS, () => lost(1006));
  };

  const lost = (code: number): void => {
    const held = welcomed && timers.now() - welcomedAt >= GOOD_LINE_MS;
    const wasWelcomed = welcomed;
    drop();
    if (code === CLOSED.token) {
      setLine('idle');
      tools.onExpired();
      return;
    }
    if (code === CLOSED.origin) {
      setLine('refused');
      return;
    }
    failures = held ? 0 : failures + 1;
    setLine('connecting');
    alarms.set('retry', backoff(held ? 0 : failures - 1, tools.random), connect);
    if (!wasWelcomed && failures >= 3) tools.onDoubt('failing');
  };

  const hear = (data: unknown): void => {
    heardAt = timers.now();
    const frame = parseFrame(data);
    if (!frame) return;
    if (frame.type === 'welcome') {
      alarms.cancel('welcome');
      welcomed = true;
      welcomedAt = timers.now();
      watch(frame.heartbeatSeconds * 1_000);
      setLine('online');
    }
    if (frame.type === 'goAway') alarms.set('goAway', frame.afterMs, connect);
    tools.onFrame(frame);
  };

  /** Pings of the protocol are answered by the browser unseen: what we can see is our own clock and what was heard. */
  const watch = (heartbeatMs: number): void => {
    let beatAt = timers.now();
    alarms.every('heartbeat', heartbeatMs, () => {
      const now = timers.now();
      const slept = now - beatAt > 2 * heartbeatMs;
      beatAt = now;
      if (slept) connect();
      else if (now - heardAt >= 2 * heartbeatMs) {
        heardAt = now;
        tools.onDoubt('quiet');
      }
    });
  };

  return {
    start: connect,
    stop() {
      drop();
      setLine('idle');
    },
    send(frame) {
      if (!socket || !welcomed || socket.readyState !== OPEN) return false;
      socket.send(JSON.stringify(frame));
      return true;
    },
    resume() {
      if (line === 'online') lost(1006);
    },
    network(up) {
      if (line === 'idle' || line === 'refused') return;
      if (up) {
        failures = 0;
        connect();
      } else {
        drop();
        setLine('offline');
      }
    },
    line: () => line,
  };
}

/** A frame of ours; anything else is ignored, as a newer server may say more than we know. */
function parseFrame(data: unknown): ServerFrame | null {
  if (typeof data !== 'string') return null;
  try {
    const value: unknown = JSON.parse(data);
    const known = typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
    return known ? (value as ServerFrame) : null;
  } catch {
    return null;
  }
}
