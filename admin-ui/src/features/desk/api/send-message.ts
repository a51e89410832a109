import type { Message } from '#core/conversation/conversation.schema.ts';
import type { Api } from '../../../lib/api.ts';
import type { Draft } from '../outbox.ts';

/** Says something to the customer. The server writes it once for each `clientMessageId`, however often it is asked. */
export async function sendMessage(
  api: Api,
  sessionId: string,
  clientMessageId: string,
  draft: Draft,
): Promise<Message> {
  const said = 'text' in draft ? { text: draft.text } : { uploadId: (await api.upload(draft.file, sessionId)).id };
  return api.send<Message>('POST', `/chat/sessions/${sessionId}/messages`, { body: { ...said, clientMessageId } });
}
