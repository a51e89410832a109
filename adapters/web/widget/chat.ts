import type { Locale } from '#core/conversation/content.schema.ts';
import type { Change, Message } from '#core/conversation/conversation.schema.ts';
import type { ServerFrame } from '#core/conversation/protocol.schema.ts';
import { createAlarms } from './alarms.ts';
import { createAttention, SEEN, unreadOf } from './attention.ts';
import { backoff, createConnection, type Line, type Socket } from './connection.ts';
import { createMarks, type Marks } from './marks.ts';
import { contentOf, createOutbox, frameOf, type OutboxEntry, type Outgoing } from './outbox.ts';
import { ServerRefusal, type Server, type Session } from './server.ts';
import { forgetSession, readSession, SESSION, writeSession } from './session.ts';
import type { Store } from './storage.ts';
import { createTimeline, type Own, type Status, type TimelineEntry } from './timeline.ts';
import type { Timers } from './timers.ts';
import { createUploads, type Upload } from './uploads.ts';

/** What stands between the visitor and an answer. `busy`: the server takes no new conversation now. */
type Trouble = 'offline' | 'reconnecting' | 'busy' | 'refused';

/** Everything that a screen shows of the conversation, at one moment. */
export type Snapshot = {
  /** Messages are being fetched and none is there yet. */
  loading: boolean;
  trouble: Trouble | null;
  status: Status;
  entries: readonly TimelineEntry[];
  outbox: readonly OutboxEntry[];
  uploads: readonly Upload[];
  /** Answers that are being written, by reply id. */
  partials: ReadonlyMap<string, string>;
  typing: 'bot' | 'agent' | null;
  /** Own messages up to here were read. */
  readUpTo: number;
  /** The conversation before this one was too old to go on. */
  expired: boolean;
  unread: readonly TimelineEntry[];
  marks: Marks;
};

/** The conversation of one visitor, kept whole whatever the network does. Knows nothing of the screen. */
export type Chat = {
  snapshot(): Snapshot;
  onChange(listener: () => void): () => void;
  /** The visitor opens the window: the first time, a conversation begins. */
  open(): void;
  /** Whether the visitor sees the messages now. */
  attend(looking: boolean): void;
  network(up: boolean): void;
  send(content: Outgoing): void;
  attach(files: readonly File[]): void;
  resend(id: string): void;
  discard(id: string): void;
  typing(): void;
  skipRating(seq: number): void;
  startNew(): void;
  download(id: string): Promise<Blob>;
};

export type ChatTools = {
  server: Server;
  store: Store;
  timers: Timers;
  random: () => number;
  id: () => string;
  openSocket: (address: string) => Socket;
  locale: () => Locale;
  page: () => { url: string; title: string };
  /** Runs one tab at a time, so that two tabs begin one conversation. */
  exclusively: (work: () => Promise<void>) => Promise<void>;
};

type Problem = Extract<ServerFrame, { type: 'refused' }>['problem'];

/** How long a missing change may still be on its way before the line is resumed. */
const GAP_MS = 1_000;
/** A message that was sent and not acknowledged: the line is dead although it does not say so. */
const ACK_MS = 10_000;
/** A line that is back within this time was never gone for the visitor. */
const TROUBLE_AFTER_MS = 1_500;
/** A message that is refused for the moment only is tried this often before the visitor is asked. */
const MOST_TRIES = 4;
const TYPING_TTL_MS = 6_000;
const TYPING_EVERY_MS = 3_000;
/** A streamed answer that stands still this long was given up by the server. */
const PARTIAL_TTL_MS = 12_000;

