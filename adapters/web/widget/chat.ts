import type { Locale } from '#core/conversation/content.schema.ts';
import type { Message } from '#core/conversation/conversation.schema.ts';
import type { ServerFrame } from '#core/conversation/protocol.schema.ts';
import { createAlarms } from './alarms.ts';
import { createAttention, unreadOf } from './attention.ts';
import { backoff, createConnection, type Socket } from './connection.ts';
import { createLiveNotes } from './live-notes.ts';
import { createMarks, type Marks } from './marks.ts';
import { contentOf, createOutbox, type OutboxEntry, type Outgoing } from './outbox.ts';
import { createReader } from './reader.ts';
import { createSender } from './sender.ts';
import { ServerRefusal, type Server, type Session } from './server.ts';
import { leaveSession, readEarlier, readSession, SESSION, writeSession } from './session.ts';
import type { Store } from './storage.ts';
import { createTimeline, type Status, type TimelineEntry } from './timeline.ts';
import type { Timers } from './timers.ts';
import { createTroubleWatch, type Trouble } from './trouble.ts';
import { createUploads, type Upload } from './uploads.ts';

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

const TYPING_EVERY_MS = 3_000;

export function createChat(tools: ChatTools): Chat {
  const { server, store, timers } = tools;
  const timeline = createTimeline();
  const outbox = createOutbox({ store, id: tools.id, now: timers.now });
  const marks = createMarks(store);
  const alarms = createAlarms(timers);
  const listeners = new Set<() => void>();
  let session: Session | null = null;
  let wanted = false;
  let beginning = false;
  let beginFailures = 0;
  let loading = false;
  let expired = false;
  let readUpTo = 0;
  let typedAt = Number.NEGATIVE_INFINITY;

  let telling = false;
  const changed = (): void => {
    if (telling) return;
    telling = true;
    queueMicrotask(() => {
      telling = false;
      for (const listener of listeners) listener();
    });
  };

  const notes = createLiveNotes({ timers, onChange: changed });
  const trouble = createTroubleWatch({ timers, onChange: changed });
  const connection = createConnection({
    openSocket: () => tools.openSocket(server.socketAddress(session!)),
    hello: () => ({ type: 'hello', token: session!.token, after: timeline.cursor(), protocol: 1 }),
    timers,
    random: tools.random,
    onFrame: (frame) => take(frame),
    onLine(line) {
      trouble.lineChanged(line);
      sender.lineChanged();
      if (line !== 'online') notes.clear();
      changed();
    },
    onExpired: () => expire(),
    onDoubt(why) {
      // A quiet line matters to somebody who looks at it; the next glance asks again.
      if (why === 'failing' || attention.attentive()) void reader.examine();
    },
  });
  const sender = createSender({
    outbox,
    timers,
    random: tools.random,
    send: (frame) => connection.send(frame),
    resume: () => connection.resume(),
  });
  const reader = createReader({
    timeline,
    timers,
    server,
    session: () => session,
    resume: () => connection.resume(),
    onGone: () => expire(),
    onChange: () => arrived(),
  });
  const attention = createAttention({ store, timers, tell: (seq) => connection.send({ type: 'seen', seq }) });
  const uploads = createUploads({
    server,
    id: tools.id,
    now: timers.now,
    onChange: changed,
    onStored(attachment) {
      outbox.add({ kind: 'upload', attachment });
      sender.flush();
    },
    onExpired: () => expire(),
  });

  const arrived = (): void => {
    loading = loading && timeline.cursor() < timeline.head();
    attention.arrived(timeline.cursor());
    changed();
  };

  /** Goes on with a conversation: a new one brings its greeting. */
  const adopt = (next: Session): void => {
    session = next;
    beginFailures = 0;
    readUpTo = 0;
    trouble.beginFailed(null);
    notes.clear();
    attention.clear();
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
        const begun = await server.begin(tools.locale(), tools.page(), readEarlier(store));
        marks.clear();
        attention.forget();
        const next = { id: begun.sessionId, token: begun.sessionToken };
        writeSession(store, next);
        timeline.replace(
          begun.replies,
          begun.replies.reduce((head, reply) => Math.max(head, reply.seq), 0),
          begun.state,
        );
        adopt(next);
        arrived();
      });
    } catch (fault) {
      if (!(fault instanceof ServerRefusal)) throw fault;
      trouble.beginFailed(fault.status);
      beginFailures++;
      const wait = backoff(beginFailures, tools.random);
      alarms.set('begin', Math.max(wait, (fault.retryAfter ?? 0) * 1_000), () => void begin());
    } finally {
      beginning = false;
      changed();
    }
  };

  const leave = (): void => {
    if (session) leaveSession(store, session.id);
    session = null;
    connection.stop();
    reader.clear();
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
        arrived();
        sender.flush();
        if (session) uploads.pump(session);
        break;
      }
      case 'reset':
        loading = true;
        void reader.readAnew();
        break;
      case 'accepted': {
        const entry = outbox.get(frame.clientMessageId);
        outbox.remove(frame.clientMessageId);
        const message = entry && ownMessage(entry, frame.seq, timers.now());
        reader.order({ type: 'own', seq: frame.seq, message });
        break;
      }
      case 'refused':
        sender.refused(frame.clientMessageId, frame.problem);
        break;
      case 'reply':
      case 'edit':
      case 'delete':
      case 'state':
        if (frame.type === 'reply' && frame.message.clientMessageId) outbox.remove(frame.message.clientMessageId);
        notes.settle(frame);
        reader.order(frame);
        break;
      case 'delta':
      case 'typing':
        notes.hear(frame);
        break;
      case 'seen':
        readUpTo = Math.max(readUpTo, frame.seq);
        break;
      case 'slowDown':
        sender.slowDown(frame.retryMs);
        break;
      case 'goAway':
      case 'error':
        break;
    }
    changed();
  };

  store.onChange((key) => {
    if (key === SESSION || key === null) {
      const other = readSession(store);
      if (other && other.id !== session?.id) {
        connection.stop();
        reader.clear();
        adopt(other);
      }
    }
    changed();
  });

  const stored = readSession(store);
  if (stored) adopt(stored);

  return {
    snapshot: () => ({
      loading: (loading || beginning) && timeline.entries().length === 0,
      trouble: session || wanted ? trouble.now() : null,
      status: timeline.status(),
      entries: timeline.entries(),
      outbox: outbox.entries(),
      uploads: uploads.list(),
      partials: notes.partials(),
      typing: notes.typing(),
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
      trouble.network(up);
      connection.network(up);
      if (up && !session && wanted) void begin();
      changed();
    },
    send(content) {
      if (content.kind === 'rating') marks.rate(content.score);
      if (content.kind === 'reaction') marks.react(content.to, content.value);
      outbox.add(content);
      sender.flush();
      changed();
      if (!session) void begin();
    },
    attach(files) {
      for (const file of files) uploads.add(file);
      if (session) uploads.pump(session);
    },
    resend(id) {
      sender.resend(id);
      uploads.retry(id);
      if (session) uploads.pump(session);
      changed();
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

/** An own message as the server will have it, until its own copy comes. */
function ownMessage(entry: OutboxEntry, seq: number, now: number): Message {
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
