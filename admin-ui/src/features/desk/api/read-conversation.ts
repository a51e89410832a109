import { queryOptions } from '@tanstack/react-query';
import type { ConversationDetail } from '#core/desk/desk.schema.ts';
import type { Api } from '../../../lib/api.ts';

export const conversationKey = (id: string) => ['conversation', id] as const;

/** Everything about one conversation but its messages. */
export const conversationQuery = (api: Api, id: string) =>
  queryOptions({
    queryKey: conversationKey(id),
    queryFn: async ({ client, signal }) => {
      const detail = await api.get<ConversationDetail>(`/chat/sessions/${id}`, {}, signal);
      // The live line tells at once how far the customer read, the database up to a second later.
      const heard = client.getQueryData<ConversationDetail>(conversationKey(id))?.seen ?? 0;
      return { ...detail, seen: Math.max(detail.seen, heard) };
    },
  });
