import { infiniteQueryOptions, keepPreviousData } from '@tanstack/react-query';
import type { Ticket, TicketStatusName } from '#core/tickets/ticket.schema.ts';
import type { Api } from '../../../lib/api.ts';

/** Which tickets a list shows. */
export type TicketListFilter = {
  q: string;
  status: TicketStatusName | '';
  assignee: 'me' | 'none' | '';
};

type Answer = { items: Ticket[]; nextCursor: string | null };

export const ticketsQuery = (api: Api, filter: TicketListFilter) =>
  infiniteQueryOptions({
    queryKey: ['tickets', filter],
    queryFn: ({ pageParam, signal }) => api.get<Answer>('/tickets', { ...filter, cursor: pageParam }, signal),
    initialPageParam: '',
    getNextPageParam: (last) => last.nextCursor ?? undefined,
    // While the next letters are typed, the table stays.
    placeholderData: keepPreviousData,
  });
