import { z } from 'zod';
import { ChannelName, ConversationState, Delivery, Message } from '#core/conversation/conversation.schema.ts';
import { Locale, MAX_TEXT } from '#core/conversation/content.schema.ts';

/** Why the bot called a person. */
export const HandoffReason = z.enum(['asked', 'anger', 'not-understood', 'flow', 'unresolved', 'taken-over']);

const Person = z.object({ id: z.uuid(), name: z.string() });

/** A customer's wish for a person, from asking to the end. */
export const Handoff = z
  .object({
    id: z.uuid(),
    sessionId: z.uuid(),
    reason: HandoffReason,
    status: z.enum(['waiting', 'claimed', 'returned', 'resolved', 'withdrawn', 'unattended']),
    agent: Person.nullable(),
    requestedAt: z.iso.datetime(),
    claimedAt: z.iso.datetime().nullable(),
    endedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Handoff' });
export type Handoff = z.infer<typeof Handoff>;

/** A row of the desk's list. */
export const ConversationSummary = z
  .object({
    id: z.uuid(),
    channel: ChannelName,
    state: ConversationState,
    locale: Locale,
    customer: z.object({ id: z.uuid(), name: z.string() }),
    agent: Person.nullable(),
    handoff: Handoff.nullable(),
    /** The newest message, cut to 160 characters; `by` says which side wrote it. */
    last: z
      .object({ text: z.string(), by: z.enum(['customer', 'bot', 'agent', 'system']), at: z.iso.datetime() })
      .nullable(),
    /** Customer's messages that no agent has read. */
    unread: z.number().int(),
    topic: z.string().nullable(),
    mood: z.enum(['calm', 'angry']),
    ticket: z.string().nullable(),
    head: z.number().int(),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  })
  .meta({ id: 'ConversationSummary' });
export type ConversationSummary = z.infer<typeof ConversationSummary>;

export const Note = z
  .object({ id: z.uuid(), author: Person, text: z.string(), afterSeq: z.number().int(), createdAt: z.iso.datetime() })
  .meta({ id: 'Note' });
export type Note = z.infer<typeof Note>;

/** Everything the desk shows beside the transcript. */
export const ConversationDetail = ConversationSummary.extend({
  contact: z.object({
    name: z.string().nullable(),
    email: z.string().nullable(),
    phone: z.string().nullable(),
    identities: z.array(z.object({ channel: ChannelName, label: z.string() })),
    page: z.object({ url: z.string(), title: z.string() }).nullable(),
  }),
  /** Every time that it went to a person, the oldest first. */
  handoffs: z.array(Handoff),
  /** What the bot collected before the handoff, by slot name. */
  collected: z.record(z.string(), z.string()),
  /** How the last message was understood: why the bot did what it did. */
  understanding: z
    .object({
      rung: z.string(),
      took: z.number(),
      ranking: z.array(z.object({ intent: z.string(), title: z.string(), confidence: z.number() })),
    })
    .nullable(),
  /** FAQs that may help the agent. */
  suggestions: z.array(z.object({ id: z.string(), question: z.string(), answer: z.string() })),
  tickets: z.array(z.object({ id: z.uuid(), number: z.string(), subject: z.string(), status: z.string() })),
  earlier: z.array(z.object({ id: z.uuid(), topic: z.string().nullable(), endedBy: z.string(), at: z.iso.datetime() })),
  notes: z.array(Note),
  /** How far the customer has read, as a `seq`. */
  seen: z.number().int(),
}).meta({ id: 'ConversationDetail' });
export type ConversationDetail = z.infer<typeof ConversationDetail>;

/** `GET /chat/sessions`. */
export const ConversationFilter = z.object({
  state: ConversationState.optional(),
  mine: z.stringbool().optional(),
  cursor: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(50),
});

/** Body of `POST /chat/sessions/{session_id}/messages`: what an agent writes. */
export const AgentMessage = z
  .object({
    text: z.string().trim().min(1).max(MAX_TEXT).optional(),
    uploadId: z.string().max(64).optional(),
    clientMessageId: z.string().regex(/^[\w-]{8,64}$/),
  })
  .refine((body) => (body.text === undefined) !== (body.uploadId === undefined), {
    message: 'Send either text or uploadId.',
    path: ['text'],
  })
  .meta({ id: 'AgentMessage', example: { text: 'I am looking at your order.', clientMessageId: 'm-2f9c41d7' } });
/** Body of `POST /chat/sessions/{session_id}/notes`. */
export const NoteRequest = z
  .object({ text: z.string().trim().min(1).max(4_000) })
  .meta({ id: 'NoteRequest', example: { text: 'The courier has it; I asked them to call.' } });
/** Body of `POST /chat/sessions/{session_id}/ticket`. */
export const TicketFromConversation = z
  .object({
    subject: z.string().trim().min(1).max(200),
    description: z.string().trim().max(MAX_TEXT).optional(),
    priority: z.enum(['low', 'normal', 'high', 'urgent']).default('normal'),
  })
  .meta({ id: 'TicketFromConversation', example: { subject: 'The lamp arrived broken', priority: 'high' } });

/** A place in a transcript: PostgreSQL's `int` is as large as it gets. */
const Seq = z.number().int().nonnegative().max(2_147_483_647);

/** Frames that an agent's client sends on `WS /ws/agent`; `hello` comes first, with the access token. */
export const AgentClientFrame = z.discriminatedUnion('type', [
  z.object({ type: z.literal('hello'), token: z.string().max(4_000) }),
  z.object({ type: z.literal('watch'), sessionId: z.uuid(), after: Seq }),
  z.object({ type: z.literal('unwatch'), sessionId: z.uuid() }),
  z.object({ type: z.literal('typing'), sessionId: z.uuid() }),
  z.object({ type: z.literal('read'), sessionId: z.uuid(), seq: Seq }),
  z.object({ type: z.literal('presence'), status: z.enum(['online', 'away']) }),
]);
export type AgentClientFrame = z.infer<typeof AgentClientFrame>;

/** Frames that the server sends to an agent: lists move by `conversation`, an open thread by the frames with `sessionId`. */
export const AgentServerFrame = z.discriminatedUnion('type', [
  z.object({ type: z.literal('welcome'), heartbeatSeconds: z.number().int() }),
  z.object({ type: z.literal('conversation'), conversation: ConversationSummary }),
  /** A new or changed message of a watched conversation (all with `seq` above the `after` of `watch`, in order). */
  z.object({ type: z.literal('message'), sessionId: z.uuid(), seq: z.number().int(), message: Message }),
  /** A change of state of a watched conversation, in the same order as its messages: a system line of the thread. */
  z.object({
    type: z.literal('state'),
    sessionId: z.uuid(),
    seq: z.number().int(),
    state: ConversationState,
    agent: z.object({ name: z.string() }).optional(),
    at: z.iso.datetime(),
  }),
  z.object({ type: z.literal('note'), sessionId: z.uuid(), note: Note }),
  z.object({ type: z.literal('delivery'), sessionId: z.uuid(), seq: z.number().int(), delivery: Delivery }),
  z.object({ type: z.literal('typing'), sessionId: z.uuid() }),
  z.object({ type: z.literal('seen'), sessionId: z.uuid(), seq: z.number().int() }),
  z.object({ type: z.literal('error'), detail: z.string() }),
]);
export type AgentServerFrame = z.infer<typeof AgentServerFrame>;
