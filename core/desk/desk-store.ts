import type { Change, Message } from '#core/conversation/conversation.schema.ts';
import type { Attachment } from '#core/conversation/content.schema.ts';
import type { ConversationDetail, ConversationSummary, Handoff, Note } from './desk.schema.ts';

/** Somebody at the desk. */
export type Agent = { id: string; name: string };

/** Which conversations a list shows. */
export type SummaryQuery = {
  state?: ConversationSummary['state'];
  /** Only those that this agent owns. */
  agentId?: string;
  ids?: readonly string[];
  cursor?: string;
  limit: number;
};

/** A move of a handoff and what everybody sees of it. */
export type Moved = { handoff: Handoff; changes: Change[] };

/** What the desk writes and reads. A move that came too late throws `conflict` and says who was first. */
export type DeskStore = {
  summaries(query: SummaryQuery): Promise<{ items: ConversationSummary[]; nextCursor: string | null }>;
  /** Everything but the suggestions, which come from the knowledge base. */
  detail(id: string): Promise<Omit<ConversationDetail, 'suggestions'> | null>;
  /** Conversations, waiting and being held, as the tabs count them. */
  counts(agentId: string): Promise<{ waiting: number; mine: number; all: number }>;

  claim(handoffId: string, agent: Agent): Promise<Moved>;
  /** Takes a conversation from the bot or from the queue, whichever has it. */
  takeOver(sessionId: string, agent: Agent): Promise<Moved>;
  transfer(handoffId: string, from: Agent, to: Agent): Promise<Moved>;
  /** Back to the bot, which then says so: its turn is part of the same commit as an inbound row. */
  giveBack(handoffId: string, agent: Agent): Promise<Moved>;
  resolve(handoffId: string, agent: Agent): Promise<Moved>;
  /** Waiting handoffs whose time is over go back to the bot, which files a ticket. Returns their conversations. */
  unattended(limit: number): Promise<{ sessionId: string; changes: Change[] }[]>;

  /** Written once for each `clientMessageId`. */
  say(
    sessionId: string,
    agent: Agent,
    message: { clientMessageId: string; text: string } | { clientMessageId: string; attachment: Attachment },
  ): Promise<{ message: Message; changes: Change[] }>;
  /** A dead letter goes out again, at the end of its lane. */
  resend(sessionId: string, seq: number): Promise<Message>;
  note(sessionId: string, agent: Agent, text: string): Promise<Note>;
  markRead(sessionId: string, seq: number): Promise<void>;
};
