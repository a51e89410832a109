import type { Change, ConversationState, Message } from '#core/conversation/conversation.schema.ts';

/** A change of who answers, as a line between the messages. */
export type StateLine = { seq: number; state: ConversationState; agent?: string; at: string };

export type TimelineEntry = { kind: 'message'; message: Message } | { kind: 'state'; line: StateLine };

/** An own message whose `seq` the server has told, before (or instead of) the message itself. */
export type Own = { type: 'own'; seq: number; message: Message | null };

/** `known`: had it already. `held`: an earlier one is missing. */
type Taken = 'applied' | 'known' | 'held';

/** The conversation as the server ordered it: every change by its `seq`, none twice, none before the one that it follows. */
export type Timeline = {
  /** The newest `seq` up to which nothing is missing: what `hello` asks to continue after. */
  cursor(): number;
  /** Newest `seq` known to exist. */
  head(): number;
  take(change: Change | Own): Taken;
  /** A resume begins: the server will send everything up to `head`, in order. What was held comes again. */
  resume(head: number): void;
  /** The conversation as the history route tells it, instead of what was here. */
  replace(messages: readonly Message[], head: number, state: ConversationState): void;
  /** What the server did not send although it sent all it has does not exist for us; true: something still waits for a missing one. */
  settle(): boolean;
  waiting(): boolean;
  entries(): readonly TimelineEntry[];
  message(seq: number): Message | undefined;
  status(): Status;
  setStatus(status: Status): void;
  clear(): void;
};

/** Who answers now. `place` counts from 1. */
export type Status = { state: ConversationState; agent?: string; place?: number; waitSeconds?: number };

export function createTimeline(): Timeline {
  let cursor = 0;
  let promised = 0;
  let status: Status = { state: 'bot' };
  const entries = new Map<number, TimelineEntry>();
  const held = new Map<number, Change | Own>();
  let sorted: readonly TimelineEntry[] | null = null;

  const put = (seq: number, entry: TimelineEntry): void => {
    entries.set(seq, entry);
    sorted = null;
  };
  const apply = (change: Change | Own): void => {
    switch (change.type) {
      case 'own':
        if (change.message && !entries.has(change.seq)) put(change.seq, { kind: 'message', message: change.message });
        break;
      case 'reply':
        put(change.message.seq, { kind: 'message', message: change.message });
        break;
      case 'edit':
        put(change.of, { kind: 'message', message: change.message });
        break;
      case 'delete': {
        const entry = entries.get(change.of);
        if (entry?.kind === 'message')
          put(change.of, {
            kind: 'message',
            message: { ...entry.message, deletedAt: entry.message.deletedAt ?? entry.message.createdAt },
          });
        break;
      }
      case 'state':
        status = statusOf(change);
        put(change.seq, { kind: 'state', line: lineOf(change) });
        break;
    }
    cursor = Math.max(cursor, change.seq);
  };
  const release = (): void => {
    for (let next = held.get(cursor + 1); next; next = held.get(cursor + 1)) {
      held.delete(next.seq);
      apply(next);
    }
    for (const seq of held.keys()) if (seq <= cursor) held.delete(seq);
  };

  return {
    cursor: () => cursor,
    head: () => Math.max(cursor, promised, ...held.keys()),
    take(change) {
      if (change.seq <= cursor) {
        // The server's own wording replaces ours: it knows the time and what the file really is.
        const entry = entries.get(change.seq);
        if (change.type === 'reply' && (!entry || (entry.kind === 'message' && isOurs(entry.message))))
          put(change.seq, { kind: 'message', message: change.message });
        return 'known';
      }
      // Within a replay the server sends all that it has, in order; a number it leaves out does not exist for us.
      const replayed = change.type !== 'own' && change.seq <= promised;
      if (!replayed && change.type !== 'own' && cursor < promised) cursor = promised;
      if (!replayed && change.seq !== cursor + 1) {
        if (!held.has(change.seq) || change.type !== 'own') held.set(change.seq, change);
        return 'held';
      }
      apply(change);
      release();
      return 'applied';
    },
    resume(head) {
      held.clear();
      promised = head;
    },
    replace(messages, head, state) {
      entries.clear();
      held.clear();
      sorted = null;
      for (const message of messages) entries.set(message.seq, { kind: 'message', message });
      cursor = promised = head;
      status = { ...(status.state === state ? status : {}), state };
    },
    settle() {
      if (cursor < promised) {
        cursor = promised;
        release();
      }
      return held.size > 0;
    },
    waiting: () => held.size > 0,
    entries() {
      sorted ??= [...entries].sort(([a], [b]) => a - b).map(([, entry]) => entry);
      return sorted;
    },
    message(seq) {
      const entry = entries.get(seq);
      return entry?.kind === 'message' ? entry.message : undefined;
    },
    status: () => status,
    setStatus(next) {
      status = next;
    },
    clear() {
      entries.clear();
      held.clear();
      sorted = null;
      cursor = promised = 0;
      status = { state: 'bot' };
    },
  };
}

/** Ours until the server's own copy comes: its id is the client's. */
function isOurs(message: Message): boolean {
  return message.author.kind === 'customer' && message.id === message.clientMessageId;
}

function lineOf(change: Extract<Change, { type: 'state' }>): StateLine {
  return {
    seq: change.seq,
    state: change.state,
    at: change.at,
    ...(change.agent ? { agent: change.agent.name } : {}),
  };
}

function statusOf(change: Extract<Change, { type: 'state' }>): Status {
  return {
    state: change.state,
    ...(change.agent ? { agent: change.agent.name } : {}),
    ...(change.place === undefined ? {} : { place: change.place }),
    ...(change.waitSeconds === undefined ? {} : { waitSeconds: change.waitSeconds }),
  };
}
