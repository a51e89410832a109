import { queryOptions } from '@tanstack/react-query';
import type { ConversationDetail } from '#core/desk/desk.schema.ts';
import type { Api } from '../../../lib/api.ts';

export const conversationKey = (id: string) => ['conversation', id] as const;

/** Everything about one conversation but its messages. */
export const conversationQuery = (api: Api, id: string) =>
  queryOptions({
    queryKey: conversationKey(id),
    queryFn: ({ signal }) => api.get<ConversationDetail>(`/chat/sessions/${id}`, {}, signal),
  });
