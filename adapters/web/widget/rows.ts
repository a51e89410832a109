import type { InboundContent, OutboundContent } from '#core/conversation/content.schema.ts';
import type { Message } from '#core/conversation/conversation.schema.ts';
import type { Snapshot } from './chat.ts';
import { contentOf, type Refusal } from './outbox.ts';
import { dayKey } from './format.ts';
import type { StateLine, TimelineEntry } from './timeline.ts';

/** How far an own message came. `none`: an answer stands under it, which says enough. */
type OwnStatus = 'waiting' | 'uploading' | 'refused' | 'delivered' | 'read' | 'none';

/** One line of the log, ready to be drawn. Equal `stamp`s look equal, so only what changed is drawn again. */
export type Row = { key: string; stamp: string } & (
  | { kind: 'day'; at: Date }
  | { kind: 'state'; line: StateLine }
  | { kind: 'expired' }
  | { kind: 'notice'; message: Message; content: Extract<OutboundContent, { kind: 'system' | 'handoff_notice' }> }
  | TheirRow
  | OwnRow
);

export type TheirRow = {
  kind: 'theirs';
  message: Message;
  /** Who speaks is named above: the speaker changed, or time went by. */
  named: boolean;
  /** Its buttons can still be pressed. */
  open: boolean;
  /** Its button that was pressed. */
  chosen: string | null;
  /** Its form or rating has been answered. */
  done: boolean;
  /** The stars that were given. */
  score: number | null;
  /** Ask whether it helped; or what was said about it. */
  feedback: 'ask' | 'up' | 'down' | null;
};

export type OwnRow = {
  kind: 'own';
  /** Of the outbox or the upload; null once the server has it. */
  waits: string | null;
  content: InboundContent;
  at: Date;
  status: OwnStatus;
  refusal: Refusal | null;
  deleted: boolean;
  edited: boolean;
  /** What a button or form was called, where the message alone does not tell. */
  label: string | null;
  form: Extract<OutboundContent, { kind: 'form' }> | null;
};

/** After this long the same speaker is named again. */
const SAME_BREATH_MS = 5 * 60_000;
/** What leaves no line of its own: it shows where it was asked. */
const SILENT: ReadonlySet<string> = new Set(['rating', 'reaction', 'command']);

/** The log of a conversation, from its first line to the last unsent word. */
export function rowsOf(snapshot: Snapshot): Row[] {
  const messages = snapshot.entries.flatMap((entry) => (entry.kind === 'message' ? [entry.message] : []));
  const asked = whatWasAsked(messages);
  const said = whatWasSaid(snapshot, messages);
  const rows: Row[] = [];
  if (snapshot.expired) rows.push({ kind: 'expired', key: 'expired', stamp: '' });

  let day = '';
  let before: { who: string; at: number } | null = null;
  const newDay = (at: Date): void => {
    const key = dayKey(at);
    if (key === day) return;
    day = key;
    before = null;
    rows.push({ kind: 'day', at, key: `day:${key}`, stamp: dayKey(new Date()) });
  };

  snapshot.entries.forEach((entry, index) => {
    if (entry.kind === 'state') {
      if (!isSaidBeside(entry.line, snapshot.entries, index)) {
        newDay(new Date(entry.line.at));
        before = null;
        rows.push({ kind: 'state', line: entry.line, key: `state:${entry.line.seq}`, stamp: '' });
      }
      return;
    }
    const { message } = entry;
    const { content } = message;
    if (SILENT.has(content.kind)) return;
    const at = new Date(message.createdAt);
    newDay(at);
    if (message.author.kind === 'customer') {
      before = null;
      rows.push(ownRow(message, said, asked, snapshot.readUpTo));
    } else if ((content.kind === 'system' || content.kind === 'handoff_notice') && !message.deletedAt) {
      before = null;
      rows.push({ kind: 'notice', message, content, key: `msg:${message.seq}`, stamp: message.editedAt ?? '' });
    } else {
      const who = `${message.author.kind}:${message.author.name ?? ''}`;
      // The stars ask for everybody who helped, not for the one who spoke last.
      const named = content.kind !== 'csat' && (before?.who !== who || at.getTime() - before.at > SAME_BREATH_MS);
      before = content.kind === 'csat' ? null : { who, at: at.getTime() };
      rows.push(theirRow(message, named, said, snapshot));
    }
  });

  const offer = ratingOffer(snapshot, messages);
  if (offer) rows.push(theirRow(offer, false, said, snapshot));

  for (const waiting of waitingRows(snapshot, asked)) {
    newDay(waiting.at);
    rows.push(waiting);
  }
  return rows;
}

