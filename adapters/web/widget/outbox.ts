import type { Attachment, InboundContent } from '#core/conversation/content.schema.ts';
import type { ClientFrame } from '#core/conversation/protocol.schema.ts';
import { readRecord, type Store } from './storage.ts';

/** What a customer sends, before the server has it. */
export type Outgoing =
  | { kind: 'text'; text: string }
  | { kind: 'action'; id: string; label: string }
  | { kind: 'upload'; attachment: Attachment }
  | { kind: 'form'; id: string; values: Record<string, string> }
  | { kind: 'rating'; score: number; comment?: string }
  | { kind: 'reaction'; to: number; value: 'up' | 'down' };

/** Why the server would not take it: the HTTP status of the problem, and its own words. */
export type Refusal = { status: number; detail: string };

/** `id` is the `clientMessageId`: the same at every attempt, so that the server takes it once. `at` in milliseconds. */
export type OutboxEntry = { id: string; at: number; content: Outgoing; refused?: Refusal };

/** What waits until the server has `accepted` it. Lives in the store, one key each: tabs see each other's, none overwrites another's. */
export type Outbox = {
  add(content: Outgoing): OutboxEntry;
  /** In the order in which they were written. */
  entries(): OutboxEntry[];
  get(id: string): OutboxEntry | null;
  /** It arrived, or is not wanted any more. */
  remove(id: string): void;
  refuse(id: string, refusal: Refusal): void;
  /** A refused one waits again. */
  retry(id: string): void;
  /** A new conversation: what was typed goes on with it; buttons, files and ratings belonged to the old one. */
  keepTexts(): void;
};

const KEY = 'out:';

export function createOutbox(tools: { store: Store; id: () => string; now: () => number }): Outbox {
  const { store } = tools;
  let latest = 0;
  const write = (entry: OutboxEntry): void => store.write(KEY + entry.id, JSON.stringify(entry));
  const get = (id: string): OutboxEntry | null => parseEntry(readRecord(store, KEY + id));
  const entries = (): OutboxEntry[] =>
    store
      .keys(KEY)
      .map((key) => get(key.slice(KEY.length)))
      .filter((entry) => entry !== null)
      .sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1));
  return {
    add(content) {
      // Two within one millisecond, or after the clock was put back, still keep their order.
      latest = Math.max(tools.now(), latest + 1);
      const entry = { id: tools.id(), at: latest, content };
      write(entry);
      return entry;
    },
    entries,
    get,
    remove: (id) => store.remove(KEY + id),
    refuse(id, refusal) {
      const entry = get(id);
      if (entry) write({ ...entry, refused: refusal });
    },
    retry(id) {
      const entry = get(id);
      if (entry) write({ id, at: entry.at, content: entry.content });
    },
    keepTexts() {
      for (const entry of entries()) if (entry.content.kind !== 'text') store.remove(KEY + entry.id);
    },
  };
}

/** The frame that carries an entry. */
export function frameOf(entry: OutboxEntry): ClientFrame {
  const { content } = entry;
  const base = { type: 'message', clientMessageId: entry.id } as const;
  switch (content.kind) {
    case 'text':
      return { ...base, text: content.text };
    case 'action':
      return { ...base, action: content.id };
    case 'upload':
      return { ...base, uploadId: content.attachment.id };
    case 'form':
      return { ...base, form: { id: content.id, values: content.values } };
    case 'rating':
      return {
        ...base,
        rating: { score: content.score, ...(content.comment === undefined ? {} : { comment: content.comment }) },
      };
    default:
      return { ...base, reaction: { to: content.to, value: content.value } };
  }
}

/** What an outgoing message is once it is said. */
export function contentOf(content: Outgoing): InboundContent {
  if (content.kind !== 'upload') return content;
  const { attachment } = content;
  return { kind: attachment.type.startsWith('image/') ? 'image' : 'file', attachment };
}

const KINDS: Record<Outgoing['kind'], true> = {
  text: true,
  action: true,
  upload: true,
  form: true,
  rating: true,
  reaction: true,
};

function parseEntry(record: Record<string, unknown> | null): OutboxEntry | null {
  if (!record || typeof record['id'] !== 'string' || typeof record['at'] !== 'number') return null;
  const content = record['content'];
  if (typeof content !== 'object' || content === null || !('kind' in content)) return null;
  if (typeof content.kind !== 'string' || !Object.hasOwn(KINDS, content.kind)) return null;
  return record as unknown as OutboxEntry;
}
