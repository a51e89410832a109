import type { Attachment, InboundContent } from '#core/conversation/content.schema.ts';
import type { ClientFrame } from '#core/conversation/protocol.schema.ts';
import { invalid } from '#core/errors.ts';

type MessageFrame = Extract<ClientFrame, { type: 'message' }>;

const PARTS = ['text', 'action', 'uploadId', 'rating', 'form', 'reaction'] as const;

/** What a message frame says, as content. Throws when it says nothing, two things, or names an upload that is not of this conversation. */
export async function contentOf(
  frame: MessageFrame,
  attachment: (uploadId: string) => Promise<Attachment | undefined>,
): Promise<InboundContent> {
  const given = PARTS.filter((part) => frame[part] !== undefined);
  if (given.length !== 1) throw invalid(`Send exactly one of ${PARTS.join(', ')}; this frame has ${given.length}.`);
  if (frame.text !== undefined) {
    const text = storable(frame.text).normalize('NFC').trim();
    if (!text) throw invalid('The text is empty.');
    return { kind: 'text', text };
  }
  if (frame.action !== undefined) return { kind: 'action', id: frame.action };
  if (frame.rating !== undefined)
    return {
      kind: 'rating',
      score: frame.rating.score,
      ...(frame.rating.comment ? { comment: storable(frame.rating.comment) } : {}),
    };
  if (frame.form !== undefined) {
    const values = Object.entries(frame.form.values).map(([name, value]) => [storable(name), storable(value)]);
    return { kind: 'form', id: frame.form.id, values: Object.fromEntries(values) as Record<string, string> };
  }
  if (frame.reaction !== undefined) return { kind: 'reaction', ...frame.reaction };
  const found = await attachment(frame.uploadId!);
  if (!found) throw invalid('There is no such upload in this conversation. Upload the file first: POST /uploads.');
  const [family] = found.type.split('/');
  const kind = family === 'image' || family === 'audio' || family === 'video' ? family : 'file';
  return { kind, attachment: found };
}

/** PostgreSQL keeps no NUL; lone surrogates are no characters. */
const storable = (text: string): string => text.replaceAll('\0', '').toWellFormed();
