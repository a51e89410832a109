import { queryOptions } from '@tanstack/react-query';
import type { Ticket } from '#core/tickets/ticket.schema.ts';
import type { Api } from '../../../lib/api.ts';

export const ticketKey = (id: string) => ['ticket', id] as const;

export const ticketQuery = (api: Api, id: string) =>
  queryOptions({
    queryKey: ticketKey(id),
    queryFn: ({ signal }) => api.get<Ticket>(`/tickets/${id}`, {}, signal),
  });
