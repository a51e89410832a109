import type { AgentClientFrame, AgentServerFrame } from '#core/desk/desk.schema.ts';

/** The part of a WebSocket that is used here. */
export type Socket = Pick<WebSocket, 'send' | 'close' | 'addEventListener'>;

/** `off`: nobody signed in; `lost`: broken, and tried again by itself. */
export type LiveStatus = 'off' | 'connecting' | 'on' | 'lost';

/** The desk's live line. It mends itself; whoever listens refetches on `welcome`, since frames may have been missed. */
export type Live = {
  start: () => void;
  stop: () => void;
  status: () => LiveStatus;
  onStatus: (changed: () => void) => () => void;
  listen: (hear: (frame: AgentServerFrame) => void) => () => void;
  /** Sent when the line is up, dropped when it is not: for what is only worth something now (typing, read). */
  send: (frame: AgentClientFrame) => void;
  /** Asks for a conversation's frames, and again after every break, from what `after` gives then. */
  watch: (sessionId: string, after: () => number) => () => void;
};

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;

type Tools = {
  open: () => Socket;
  token: () => Promise<string>;
  /** Runs `work` after that many milliseconds; returns how to call it off. */
  later: (work: () => void, ms: number) => () => void;
  /** 0 ≤ x < 1. */
  random: () => number;
};

export function createLive({ open, token, later, random }: Tools): Live {
  let status: LiveStatus = 'off';
  let socket: Socket | undefined;
  let failures = 0;
  let callOff: (() => void) | undefined;
  // Counts starts and stops: what was begun for an earlier one finds that it is too late.
  let era = 0;
  const statusListeners = new Set<() => void>();
  const listeners = new Set<(frame: AgentServerFrame) => void>();
  const watches = new Map<symbol, { sessionId: string; after: () => number }>();

  function become(next: LiveStatus): void {
    if (status === next) return;
    status = next;
    statusListeners.forEach((listener) => listener());
  }

  const write = (frame: AgentClientFrame): void => socket?.send(JSON.stringify(frame));

  function tryAgain(mine: number): void {
    if (mine !== era) return;
    socket = undefined;
    become('lost');
    const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** failures);
    failures += 1;
    // Half of the wait is chance, so that a restarted server is not met by all desks at once.
    callOff = later(() => void connect(mine), wait / 2 + (wait / 2) * random());
  }

  async function connect(mine: number): Promise<void> {
    let access: string;
    try {
      access = await token();
    } catch {
      tryAgain(mine);
      return;
    }
    if (mine !== era) return;
    const own = open();
    socket = own;
    own.addEventListener('open', () => write({ type: 'hello', token: access }));
    own.addEventListener('close', () => {
      if (socket === own) tryAgain(mine);
    });
    own.addEventListener('message', ({ data }) => {
      if (mine !== era || typeof data !== 'string') return;
      const frame = JSON.parse(data) as AgentServerFrame;
      if (frame.type === 'welcome') {
        failures = 0;
        become('on');
        for (const { sessionId, after } of watches.values()) write({ type: 'watch', sessionId, after: after() });
      }
      listeners.forEach((hear) => hear(frame));
    });
  }

  return {
    start() {
      if (status !== 'off') return;
      era += 1;
      failures = 0;
      become('connecting');
      void connect(era);
    },
    stop() {
      era += 1;
      callOff?.();
      const old = socket;
      socket = undefined;
      old?.close();
      become('off');
    },
    status: () => status,
    onStatus(changed) {
      statusListeners.add(changed);
      return () => statusListeners.delete(changed);
    },
    listen(hear) {
      listeners.add(hear);
      return () => listeners.delete(hear);
    },
    send(frame) {
      if (status === 'on') write(frame);
    },
    watch(sessionId, after) {
      const key = Symbol(sessionId);
      watches.set(key, { sessionId, after });
      if (status === 'on') write({ type: 'watch', sessionId, after: after() });
      return () => {
        watches.delete(key);
        const other = [...watches.values()].some((watch) => watch.sessionId === sessionId);
        if (status === 'on' && !other) write({ type: 'unwatch', sessionId });
      };
    },
  };
}
