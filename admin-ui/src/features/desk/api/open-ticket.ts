import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Ticket, TicketPriority } from '#core/tickets/ticket.schema.ts';
import { useTools } from '../../../lib/tools.tsx';
import { conversationKey } from './read-conversation.ts';

export type TicketDraft = { subject: string; description?: string; priority: TicketPriority };

/** Files a ticket about a conversation. */
export function useOpenTicket(sessionId: string) {
  const { api } = useTools();
  const client = useQueryClient();
  return useMutation({
    mutationFn: (draft: TicketDraft) => api.send<Ticket>('POST', `/chat/sessions/${sessionId}/ticket`, { body: draft }),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: conversationKey(sessionId) });
      void client.invalidateQueries({ queryKey: ['tickets'] });
    },
  });
}
