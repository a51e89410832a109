import type { InboundContent, OutboundContent } from '#core/conversation/content.schema.ts';
import type { Author, Change, Message } from '#core/conversation/conversation.schema.ts';

const AT = '2026-11-24T05:40:00.000Z';

/** A message of ours or of the customer's, as the wire brings it. */
export function messageOf(
  seq: number,
  content: OutboundContent | InboundContent | string,
  author: Author = { kind: 'bot' },
  more: Partial<Message> = {},
): Message {
  return {
    id: `00000000-0000-4000-8000-${String(seq).padStart(12, '0')}`,
    seq,
    inReplyTo: [],
    author,
    content: typeof content === 'string' ? { kind: 'text', text: content } : content,
    createdAt: AT,
    ...more,
  };
}

export function replyOf(...about: Parameters<typeof messageOf>): Extract<Change, { type: 'reply' }> {
  return { type: 'reply', seq: about[0], message: messageOf(...about) };
}

export function stateOf(
  seq: number,
  state: 'bot' | 'queued' | 'agent' | 'closed',
  more: Partial<Extract<Change, { type: 'state' }>> = {},
): Extract<Change, { type: 'state' }> {
  return { type: 'state', seq, state, at: AT, ...more };
}
