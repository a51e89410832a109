import { createHash } from 'node:crypto';

/** Who did it: a signed-in user, a contact on a channel, or the installation itself (`id` null). */
export type AuditActor = { kind: 'user'; id: string } | { kind: 'contact'; id: string } | { kind: 'system'; id: null };

/** What happened. `before` and `after` are JSON without personal data: mask or leave out what would show a person. */
export type AuditEvent = {
  actor: AuditActor;
  /** Subject and verb: `flow.publish`, `user.change-roles`. */
  action: string;
  subject: { kind: string; id: string };
  before?: unknown;
  after?: unknown;
  /** Where it came from: a network address, a command. */
  origin?: string | null;
};

/** One line of the trail: an event, its number and time (to the millisecond), and the hashes that chain it to the line before. */
export type AuditEntry = AuditEvent & { id: number; at: Date; prevHash: string; hash: string };

/** Writes down who did what. An event that cannot be written down must not happen: `record` rejects, its caller undoes. */
export type AuditTrail = { record: (event: AuditEvent) => Promise<void> };

/** The `prevHash` of the first entry. */
export const FIRST_PREV_HASH = '0'.repeat(64);

/** The entry that follows `prev` (`null`: the first one). */
export function chainEntry(
  prev: Pick<AuditEntry, 'hash'> | null,
  entry: AuditEvent & { id: number; at: Date },
): AuditEntry {
  const prevHash = prev?.hash ?? FIRST_PREV_HASH;
  return { ...entry, prevHash, hash: hashOf(entry, prevHash) };
}

/**
 * `head` is the last hash: compare it with the one that was exported, for a chain cut at its end is whole in itself.
 * `content`: the entry itself was changed. `link`: the one before it was changed, removed or put elsewhere.
 */
export type ChainVerdict =
  | { whole: true; head: string }
  | { whole: false; brokenId: number; index: number; reason: 'content' | 'link' };

/** Whether the entries, in order, are as they were written; names the first that is not. `after` is the hash before them. */
export function verifyChain(entries: Iterable<AuditEntry>, after: string = FIRST_PREV_HASH): ChainVerdict {
  let head = after;
  let index = 0;
  for (const entry of entries) {
    if (entry.prevHash !== head) return { whole: false, brokenId: entry.id, index, reason: 'link' };
    if (entry.hash !== hashOf(entry, head)) return { whole: false, brokenId: entry.id, index, reason: 'content' };
    head = entry.hash;
    index++;
  }
  return { whole: true, head };
}

function hashOf(entry: AuditEvent & { id: number; at: Date }, prevHash: string): string {
  const { id, at, actor, action, subject, before, after, origin } = entry;
  const content = { id, at, actor, action, subject, before, after, origin, prevHash };
  return createHash('sha256').update(canonicalJson(content)).digest('hex');
}

/**
 * JSON with sorted keys, so that the same content has the same bytes after a database has rearranged it. What is `null` or
 * absent is the same. Throws a `TypeError` for what JSON cannot hold.
 */
export function canonicalJson(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (value instanceof Date) return JSON.stringify(value.toISOString());
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value === 'object') {
    const parts = Object.entries(value)
      .filter(([, part]) => part !== null && part !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, part]) => `${JSON.stringify(key)}:${canonicalJson(part)}`);
    return `{${parts.join(',')}}`;
  }
  if (typeof value === 'string' || typeof value === 'boolean') return JSON.stringify(value);
  if (typeof value === 'number' && Number.isFinite(value)) return JSON.stringify(value);
  throw new TypeError(`The audit trail cannot hold a ${typeof value}: give it what JSON can say.`);
}
