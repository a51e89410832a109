import { defineEntity, p, type InferEntity } from '@mikro-orm/core';
import { User } from '#core/access/user.entity.ts';
import { Contact } from './contact.entity.ts';

/**
 * A conversation on any channel. `epoch` moves when its owner changes (a worker's claim, a person, the end): a write that
 * carries an old one is refused. `seq` counts the changes that the customer can see.
 */
export const ChatSession = defineEntity({
  name: 'ChatSession',
  tableName: 'chat_sessions',
  checks: [
    { name: 'chat_sessions_agent_owns', expression: "(mode = 'agent') = (agent_id is not null)" },
    { name: 'chat_sessions_closed_at', expression: "(mode = 'closed') = (closed_at is not null)" },
  ],
  uniques: [
    // One open conversation for each place on a channel; closed ones stay as history.
    {
      name: 'chat_sessions_open_key',
      expression:
        "create unique index chat_sessions_open_key on chat_sessions (channel, connection, conversation_key) where mode <> 'closed' and conversation_key is not null",
    },
  ],
  indexes: [
    { name: 'chat_sessions_active', properties: ['activeAt', 'id'] },
    { name: 'chat_sessions_contact', properties: ['contact', 'createdAt'] },
    {
      name: 'chat_sessions_agent',
      expression: 'create index chat_sessions_agent on chat_sessions (agent_id) where agent_id is not null',
    },
    {
      name: 'chat_sessions_pending',
      expression: 'create index chat_sessions_pending on chat_sessions (lease_until) where pending > 0',
    },
  ],
  properties: {
    id: p.uuid().primary(),
    contact: () => p.manyToOne(Contact).deleteRule('cascade'),
    channel: p.text().check("channel in ('web', 'slack', 'telegram', 'teams')"),
    connection: p.text().default('web'),
    conversationKey: p.text().nullable(),
    locale: p.text().check("locale in ('zh-TW', 'en')"),
    mode: p.text().default('bot').check("mode in ('bot', 'queued', 'agent', 'closed')"),
    epoch: p.integer().default(0),
    seq: p.integer().default(0),
    /** Inbound messages that no turn has taken yet. */
    pending: p.integer().default(0).check('pending >= 0'),
    /** The dialogue's state, sealed JSON. */
    stateSealed: p.blob().nullable(),
    tokenHash: p.blob().nullable().unique(),
    tokenExpiresAt: p.datetime().nullable(),
    leaseBy: p.uuid().nullable(),
    leaseUntil: p.datetime().nullable(),
    agent: () => p.manyToOne(User).nullable().deleteRule('restrict'),
    topic: p.text().nullable(),
    mood: p.text().default('calm').check("mood in ('calm', 'angry')"),
    /** How the last message was understood (no text of the customer's in it). */
    understood: p.json<unknown>().nullable(),
    pageSealed: p.blob().nullable(),
    rating: p.smallint().nullable().check('rating >= 1 and rating <= 5'),
    ratingCommentSealed: p.blob().nullable(),
    closeReason: p.text().nullable(),
    /** Last activity to the minute: orders the desk's list without an index entry for each message. */
    activeAt: p.datetime().defaultRaw("date_trunc('minute'::text, now())"),
    updatedAt: p.datetime().defaultRaw('now()'),
    createdAt: p.datetime().defaultRaw('now()'),
    closedAt: p.datetime().nullable(),
  },
});
export type ChatSession = InferEntity<typeof ChatSession>;

/** One change of a conversation that its customer can see. The transcript, and on the web the outbox as well. */
export const ChatMessage = defineEntity({
  name: 'ChatMessage',
  tableName: 'chat_messages',
  uniques: [
    // A customer's message is told apart by its inbound row; an agent's by this.
    {
      name: 'chat_messages_agent_client_id',
      expression:
        "create unique index chat_messages_agent_client_id on chat_messages (session_id, client_id) where author = 'agent' and client_id is not null",
    },
  ],
  indexes: [
    {
      name: 'chat_messages_amended',
      expression: 'create index chat_messages_amended on chat_messages (session_id, of_seq) where of_seq is not null',
    },
  ],
  properties: {
    session: () => p.manyToOne(ChatSession).primary().deleteRule('cascade'),
    seq: p.integer().primary().check('seq > 0'),
    id: p.uuid(),
    change: p.text().default('message').check("change in ('message', 'edit', 'delete', 'state')"),
    /** The message that an edit or a deletion is about. */
    ofSeq: p.integer().nullable(),
    author: p.text().check("author in ('customer', 'bot', 'agent', 'system')"),
    authorUser: () => p.manyToOne(User).nullable().deleteRule('restrict'),
    kind: p.text(),
    /** The content, sealed JSON; null when erased. */
    bodySealed: p.blob().nullable(),
    /** What search, reports and logs may see of it. */
    masked: p.text(),
    inReplyTo: p.type('int[]').$type<number[]>().columnType('int[]').nullable(),
    clientId: p.text().nullable(),
    /** State changes: the state, the agent's name, the place in the queue. Answers: what they quote. */
    info: p.json<unknown>().nullable(),
    createdAt: p.datetime().defaultRaw('now()'),
  },
});

