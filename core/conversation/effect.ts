import type { OutboundContent } from './content.schema.ts';

/** One message of the bot; `inReplyTo` names the customer's messages (`seq`) that it answers. */
export type Reply = { content: OutboundContent; inReplyTo: readonly number[] };

export type HandoffReason = 'asked' | 'anger' | 'not-understood' | 'flow' | 'unresolved';

/** What a turn changes beside the transcript: one closed union, written in the turn's transaction. */
export type Effect =
  | {
      type: 'create-ticket';
      number: string;
      subject: string;
      description: string;
      category: string;
      priority: 'low' | 'normal' | 'high' | 'urgent';
      slots: Readonly<Record<string, string>>;
      attachments: readonly string[];
    }
  | { type: 'request-handoff'; reason: HandoffReason; collected: Readonly<Record<string, string>>; topic?: string }
  | { type: 'withdraw-handoff' }
  | { type: 'save-contact'; name?: string; email?: string; phone?: string }
  | { type: 'rate'; score: number; comment?: string }
  | { type: 'feedback'; source: { kind: 'faq' | 'document'; id: string }; helpful: boolean }
  | { type: 'close'; reason: 'silence' | 'customer' | 'done' };
