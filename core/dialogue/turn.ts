import type { ChannelName } from '#core/conversation/conversation.schema.ts';
import type { InboundContent, Locale } from '#core/conversation/content.schema.ts';
import type { Effect, Reply } from '#core/conversation/effect.ts';
import type { KnowledgeHit, KnowledgeQuery } from '#core/knowledge/hit.ts';
import type { UnderstandQuery, Understood } from '#core/understanding/understood.ts';
import type { DialogueState } from './dialogue-state.ts';

export type { Effect, Reply } from '#core/conversation/effect.ts';

/** What can happen to a dialogue. `seq` is the transcript's number of the customer's message. */
export type DialogueEvent =
  | { kind: 'opened' }
  | { kind: 'message'; seq: number; content: InboundContent }
  | { kind: 'alarm' }
  /** A person handed the conversation back to the bot. */
  | { kind: 'returned'; agent: { name: string } }
  /** The person's waiting time ran out, or nobody is there any more. */
  | { kind: 'unattended' };

/** What is known about the conversation before the turn. */
export type DialogueFacts = {
  locale: Locale;
  channel: ChannelName;
  contact: { name?: string; email?: string; phone?: string };
  /** The customer's last conversation, when there was one. */
  previous?: { closedAt: string; topic?: string; ticket?: string };
};

export type TurnInput = {
  /** Null: the conversation begins. */
  state: DialogueState | null;
  facts: DialogueFacts;
  /** In the order in which they came; a burst is one turn and every question among them gets its answer. */
  events: readonly DialogueEvent[];
  now: Date;
};

/** What a turn comes to: written whole, in one transaction, or not at all. */
export type TurnOutcome = {
  state: DialogueState;
  replies: readonly Reply[];
  effects: readonly Effect[];
  locale: Locale;
  /** When the conversation must be woken next without a message; null: never. */
  alarmAt: Date | null;
  /** What each message meant, by its `seq`: recorded with the turn. */
  understood: ReadonlyMap<
    number,
    Understood & { answeredBy?: { kind: 'faq' | 'document'; id: string; match: number } }
  >;
  /** Flows that broke in this turn, in words; a person was called then. Usually empty. */
  faults: readonly string[];
};

/** A read over HTTP that a flow asks for: the address is built by the flow from its own template. */
export type HttpLookup = { url: string; timeoutMs: number };
export type HttpAnswer = { ok: true; body: unknown } | { ok: false; status: number | null };

/** How it stands with people: in service hours or not, who is there, how long it takes. */
export type DeskStatus = {
  open: boolean;
  /** Agents present now. */
  agents: number;
  /** Place that the next customer gets, from 1. */
  place: number;
  /** Seconds that the next customer will wait, from the last handoffs; null: not known. */
  waitSeconds: number | null;
  /** When somebody is there again, ISO 8601; null while open. */
  opensAt: string | null;
};

export type TicketStatus = {
  number: string;
  subject: string;
  status: 'pending' | 'in_progress' | 'resolved' | 'closed';
  updatedAt: string;
};

/** What a turn may look up while it runs. They only read, may be repeated after a crash, and end by their own deadline. */
export type Lookups = {
  understand(query: UnderstandQuery): Promise<Understood> | Understood;
  search(query: KnowledgeQuery): Promise<readonly KnowledgeHit[]> | readonly KnowledgeHit[];
  http(request: HttpLookup): Promise<HttpAnswer> | HttpAnswer;
  desk(): Promise<DeskStatus> | DeskStatus;
  /** A number no other ticket has; gaps are fine. */
  ticketNumber(): Promise<string> | string;
  /** A ticket of this conversation's contact, or null. Without a number: the newest. */
  ticket(number?: string): Promise<TicketStatus | null> | TicketStatus | null;
};

/** The same answers from inside the process, at once; undefined where only the outside knows. */
export type LocalLookups = {
  [Name in keyof Lookups]: (
    ...args: Parameters<Lookups[Name]>
  ) => Exclude<ReturnType<Lookups[Name]>, Promise<unknown>> | undefined;
};

/** The dialogue engine as the roads use it. */
export type Dialogue = {
  /** The whole turn without leaving the process, or undefined when it needs something from outside: then nothing has happened. */
  runNow(input: TurnInput, lookups: LocalLookups): TurnOutcome | undefined;
  run(input: TurnInput, lookups: Lookups): Promise<TurnOutcome>;
};
