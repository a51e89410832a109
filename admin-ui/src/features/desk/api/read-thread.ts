import { queryOptions } from '@tanstack/react-query';
import type { Message } from '#core/conversation/conversation.schema.ts';
import type { Api } from '../../../lib/api.ts';
import { withStretch, type ThreadData } from '../thread-data.ts';
import { conversationQuery } from './read-conversation.ts';

/** How far back a conversation is opened, and how much "earlier messages" brings, in changes. */
const STRETCH = 200;

type Answer = { items: Message[]; head: number; nextCursor: string | null };

export const threadKey = (id: string) => ['thread', id] as const;

/** The newest stretch of a conversation, joined with what is known of it. */
export const threadQuery = (api: Api, id: string) =>
  queryOptions({
    queryKey: threadKey(id),
    queryFn: async ({ client, signal }): Promise<ThreadData> => {
      const { head } = await client.ensureQueryData(conversationQuery(api, id));
      const fetched = await readStretch(api, id, Math.max(0, head - STRETCH), Infinity, signal);
      return withStretch(client.getQueryData<ThreadData>(threadKey(id)), fetched);
    },
  });

/** The stretch before what is known. */
export const readEarlier = (api: Api, id: string, known: ThreadData): Promise<ThreadData> =>
  readStretch(api, id, Math.max(0, known.from - STRETCH), known.from);

async function readStretch(api: Api, id: string, from: number, to: number, signal?: AbortSignal): Promise<ThreadData> {
  const items: Message[] = [];
  let head = 0;
  let cursor: string | null = null;
  do {
    const query = cursor === null ? { after: from } : { cursor };
    const answer: Answer = await api.get<Answer>(`/chat/history/${id}`, query, signal);
    items.push(...answer.items);
    head = answer.head;
    cursor = answer.nextCursor;
  } while (cursor !== null && (items.at(-1)?.seq ?? 0) < to);
  return { items, from, head };
}
