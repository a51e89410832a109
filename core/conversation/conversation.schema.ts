import { z } from 'zod';
import { InboundContent, Locale, MAX_TEXT, OutboundContent } from './content.schema.ts';

/** Who answers now: the bot; nobody yet although a person is wanted; a person; nobody any more. */
export const ConversationState = z.enum(['bot', 'queued', 'agent', 'closed']);
export type ConversationState = z.infer<typeof ConversationState>;

export const ChannelName = z.enum(['web', 'slack', 'telegram', 'teams']);
export type ChannelName = z.infer<typeof ChannelName>;

export const Author = z.object({
  kind: z.enum(['customer', 'bot', 'agent', 'system']),
  /** Shown to the other side; absent for the bot and for customers who gave none. */
  name: z.string().optional(),
});
export type Author = z.infer<typeof Author>;

/** How far a message of ours came. `uncertain`: only the platform knows. On the web `delivered` and `read` come from the client's cursor. */
export const Delivery = z.enum(['pending', 'sent', 'delivered', 'read', 'uncertain', 'failed', 'cancelled']);
export type Delivery = z.infer<typeof Delivery>;

/** One message as clients see it. `seq` orders a conversation; `inReplyTo` names the customer's messages that it answers. */
export const Message = z
  .object({
    id: z.uuid(),
    seq: z.number().int().positive(),
    inReplyTo: z.array(z.number().int().positive()),
    author: Author,
    content: z.union([OutboundContent, InboundContent]),
    createdAt: z.iso.datetime(),
    editedAt: z.iso.datetime().optional(),
    deletedAt: z.iso.datetime().optional(),
    /** The sender's own id of a customer's message: how a client finds what it sent among what it reads. */
    clientMessageId: z.string().optional(),
    /** Only agents see it. */
    delivery: Delivery.optional(),
  })
  .meta({ id: 'Message' });
export type Message = z.infer<typeof Message>;

/** Everything that a conversation's customer can see happen, in one order: each takes the next `seq`. */
export const Change = z.discriminatedUnion('type', [
  z.object({ type: z.literal('reply'), seq: z.number().int(), message: Message }),
  z.object({ type: z.literal('edit'), seq: z.number().int(), of: z.number().int(), message: Message }),
  z.object({ type: z.literal('delete'), seq: z.number().int(), of: z.number().int() }),
  z.object({
    type: z.literal('state'),
    seq: z.number().int(),
    state: ConversationState,
    agent: z.object({ name: z.string() }).optional(),
    /** Place in the queue, from 1, and the wait to expect in seconds, when `state` is `queued` and they are known. */
    place: z.number().int().optional(),
    waitSeconds: z.number().int().optional(),
    at: z.iso.datetime(),
  }),
]);
export type Change = z.infer<typeof Change>;

export const ClientMessageId = z.string().regex(/^[\w-]{8,64}$/);

/** Body of `POST /chat/sessions`. */
export const SessionRequest = z
  .object({
    locale: Locale.optional(),
    /** Where the customer is: the page's address and title, for the agent. */
    context: z
      .object({ url: z.string().max(2_000), title: z.string().max(300) })
      .partial()
      .optional(),
  })
  .meta({
    id: 'SessionRequest',
    example: { locale: 'en', context: { url: 'https://shop.example/lamps', title: 'Lamps' } },
  });

export const SessionBegun = z
  .object({
    sessionId: z.uuid(),
    sessionToken: z.string(),
    state: ConversationState,
    replies: z.array(Message),
  })
  .meta({ id: 'SessionBegun' });

/** Body of `POST /chat/message`: exactly one of `text`, `action`. */
export const ChatRequest = z
  .object({
    sessionId: z.uuid().optional(),
    text: z.string().trim().min(1).max(MAX_TEXT).optional(),
    action: z
      .string()
      .regex(/^[\w-]{1,20}$/)
      .optional(),
    clientMessageId: ClientMessageId.optional(),
    locale: Locale.optional(),
  })
  .refine((body) => (body.text === undefined) !== (body.action === undefined), {
    message: 'Send either text or action.',
    path: ['text'],
  })
  .meta({ id: 'ChatRequest', example: { text: 'Where is my order SQ-20451?', locale: 'en' } });

export const ChatAnswer = z
  .object({
    sessionId: z.uuid(),
    /** Only when this call began the session. */
    sessionToken: z.string().optional(),
    message: Message,
    replies: z.array(Message),
    state: ConversationState,
  })
  .meta({ id: 'ChatAnswer' });

/** Answer of `GET /chat/history/{session_id}`; `head` is the newest `seq` of the conversation. */
export const History = z
  .object({
    sessionId: z.uuid(),
    state: ConversationState,
    head: z.number().int(),
    items: z.array(Message),
    nextCursor: z.string().nullable(),
  })
  .meta({ id: 'History' });
