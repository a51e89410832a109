import type { ConversationSummary } from '#core/desk/desk.schema.ts';
import type { Recent } from './recents.ts';

/** The lists of the desk. */
export type Tab = 'waiting' | 'mine' | 'all';
export const TABS: readonly Tab[] = ['waiting', 'mine', 'all'];

/** A fetched page; news with an `order` above `since` came later than it. */
export type Page = { readonly items: readonly ConversationSummary[]; readonly since: number };

export function belongs(tab: Tab, conversation: ConversationSummary, me: string | undefined): boolean {
  if (tab === 'waiting') return conversation.state === 'queued';
  if (tab === 'mine') return conversation.state === 'agent' && conversation.agent?.id === me;
  return true;
}

/** Fetched pages as they stand now: news replace what is older, bring what belongs here since, and take away what left. */
export function layOver(
  pages: readonly Page[],
  recents: ReadonlyMap<string, Recent>,
  isHere: (conversation: ConversationSummary) => boolean,
): ConversationSummary[] {
  const rows = new Map<string, ConversationSummary>();
  const fetched = new Map<string, number>();
  for (const page of pages)
    for (const item of page.items) {
      rows.set(item.id, item);
      fetched.set(item.id, page.since);
    }
  const oldest = pages[0]?.since ?? 0;
  for (const [id, { conversation, order }] of recents) {
    if (order <= (fetched.get(id) ?? oldest)) continue;
    if (isHere(conversation)) rows.set(id, conversation);
    else rows.delete(id);
  }
  return [...rows.values()];
}

const activeAt = (conversation: ConversationSummary): string => conversation.last?.at ?? conversation.createdAt;
const newestFirst = (a: ConversationSummary, b: ConversationSummary): number => activeAt(b).localeCompare(activeAt(a));
const askedAt = (conversation: ConversationSummary): string =>
  conversation.handoff?.requestedAt ?? activeAt(conversation);

/** The desk's groups, each in its order: who waits longest first, then ours and the others by the newest message. */
export function inGroups(
  conversations: readonly ConversationSummary[],
  me: string | undefined,
): { waiting: ConversationSummary[]; mine: ConversationSummary[]; others: ConversationSummary[] } {
  const byId = [...new Map(conversations.map((one) => [one.id, one])).values()];
  const waiting = byId.filter((one) => belongs('waiting', one, me));
  const mine = byId.filter((one) => belongs('mine', one, me));
  return {
    waiting: waiting.sort((a, b) => askedAt(a).localeCompare(askedAt(b))),
    mine: mine.sort(newestFirst),
    others: byId.filter((one) => !waiting.includes(one) && !mine.includes(one)).sort(newestFirst),
  };
}