/** A message that came in. It becomes part of exactly one turn; `seq` says where it stands in the transcript. */
export const InboundMessage = defineEntity({
  name: 'InboundMessage',
  tableName: 'inbound',
  uniques: [
    { name: 'inbound_delivery_key', properties: ['deliveryKey'] },
    // On the web the delivery is the message: one key is enough there, and this one stays null.
    {
      name: 'inbound_semantic_key',
      expression: 'create unique index inbound_semantic_key on inbound (semantic_key) where semantic_key is not null',
    },
  ],
  indexes: [
    {
      name: 'inbound_pending',
      expression: "create index inbound_pending on inbound (session_id, id) where state = 'pending'",
    },
  ],
  properties: {
    id: p.bigint('number').primary().autoincrement(),
    session: () => p.manyToOne(ChatSession).deleteRule('cascade'),
    seq: p.integer(),
    deliveryKey: p.text(),
    semanticKey: p.text().nullable(),
    state: p.text().default('pending').check("state in ('pending', 'done', 'dead')"),
    attempts: p.smallint().default(0),
    /** The epoch of the turn that took it, and how it was understood. */
    turnEpoch: p.integer().nullable(),
    understood: p.json<unknown>().nullable(),
    rawSealed: p.blob().nullable(),
    receivedAt: p.datetime().defaultRaw('now()'),
    doneAt: p.datetime().nullable(),
  },
});

/** A message on its way out over a platform, in the order of the conversation. The web needs none: its transcript is the outbox. */
export const OutboundMessage = defineEntity({
  name: 'OutboundMessage',
  tableName: 'outbound',
  uniques: [{ properties: ['session', 'seq'] }],
  indexes: [
    {
      name: 'outbound_open',
      expression:
        "create index outbound_open on outbound (next_at) where state in ('pending', 'attempting', 'uncertain')",
    },
  ],
  properties: {
    id: p.bigint('number').primary().autoincrement(),
    session: () => p.manyToOne(ChatSession).deleteRule('cascade'),
    seq: p.integer(),
    state: p
      .text()
      .default('pending')
      .check("state in ('pending', 'attempting', 'sent', 'uncertain', 'failed', 'cancelled', 'expired')"),
    author: p.text(),
    attempts: p.smallint().default(0),
    /** How often nobody could say whether it arrived; it is sent again after the first time only. */
    doubts: p.smallint().default(0),
    firstAttemptAt: p.datetime().nullable(),
    nextAt: p.datetime().defaultRaw('now()'),
    laneBy: p.uuid().nullable(),
    platformId: p.text().nullable(),
    error: p.text().nullable(),
    expiresAt: p.datetime().nullable(),
    createdAt: p.datetime().defaultRaw('now()'),
    updatedAt: p.datetime().defaultRaw('now()'),
  },
});

/** A conversation's alarm clock: when it must be woken without a message. What then happens stands in its state. */
export const Timer = defineEntity({
  name: 'Timer',
  tableName: 'timers',
  indexes: [{ properties: ['dueAt'] }],
  properties: {
    session: () => p.manyToOne(ChatSession).primary().deleteRule('cascade'),
    dueAt: p.datetime(),
  },
});

/** How far each side has read: written in batches, apart from the conversation's own row. */
export const Cursor = defineEntity({
  name: 'Cursor',
  tableName: 'cursors',
  properties: {
    session: () => p.manyToOne(ChatSession).primary().deleteRule('cascade'),
    deliveredSeq: p.integer().default(0),
    seenSeq: p.integer().default(0),
    agentSeq: p.integer().default(0),
  },
});

/** A stored file. The bytes lie in the upload store under `storeKey`. */
export const Upload = defineEntity({
  name: 'Upload',
  tableName: 'uploads',
  properties: {
    id: p.uuid().primary(),
    session: () => p.manyToOne(ChatSession).deleteRule('cascade').index(),
    storeKey: p.text().unique(),
    nameSealed: p.blob(),
    type: p.text(),
    bytes: p.integer(),
    sha256: p.text(),
    uploadedBy: p.text().check("uploaded_by in ('customer', 'agent')"),
    createdAt: p.datetime().defaultRaw('now()'),
  },
});
