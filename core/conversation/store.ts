import type { Change, ChannelName, ConversationState, Message } from './conversation.schema.ts';
import type { InboundContent, Locale } from './content.schema.ts';
import type { Conversation } from './conversation.ts';
import type { Effect, Reply } from './effect.ts';

/**
 * The hot path's one port: what is said is written here, whole or not at all. Fulfilled in SQL by `adapters/postgres`;
 * sealing and masking happen behind it, so nothing above sees a key and nothing below sees a message.
 */
export type ConversationStore = {
  /** Writes the contact (when new), the conversation and its opening turn. Throws `not-found` for a contact that was erased. */
  begin(start: NewConversation): Promise<{ conversation: Conversation; changes: Change[] }>;
  load(id: string): Promise<Conversation | null>;
  /** The conversation of a session token, by its hash, and lets the token live on; null: unknown or expired. */
  byToken(hash: Buffer, expiresAt: Date): Promise<{ id: string; contactId: string } | null>;

  /** The web road: message and turn in one commit, shared with the turns that arrive together. */
  writeTurn(write: TurnWrite): Promise<TurnWritten>;
  /** The full road's first step: the message alone. Acknowledge when it resolves, never before. */
  receive(inbound: Inbound): Promise<Received>;
  /** Takes the conversation for one turn: moves the epoch, so that whoever held it before can write no more. */
  claim(id: string, by: string, leaseMs: number): Promise<Claim | null>;
  /** The full road's last step; `moved` when the epoch did: then nothing was written. */
  commitTurn(
    claim: Claim,
    outcome: Outcome,
  ): Promise<{ kind: 'written'; changes: Change[]; conversation: Conversation } | { kind: 'moved' }>;
  /** Gives a claim back without a turn and sets the alarm clock; null: it need not ring. */
  release(claim: Claim, alarmAt: Date | null): Promise<void>;
  /**
   * A turn that threw: the lease ends, the attempt is counted; after `most` attempts its messages are dead and a person is
   * called. Nothing is counted where the epoch moved.
   */
  failTurn(claim: Claim, most: number): Promise<{ dead: number; changes: Change[] }>;

  /** Changes after `seq`, in order. `more`: the limit cut them. */
  changes(id: string, after: number, limit: number): Promise<{ changes: Change[]; head: number; more: boolean }>;
  /** Messages as they read now (edits and deletions applied), in order. */
  history(
    id: string,
    after: number,
    limit: number,
  ): Promise<{ items: Message[]; head: number; state: ConversationState; more: boolean } | null>;

  /** The newest `seq` of each. */
  heads(ids: readonly string[]): Promise<Map<string, number>>;
  /** What is known of a customer who comes back, before the new conversation is written; null: he was erased. */
  contactFacts(contactId: string): Promise<Pick<Conversation, 'contact' | 'previous'> | null>;
  /** How far customers' clients came: written in one statement for many. */
  writeCursors(cursors: readonly { id: string; delivered: number; seen: number }[]): Promise<void>;
  /** One rating a conversation; false: it has one, or a handoff is open. */
  rate(id: string, score: number, comment: string | undefined): Promise<boolean>;

  /** What must be looked at again, the rebuild of all wake-ups: conversations that the bot has and nobody holds. */
  pending(limit: number): Promise<string[]>;
  dueAlarms(limit: number): Promise<string[]>;
};

export type NewConversation = {
  id: string;
  contactId: string;
  /** True: the contact is made with it. */
  newContact: boolean;
  channel: ChannelName;
  connection: string;
  conversationKey: string | null;
  identity: string | null;
  locale: Locale;
  tokenHash: Buffer | null;
  tokenExpiresAt: Date | null;
  page: { url?: string | undefined; title?: string | undefined } | null;
  /** The opening turn; null: it begins with the customer's message. */
  outcome: Outcome | null;
};

/** What a turn comes to, as the store writes it (`core/dialogue/turn.ts` makes it). */
export type Outcome = {
  state: unknown;
  replies: readonly Reply[];
  effects: readonly Effect[];
  locale: Locale;
  alarmAt: Date | null;
  /** How each message was understood, by `seq`; holds no text of the customer's. */
  understood: ReadonlyMap<number, unknown>;
  topic: string | null;
  mood: 'calm' | 'angry' | null;
};

export type TurnWrite = {
  conversation: Conversation;
  inbound: { deliveryKey: string; clientId: string; content: InboundContent } | null;
  outcome: Outcome;
};

export type TurnWritten =
  | { kind: 'written'; changes: Change[]; conversation: Conversation }
  /** Another process, a person or an alarm came first: load it again. */
  | { kind: 'moved' }
  /** The message is there already, at that `seq`. */
  | { kind: 'duplicate'; seq: number };

export type Inbound = {
  conversationId: string;
  deliveryKey: string;
  /** The message that the person sees, where it can be delivered under several keys; null on the web. */
  semanticKey: string | null;
  clientId: string | null;
  content: InboundContent;
  /** Most messages that may wait in one conversation. */
  most: number;
};

export type Received =
  | { kind: 'received'; seq: number; mode: ConversationState; change: Change }
  | { kind: 'duplicate'; seq: number }
  /** It has ended; `head` is its last `seq`. */
  | { kind: 'closed'; head: number }
  | { kind: 'full' }
  | { kind: 'unknown' };

/** What waits in a claimed conversation, in order. */
export type Waiting =
  | { kind: 'message'; id: number; seq: number; content: InboundContent; attempts: number }
  | { kind: 'returned'; id: number; seq: number; agent: { name: string }; attempts: number }
  | { kind: 'unattended'; id: number; seq: number; attempts: number };

export type Claim = { conversation: Conversation; waiting: readonly Waiting[]; by: string };
