import type { ConversationSummary } from '#core/desk/desk.schema.ts';

/** Who answers a conversation, as the asking agent sees it. */
export type Owner = 'bot' | 'nobody' | 'me' | 'other' | 'closed';

export function whoHasIt({ state, agent }: ConversationSummary, me: string | undefined): Owner {
  if (state === 'agent') return agent?.id === me ? 'me' : 'other';
  return state === 'queued' ? 'nobody' : state;
}
