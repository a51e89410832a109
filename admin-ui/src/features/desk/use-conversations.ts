import { useInfiniteQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { ConversationSummary } from '#core/desk/desk.schema.ts';
import { useMe } from '../../lib/me.ts';
import { useTools } from '../../lib/tools.tsx';
import { conversationsQuery } from './api/list-conversations.ts';
import { useRecents } from './desk-live.tsx';
import { belongs, layOver, type Tab } from './lists.ts';

/** One list of the desk as it stands now; `undefined` rows until it was read once. */
export type ConversationList = {
  rows: readonly ConversationSummary[] | undefined;
  error: Error | null;
  more: boolean;
  loadMore: () => void;
  retry: () => void;
};

/** One list of the desk, kept current by the live line. */
export function useConversations(tab: Tab): ConversationList {
  const { api } = useTools();
  const me = useMe()?.id;
  const { all, recents } = useRecents();
  const { data, error, hasNextPage, fetchNextPage, refetch } = useInfiniteQuery(conversationsQuery(api, recents, tab));
  const rows = useMemo(() => {
    const isHere = (conversation: ConversationSummary): boolean => belongs(tab, conversation, me);
    return data && layOver(data.pages, all, isHere).filter(isHere);
  }, [data, all, tab, me]);
  return { rows, error, more: hasNextPage, loadMore: () => void fetchNextPage(), retry: () => void refetch() };
}

/** How many customers wait for a person. */
export const useWaitingCount = (): number => useConversations('waiting').rows?.length ?? 0;
