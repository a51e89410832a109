import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ConversationSummary, Handoff } from '#core/desk/desk.schema.ts';
import { useTools } from '../../../lib/tools.tsx';
import { conversationKey } from './read-conversation.ts';

/** What an agent can do with a conversation's ownership. */
export type Move = 'take' | 'give-back' | 'resolve';

function address(move: Move, { id, state, handoff }: ConversationSummary): string {
  const open = handoff?.id;
  if (move === 'take') return state === 'queued' && open ? `/handoffs/${open}/claim` : `/chat/sessions/${id}/take-over`;
  return `/handoffs/${open}/${move === 'resolve' ? 'resolve' : 'return'}`;
}

/** Takes a conversation, gives it back to the bot, or closes it. Who was first is said by the refusal (409). */
export function useMoveHandoff() {
  const { api } = useTools();
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ move, conversation }: { move: Move; conversation: ConversationSummary }) =>
      api.send<Handoff>('POST', address(move, conversation)),
    // Also after a refusal: it means that what is shown here is old.
    onSettled: (_handoff, _error, { conversation }) => {
      void client.invalidateQueries({ queryKey: conversationKey(conversation.id) });
      void client.invalidateQueries({ queryKey: ['conversations'] });
    },
  });
}
