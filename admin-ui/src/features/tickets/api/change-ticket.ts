import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { z } from 'zod';
import type { Ticket, TicketChange } from '#core/tickets/ticket.schema.ts';
import { useTools } from '../../../lib/tools.tsx';
import { ticketKey } from './read-ticket.ts';

/** Changes a ticket as it was read; changed by somebody else meanwhile (412), the newest is read and nothing is lost. */
export function useChangeTicket(ticket: Ticket) {
  const { api } = useTools();
  const client = useQueryClient();
  return useMutation({
    mutationFn: (change: z.input<typeof TicketChange>) =>
      api.send<Ticket>('PUT', `/tickets/${ticket.id}`, { body: change, ifMatch: ticket.version }),
    onSuccess: (changed) => client.setQueryData(ticketKey(ticket.id), changed),
    onError: () => void client.invalidateQueries({ queryKey: ticketKey(ticket.id) }),
    onSettled: () => void client.invalidateQueries({ queryKey: ['tickets'] }),
  });
}