type Asked = { labels: Map<string, string>; forms: Map<string, Extract<OutboundContent, { kind: 'form' }>> };

/** What every button and form of ours is called. */
function whatWasAsked(messages: readonly Message[]): Asked {
  const asked: Asked = { labels: new Map(), forms: new Map() };
  for (const { author, content } of messages) {
    if (author.kind === 'customer') continue;
    for (const choice of choicesOf(content)) asked.labels.set(choice.id, choice.label);
    if (content.kind === 'form' && 'submit' in content) asked.forms.set(content.submit.id, content);
  }
  return asked;
}

function choicesOf(content: Message['content']): readonly { id: string; label: string }[] {
  switch (content.kind) {
    case 'quick_replies':
    case 'csat':
      return content.choices;
    case 'confirm':
      return [content.confirm, content.cancel];
    case 'card':
      return content.choices ?? [];
    case 'carousel':
      return content.cards.flatMap((card) => card.choices ?? []);
    default:
      return [];
  }
}

/** A person helped and it is over, and nobody asked yet how it was: then we do, without a word from the server. */
function ratingOffer(snapshot: Snapshot, messages: readonly Message[]): Message | null {
  const end = snapshot.entries.findLast((entry) => entry.kind === 'state');
  if (snapshot.status.state !== 'closed' || end?.kind !== 'state') return null;
  const helped = messages.some((message) => message.author.kind === 'agent');
  if (!helped || messages.some((message) => message.content.kind === 'csat')) return null;
  return {
    id: 'rating',
    seq: end.line.seq,
    inReplyTo: [],
    author: { kind: 'system' },
    content: { kind: 'csat', text: '', comment: true, choices: [] },
    createdAt: end.line.at,
  };
}

type Said = {
  /** Newest message of the customer's that answers something; `Infinity` while one waits to be sent. */
  last: number;
  actions: Set<string>;
  forms: Set<string>;
  /** Newest own message that the server has and nobody has answered yet. */
  unanswered: number;
  rating: number | null;
};

function whatWasSaid(snapshot: Snapshot, messages: readonly Message[]): Said {
  const said: Said = { last: 0, actions: new Set(), forms: new Set(), unanswered: 0, rating: snapshot.marks.rating() };
  const note = (content: InboundContent, seq: number): void => {
    if (content.kind === 'rating') said.rating = content.score;
    if (SILENT.has(content.kind)) return;
    if (content.kind === 'action') said.actions.add(content.id);
    if (content.kind === 'form') said.forms.add(content.id);
    said.last = Math.max(said.last, seq);
  };
  for (const message of messages) {
    if (message.author.kind === 'customer') {
      const content = message.content as InboundContent;
      note(content, message.seq);
      if (!SILENT.has(content.kind)) said.unanswered = message.seq;
    } else if (message.author.kind !== 'system') said.unanswered = 0;
  }
  for (const entry of snapshot.outbox) if (!entry.refused) note(contentOf(entry.content), Number.POSITIVE_INFINITY);
  return said;
}