export function createChat(tools: ChatTools): Chat {
  const { server, store, timers } = tools;
  const timeline = createTimeline();
  const outbox = createOutbox({ store, id: tools.id, now: timers.now });
  const marks = createMarks(store);
  const listeners = new Set<() => void>();
  const partials = new Map<string, string>();
  let session: Session | null = null;
  let wanted = false;
  let beginning = false;
  let beginFailures = 0;
  let busy = false;
  let loading = false;
  let expired = false;
  let networkUp = true;
  let troubled = false;
  let readUpTo = 0;
  let typing: 'bot' | 'agent' | null = null;
  let typedAt = Number.NEGATIVE_INFINITY;
  /** While the history is read anew, live changes wait here. */
  let resetting: (Change | Own)[] | null = null;
  /** What this line carried, and when. */
  const sent = new Map<string, number>();
  let pausedUntil = 0;
  const refusals = new Map<string, number>();
  const alarms = createAlarms(timers);

  let telling = false;
  const changed = (): void => {
    if (telling) return;
    telling = true;
    queueMicrotask(() => {
      telling = false;
      for (const listener of listeners) listener();
    });
  };

  const connection = createConnection({
    openSocket: () => tools.openSocket(server.socketAddress(session!)),
    hello: () => ({ type: 'hello', token: session!.token, after: timeline.cursor(), protocol: 1 }),
    timers,
    random: tools.random,
    onFrame: (frame) => take(frame),
    onLine: (line) => lineChanged(line),
    onExpired: () => expire(),
    onDoubt: (why) => {
      // A quiet line matters to somebody who looks at it; the next glance asks again.
      if (why === 'failing' || attention.attentive()) void examine();
    },
  });
  const attention = createAttention({ store, timers, tell: (seq) => connection.send({ type: 'seen', seq }) });
  const uploads = createUploads({
    server,
    id: tools.id,
    now: timers.now,
    onChange: changed,
    onStored(attachment) {
      outbox.add({ kind: 'upload', attachment });
      flush();
    },
    onExpired: () => expire(),
  });

  const lineChanged = (line: Line): void => {
    sent.clear();
    alarms.cancel('ack');
    if (line === 'online') {
      troubled = false;
      alarms.cancel('trouble');
    } else if (line !== 'idle' && !troubled && !alarms.has('trouble')) {
      alarms.set('trouble', TROUBLE_AFTER_MS, () => {
        troubled = true;
        changed();
      });
    }
    if (line !== 'online') {
      typing = null;
      partials.clear();
    }
    changed();
  };

  /** Goes on with a conversation: a new one brings its greeting. */
  const adopt = (next: Session): void => {
    session = next;
    busy = false;
    beginFailures = 0;
    pausedUntil = 0;
    resetting = null;
    partials.clear();
    typing = null;
    readUpTo = 0;
    loading = true;
    connection.start();
    uploads.pump(next);
    changed();
  };

  const begin = async (): Promise<void> => {
    if (session || beginning) return;
    beginning = true;
    changed();
    try {
      await tools.exclusively(async () => {
        const other = readSession(store);
        if (other) {
          adopt(other);
          return;
        }
        const begun = await server.begin(tools.locale(), tools.page());
        marks.clear();
        attention.clear();
        const next = { id: begun.sessionId, token: begun.sessionToken };
        writeSession(store, next);
        timeline.replace(
          begun.replies,
          begun.replies.reduce((head, reply) => Math.max(head, reply.seq), 0),
          begun.state,
        );
        adopt(next);
        loading = false;
        noteArrivals();
      });
    } catch (fault) {
      if (!(fault instanceof ServerRefusal)) throw fault;
      busy = fault.status === 429 || fault.status === 503;
      troubled = true;
      beginFailures++;
      const wait = backoff(beginFailures, tools.random);
      alarms.set('begin', Math.max(wait, (fault.retryAfter ?? 0) * 1_000), () => void begin());
    } finally {
      beginning = false;
      changed();
    }
  };

  const leave = (): void => {
    if (session) forgetSession(store, session.id);
    session = null;
    connection.stop();
    alarms.cancel('gap');
    timeline.clear();
    outbox.keepTexts();
    uploads.clear();
    loading = false;
  };
  const expire = (): void => {
    if (!session) return;
    leave();
    expired = true;
    if (wanted || outbox.entries().length > 0) void begin();
    changed();
  };

  const take = (frame: ServerFrame): void => {
    switch (frame.type) {
      case 'welcome': {
        const before = timeline.status();
        timeline.resume(frame.head);
        timeline.setStatus({
          ...(before.state === frame.state ? before : {}),
          state: frame.state,
          ...(frame.agent ? { agent: frame.agent.name } : {}),
        });
        loading = loading && timeline.cursor() < frame.head;
        pausedUntil = 0;
        attention.arrived(timeline.cursor());
        flush();
        if (session) uploads.pump(session);
        break;
      }
      case 'reset':
        void readAnew();
        break;
      case 'accepted': {
        const entry = outbox.get(frame.clientMessageId);
        outbox.remove(frame.clientMessageId);
        if (entry) order({ type: 'own', seq: frame.seq, message: ownMessage(entry, frame.seq, timers.now()) });
        else order({ type: 'own', seq: frame.seq, message: null });
        break;
      }
      case 'refused':
        refuse(frame.clientMessageId, frame.problem);
        break;
      case 'reply':
      case 'edit':
      case 'delete':
      case 'state':
        order(frame);
        break;
      case 'delta':
        partials.set(frame.replyId, (partials.get(frame.replyId) ?? '') + frame.text);
        typing = null;
        alarms.set('partials', PARTIAL_TTL_MS, () => {
          partials.clear();
          changed();
        });
        break;
      case 'typing':
        if (frame.author === 'customer') break;
        typing = frame.author;
        alarms.set('typing', TYPING_TTL_MS, () => {
          typing = null;
          changed();
        });
        break;
      case 'seen':
        readUpTo = Math.max(readUpTo, frame.seq);
        break;
      case 'slowDown':
        pausedUntil = timers.now() + frame.retryMs;
        sent.clear();
        alarms.set('flush', frame.retryMs, flush);
        break;
      case 'goAway':
      case 'error':
        break;
    }
    changed();
  };

  /** One change of the conversation, in its place. */
  const order = (change: Change | Own): void => {
    if (resetting) {
      resetting.push(change);
      return;
    }
    if (change.type === 'reply') {
      if (change.message.clientMessageId) outbox.remove(change.message.clientMessageId);
      partials.delete(change.message.id);
      if (change.message.author.kind === typing) typing = null;
    }
    timeline.take(change);
    loading = loading && timeline.cursor() < timeline.head();
    if (timeline.waiting())
      alarms.set('gap', GAP_MS, () => {
        if (timeline.settle()) connection.resume();
        changed();
      });
    else alarms.cancel('gap');
    noteArrivals();
  };
  const noteArrivals = (): void => attention.arrived(timeline.cursor());

  /** Too much was missed to be sent change by change. */
  const readAnew = async (): Promise<void> => {
    if (!session || resetting) return;
    const asked = session;
    resetting = [];
    loading = true;
    try {
      const history = await server.history(asked, 0);
      if (session !== asked) return;
      timeline.replace(history.items, history.head, history.state);
      const meanwhile: (Change | Own)[] = resetting ?? [];
      resetting = null;
      for (const change of meanwhile) order(change);
      loading = false;
      noteArrivals();
    } catch (fault) {
      resetting = null;
      if (!(fault instanceof ServerRefusal)) throw fault;
      if (isGone(fault)) expire();
      else connection.resume();
    }
    changed();
  };

  /** The line says nothing: ask over HTTP whether the conversation still is, and whether we missed anything. */
  const examine = async (): Promise<void> => {
    if (!session) return;
    const asked = session;
    try {
      const history = await server.history(asked, timeline.cursor());
      if (session === asked && history.head > timeline.head()) connection.resume();
    } catch (fault) {
      if (!(fault instanceof ServerRefusal)) throw fault;
      if (session !== asked) return;
      if (isGone(fault)) expire();
      else connection.resume();
    }
  };

  const refuse = (id: string, problem: Problem): void => {
    const refusal = { status: problem.status, detail: problem.detail };
    const tries = (refusals.get(id) ?? 0) + 1;
    refusals.set(id, tries);
    if (problem.retryAfter !== undefined && tries < MOST_TRIES) {
      // Only for now: it keeps its clock, and nobody has to press anything.
      sent.delete(id);
      alarms.set('flush', problem.retryAfter * 1_000 + tools.random() * 500, flush);
      return;
    }
    const kind = outbox.get(id)?.content.kind;
    // Nothing stands on the screen for these: a second rating or a late thumb needs no answer.
    if (kind === 'rating' || kind === 'reaction') outbox.remove(id);
    else outbox.refuse(id, refusal);
  };

  /** Sends, in order, what this line has not carried yet. */
  const flush = (): void => {
    if (timers.now() < pausedUntil) return;
    for (const entry of outbox.entries()) {
      if (entry.refused || sent.has(entry.id)) continue;
      if (!connection.send(frameOf(entry))) break;
      sent.set(entry.id, timers.now());
      if (!alarms.has('ack')) alarms.set('ack', ACK_MS, askForAcks);
    }
    changed();
  };
  const askForAcks = (): void => {
    const waits = outbox.entries().filter((entry) => !entry.refused && sent.has(entry.id));
    if (waits.length === 0) return;
    const oldest = Math.min(...waits.map((entry) => sent.get(entry.id)!));
    const left = oldest + ACK_MS - timers.now();
    if (left <= 0) connection.resume();
    else alarms.set('ack', left, askForAcks);
  };

  store.onChange((key) => {
    if (key === SESSION || key === null) {
      const other = readSession(store);
      if (other && other.id !== session?.id) {
        connection.stop();
        timeline.clear();
        adopt(other);
      }
    }
    if (key === SEEN || key === null || key.startsWith('out:') || key === 'marks') changed();
  });

  const stored = readSession(store);
  if (stored) adopt(stored);

  const trouble = (): Trouble | null => {
    if (connection.line() === 'refused') return 'refused';
    if (!session && !wanted) return null;
    if (!networkUp) return 'offline';
    if (busy) return 'busy';
    return troubled && connection.line() !== 'online' ? 'reconnecting' : null;
  };

  return {
    snapshot: () => ({
      loading: (loading || beginning) && timeline.entries().length === 0,
      trouble: trouble(),
      status: timeline.status(),
      entries: timeline.entries(),
      outbox: outbox.entries(),
      uploads: uploads.list(),
      partials,
      typing,
      readUpTo,
      expired,
      unread: session && !attention.attentive() ? unreadOf(timeline.entries(), attention.seen()) : [],
      marks,
    }),
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    open() {
      wanted = true;
      void begin();
    },
    attend(looking) {
      attention.attend(looking);
      changed();
    },
    network(up) {
      networkUp = up;
      connection.network(up);
      if (up && !session && wanted) void begin();
      changed();
    },
    send(content) {
      if (content.kind === 'rating') marks.rate(content.score);
      if (content.kind === 'reaction') marks.react(content.to, content.value);
      outbox.add(content);
      flush();
      if (!session) void begin();
    },
    attach(files) {
      for (const file of files) uploads.add(file);
      if (session) uploads.pump(session);
    },
    resend(id) {
      outbox.retry(id);
      refusals.delete(id);
      sent.delete(id);
      uploads.retry(id);
      if (session) uploads.pump(session);
      flush();
    },
    discard(id) {
      outbox.remove(id);
      uploads.remove(id);
    },
    typing() {
      if (timers.now() - typedAt < TYPING_EVERY_MS) return;
      if (connection.send({ type: 'typing' })) typedAt = timers.now();
    },
    skipRating(seq) {
      marks.skip(seq);
      changed();
    },
    startNew() {
      leave();
      expired = false;
      wanted = true;
      void begin();
      changed();
    },
    async download(id) {
      if (!session) throw new ServerRefusal(401, 'There is no conversation.');
      return server.download(session, id);
    },
  };
}

/** The conversation is not ours any more, or is none. */
const isGone = (fault: ServerRefusal): boolean => [401, 403, 404].includes(fault.status);

/** An own message as the server will have it, until its own copy comes. */
function ownMessage(entry: OutboxEntry, seq: number, now: number): Message | null {
  const content = contentOf(entry.content);
  return {
    id: entry.id,
    clientMessageId: entry.id,
    seq,
    inReplyTo: [],
    author: { kind: 'customer' },
    content,
    createdAt: new Date(now).toISOString(),
  };
}
