import { infiniteQueryOptions } from '@tanstack/react-query';
import type { ConversationSummary } from '#core/desk/desk.schema.ts';
import type { Api, Query } from '../../../lib/api.ts';
import type { Page, Tab } from '../lists.ts';
import type { Recents } from '../recents.ts';

/** What waits and what is ours is wanted whole; of all the rest, what one screen shows. */
const ASKS: Readonly<Record<Tab, Query>> = {
  waiting: { state: 'queued', limit: 100 },
  mine: { mine: true, limit: 100 },
  all: { limit: 50 },
};

type Answer = { items: ConversationSummary[]; nextCursor: string | null };

/** One list of the desk, page by page. */
export const conversationsQuery = (api: Api, recents: Recents, tab: Tab) =>
  infiniteQueryOptions({
    queryKey: ['conversations', tab],
    queryFn: async ({ pageParam, signal }): Promise<Page & { nextCursor: string | null }> => {
      const since = recents.mark();
      const { items, nextCursor } = await api.get<Answer>(
        '/chat/sessions',
        { ...ASKS[tab], cursor: pageParam },
        signal,
      );
      return { items, nextCursor, since };
    },
    initialPageParam: '',
    getNextPageParam: (last) => last.nextCursor ?? undefined,
  });
