import type { ChannelName, ConversationState } from './conversation.schema.ts';
import type { Locale } from './content.schema.ts';

/** A conversation as the roads hold it in memory. `epoch` and `seq` are what a write is checked against. */
export type Conversation = {
  id: string;
  contactId: string;
  channel: ChannelName;
  connection: string;
  /** The place on the platform that answers go to; null on the web. */
  conversationKey: string | null;
  locale: Locale;
  mode: ConversationState;
  epoch: number;
  seq: number;
  /** Inbound messages that no turn has taken yet. */
  pending: number;
  /** The dialogue's state as it was written; null before its first turn. */
  state: unknown;
  /** When the alarm clock rings; null: it is not set. May ring early, never late. */
  alarmAt: Date | null;
  agent: { id: string; name: string } | null;
  contact: { name?: string; email?: string; phone?: string };
  previous: { closedAt: string; topic?: string; ticket?: string } | null;
  rated: boolean;
};
