import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ConversationDetail, Note } from '#core/desk/desk.schema.ts';
import { useTools } from '../../../lib/tools.tsx';
import { conversationKey } from './read-conversation.ts';

/** A note put among those of its conversation, once, whether the answer or the live line brings it first. */
export const withNote = (detail: ConversationDetail, note: Note): ConversationDetail =>
  detail.notes.some((one) => one.id === note.id) ? detail : { ...detail, notes: [...detail.notes, note] };

/** Writes a note that only colleagues see. */
export function useAddNote(sessionId: string) {
  const { api } = useTools();
  const client = useQueryClient();
  return useMutation({
    mutationFn: (text: string) => api.send<Note>('POST', `/chat/sessions/${sessionId}/notes`, { body: { text } }),
    onSuccess: (note) =>
      client.setQueryData<ConversationDetail>(conversationKey(sessionId), (detail) => detail && withNote(detail, note)),
  });
}
