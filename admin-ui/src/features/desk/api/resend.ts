import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Message } from '#core/conversation/conversation.schema.ts';
import { useTools } from '../../../lib/tools.tsx';
import { withMessage, type ThreadData } from '../thread-data.ts';
import { threadKey } from './read-thread.ts';

/** Sends a message out again that its platform did not take. */
export function useResend(sessionId: string) {
  const { api } = useTools();
  const client = useQueryClient();
  return useMutation({
    mutationFn: (seq: number) => api.send<Message>('POST', `/chat/sessions/${sessionId}/messages/${seq}/resend`),
    onSuccess: (message) =>
      client.setQueryData<ThreadData>(
        threadKey(sessionId),
        (thread) => thread && withMessage(thread, thread.head, message),
      ),
  });
}
