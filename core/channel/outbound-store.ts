import type { Author, ChannelName } from '#core/conversation/conversation.schema.ts';
import type { Locale, OutboundContent } from '#core/conversation/content.schema.ts';

/** A message that one worker holds: until its lease is over nobody else touches its lane. */
export type HeldMessage = {
  id: number;
  conversationId: string;
  seq: number;
  channel: ChannelName;
  connection: string;
  /** Null: the conversation has no place on a platform. */
  conversationKey: string | null;
  locale: Locale;
  author: Author;
  /** The bot's own doing: it is not said once a person has the conversation. Not so what an agent sends again. */
  byBot: boolean;
  /** Null: it cannot be read any more. */
  content: OutboundContent | null;
  /** Attempts so far, the one that begins with this included. */
  attempts: number;
  firstAttemptAt: Date;
  /** Its fate was unknown before: it is not sent again a second time. */
  resent: boolean;
};

/** What stands at the head of a lane. */
export type Taken =
  /** To be sent now: it is marked, and the mark is durable. */
  | { kind: 'message'; message: HeldMessage }
  /** It may have arrived. `mayResend`: it is still worth it, and the bot may still speak. */
  | { kind: 'doubtful'; message: HeldMessage; mayResend: boolean }
  /** It was taken out of the lane: a person has the conversation, or it came too late. */
  | { kind: 'dropped'; seq: number; channel: ChannelName; as: 'cancelled' | 'expired' }
  /** Nothing to do yet: it waits, or another worker has it. */
  | { kind: 'resting'; ms: number }
  | { kind: 'empty' };

/** What becomes of a held message. `afterMs` null: it stays as it is until a person decides. */
export type Settlement =
  | { state: 'sent'; platformId: string }
  /** Back into the lane; `counted` false: nothing was tried. */
  | { state: 'pending'; afterMs: number; error: string; counted: boolean }
  | { state: 'uncertain'; afterMs: number | null; error: string }
  | { state: 'failed' | 'cancelled' | 'expired'; error: string };

/**
 * The outbox: messages on their way to platforms, one lane for each conversation. Every write of a held message is refused
 * once somebody else has it. Fulfilled in SQL by `adapters/postgres`; calls that come together share statements.
 */
export type OutboundStore = {
  /** Looks at the head of the lane, and takes it for `by` when it is due. */
  take(conversationId: string, by: string, leaseMs: number): Promise<Taken>;
  /** A doubtful message begins another attempt; null: it is no longer ours, or no longer worth it. */
  takeAgain(message: HeldMessage, by: string, leaseMs: number): Promise<HeldMessage | null>;
  /** False: it is no longer ours, and nothing was written. */
  settle(message: HeldMessage, by: string, settlement: Settlement): Promise<boolean>;
  /** Conversations whose lane can go on, those that wait longest first. */
  due(limit: number): Promise<string[]>;
};