function theirRow(message: Message, named: boolean, said: Said, snapshot: Snapshot): Row {
  const content = message.content;
  const open = message.seq > said.last && snapshot.status.state !== 'closed';
  const chosen = choicesOf(content).find((choice) => said.actions.has(choice.id))?.id ?? null;
  const isCsat = content.kind === 'csat';
  const done =
    (content.kind === 'form' && 'submit' in content && said.forms.has(content.submit.id)) ||
    (isCsat && (said.rating !== null || chosen !== null || snapshot.marks.skipped(message.seq)));
  const score = isCsat ? said.rating : null;
  const reaction = snapshot.marks.reaction(message.seq);
  // An answer with buttons asks by them what comes next; a second question beside it would be one too many.
  const asks = content.kind === 'text' && 'source' in content && content.source && message.author.kind === 'bot';
  const feedback = asks ? (reaction ?? (open ? 'ask' : null)) : null;
  return {
    kind: 'theirs',
    message,
    named,
    open,
    chosen,
    done,
    score,
    feedback,
    key: `msg:${message.seq}`,
    stamp: [message.id, message.editedAt, message.deletedAt, named, open, chosen, done, score, feedback].join('|'),
  };
}

function ownRow(message: Message, said: Said, asked: Asked, readUpTo: number): Row {
  const content = message.content as InboundContent;
  const newest = message.seq === said.unanswered;
  const status = newest ? (message.seq <= readUpTo ? 'read' : 'delivered') : 'none';
  return {
    kind: 'own',
    waits: null,
    content,
    at: new Date(message.createdAt),
    status,
    refusal: null,
    deleted: message.deletedAt !== undefined,
    edited: message.editedAt !== undefined,
    ...namesOf(content, asked),
    key: `own:${message.clientMessageId ?? message.id}`,
    stamp: [content.kind, message.editedAt, message.deletedAt].join('|'),
  };
}

function waitingRows(snapshot: Snapshot, asked: Asked): (Row & OwnRow)[] {
  const waiting = (
    entry: { id: string; at: number; refused?: Refusal },
    content: InboundContent,
    status: OwnStatus,
  ): Row & OwnRow => ({
    kind: 'own',
    waits: entry.id,
    content,
    at: new Date(entry.at),
    status: entry.refused ? 'refused' : status,
    refusal: entry.refused ?? null,
    deleted: false,
    edited: false,
    ...namesOf(content, asked),
    key: `own:${entry.id}`,
    stamp: [content.kind, undefined, undefined].join('|'),
  });
  const entries = snapshot.outbox
    .filter((entry) => !SILENT.has(entry.content.kind))
    .map((entry) => waiting(entry, contentOf(entry.content), 'waiting'));
  const uploads = snapshot.uploads.map((upload) =>
    waiting(
      upload,
      {
        kind: 'file',
        attachment: {
          id: upload.id,
          name: upload.file.name || 'file',
          type: upload.file.type,
          bytes: upload.file.size,
        },
      },
      'uploading',
    ),
  );
  return [...entries, ...uploads].sort((a, b) => a.at.getTime() - b.at.getTime());
}

function namesOf(content: InboundContent, asked: Asked): Pick<OwnRow, 'label' | 'form'> {
  return {
    label: content.kind === 'action' ? (content.label ?? asked.labels.get(content.id) ?? null) : null,
    form: content.kind === 'form' ? (asked.forms.get(content.id) ?? null) : null,
  };
}

/** A change that a message beside it tells already, and better; and the queue, which stands at the end while it lasts. */
function isSaidBeside(line: StateLine, entries: readonly TimelineEntry[], index: number): boolean {
  if (line.state === 'queued') return true;
  const near = entries.slice(Math.max(0, index - 2), index + 3);
  const said = near.some((entry) => {
    if (entry.kind !== 'message' || entry.message.author.kind === 'customer') return false;
    const { content } = entry.message;
    if (content.kind === 'handoff_notice')
      return (
        (line.state === 'agent' && content.phase === 'joined') || (line.state === 'bot' && content.phase === 'left')
      );
    return content.kind === 'system' && content.topic === 'closed' && line.state === 'closed';
  });
  // Back to the bot is worth a line only when a person was there.
  const person = entries.slice(0, index).findLast((entry) => entry.kind === 'state');
  return said || (line.state === 'bot' && !(person?.kind === 'state' && person.line.state === 'agent'));
}
