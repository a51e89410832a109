import type { Change, ConversationState } from '#core/conversation/conversation.schema.ts';
import type { InboundContent, OutboundContent } from '#core/conversation/content.schema.ts';
import type { Conversation } from '#core/conversation/conversation.ts';
import type { Effect } from '#core/conversation/effect.ts';
import { plainText } from '#core/conversation/plain-text.ts';
import type { Outcome } from '#core/conversation/store.ts';
import type { NewUuid } from '#core/conversation/uuid.ts';
import type { DataKey } from '#core/privacy/seal.ts';
import type { Sealing } from './sealing.ts';
import { slotsOf } from './slots.ts';

/** One row of `chat_messages`, ready to be written. */
export type MessageRow = {
  seq: number;
  id: string;
  change: 'message' | 'state';
  author: 'customer' | 'bot' | 'agent' | 'system';
  authorUser: string | null;
  kind: string;
  body: Buffer | null;
  masked: string;
  inReplyTo: readonly number[] | null;
  clientId: string | null;
  info: unknown;
  at: Date;
};

/** What building rows needs. `mask` replaces personal data by markers. */
export type RowTools = {
  sealing: Sealing;
  mask: (text: string, names: readonly string[]) => string;
  uuid: NewUuid;
  now: () => Date;
};

/** Whose conversation rows are about: the contact, and the dialogue's state where it is at hand. */
export type Whose = { contact: Conversation['contact']; state?: unknown };

/** The customer's names that the mask must hide: the one on file, and the one that the dialogue was told and did not file. */
export const namesOf = ({ contact, state }: Whose): string[] =>
  [...new Set([contact.name, slotsOf(state)['name']])].filter((name) => name !== undefined);

/** A message as a row and as the change that everybody sees. */
type SpokenRow = { row: MessageRow; change: Extract<Change, { type: 'reply' }> };

/** A customer's message as a row and as a change. */
export function customerRow(
  tools: RowTools,
  key: DataKey,
  whose: Whose,
  at: { seq: number; clientId: string | null; content: InboundContent; now: Date },
): SpokenRow {
  const id = tools.uuid();
  const { name } = whose.contact;
  return {
    row: {
      seq: at.seq,
      id,
      change: 'message',
      author: 'customer',
      authorUser: null,
      kind: at.content.kind,
      body: tools.sealing.seal(key, 'chat_messages.body', id, JSON.stringify(at.content)),
      masked: tools.mask(plainText(at.content), namesOf(whose)),
      inReplyTo: null,
      clientId: at.clientId,
      info: null,
      at: at.now,
    },
    change: {
      type: 'reply',
      seq: at.seq,
      message: {
        id,
        seq: at.seq,
        inReplyTo: [],
        author: name ? { kind: 'customer', name } : { kind: 'customer' },
        content: at.content,
        createdAt: at.now.toISOString(),
        ...(at.clientId ? { clientMessageId: at.clientId } : {}),
      },
    },
  };
}

/** Something that we say, as a row and as a change. */
export function ourRow(
  tools: RowTools,
  key: DataKey,
  whose: Whose,
  at: {
    seq: number;
    content: OutboundContent;
    inReplyTo: readonly number[];
    now: Date;
    agent?: { id: string; name: string };
    clientId?: string;
  },
): SpokenRow {
  const id = tools.uuid();
  const author = at.agent ? 'agent' : at.content.kind === 'system' ? 'system' : 'bot';
  const source = 'source' in at.content ? at.content.source : undefined;
  return {
    row: {
      seq: at.seq,
      id,
      change: 'message',
      author,
      authorUser: at.agent?.id ?? null,
      kind: at.content.kind,
      body: tools.sealing.seal(key, 'chat_messages.body', id, JSON.stringify(at.content)),
      masked: tools.mask(plainText(at.content), namesOf(whose)),
      inReplyTo: at.inReplyTo,
      clientId: at.clientId ?? null,
      info: source ? { source: { kind: source.kind, id: source.id } } : at.agent ? { name: at.agent.name } : null,
      at: at.now,
    },
    change: {
      type: 'reply',
      seq: at.seq,
      message: {
        id,
        seq: at.seq,
        inReplyTo: [...at.inReplyTo],
        author: at.agent ? { kind: 'agent', name: at.agent.name } : { kind: author },
        content: at.content,
        createdAt: at.now.toISOString(),
        ...(at.clientId ? { clientMessageId: at.clientId } : {}),
      },
    },
  };
}

/** What a turn says after `seq`: the customer's message, where the turn brings it along, and the replies. `whose` as the turn leaves it. */
export function turnRows(
  tools: RowTools,
  key: DataKey,
  whose: Whose,
  turn: {
    seq: number;
    inbound: { clientId: string; content: InboundContent } | null;
    replies: Outcome['replies'];
    now: Date;
  },
): SpokenRow[] {
  const { inbound, replies, now } = turn;
  let { seq } = turn;
  return [
    ...(inbound ? [customerRow(tools, key, whose, { ...inbound, seq: ++seq, now })] : []),
    ...replies.map(({ content, inReplyTo }) => ourRow(tools, key, whose, { seq: ++seq, content, inReplyTo, now })),
  ];
}

/** What a change of state tells beside the state itself. */
export type StateInfo = {
  state: ConversationState;
  agent?: { name: string };
  place?: number;
  waitSeconds?: number;
  unattended?: true;
};

/** A change of state, as a row and as a change. */
export function stateRow(
  tools: RowTools,
  seq: number,
  info: StateInfo,
  now: Date,
): { row: MessageRow; change: Change } {
  const { unattended: _, ...shown } = info;
  return {
    row: {
      seq,
      id: tools.uuid(),
      change: 'state',
      author: 'system',
      authorUser: null,
      kind: 'state',
      body: null,
      masked: '',
      inReplyTo: null,
      clientId: null,
      info,
      at: now,
    },
    change: { type: 'state', seq, ...shown, at: now.toISOString() },
  };
}

/** The states that a turn's effects lead through, in order: each is told in the transcript. */
export const statesOf = (effects: readonly Effect[]): ConversationState[] =>
  effects.flatMap((effect): ConversationState[] => {
    if (effect.type === 'request-handoff') return ['queued'];
    if (effect.type === 'withdraw-handoff') return ['bot'];
    return effect.type === 'close' ? ['closed'] : [];
  });

/** The conversation as a turn leaves it, but for what the write itself decides: its place, its epoch and its alarm clock. */
export function conversationAfter(before: Conversation, outcome: Outcome): Conversation {
  const contact = { ...before.contact };
  for (const effect of outcome.effects)
    if (effect.type === 'save-contact') {
      if (effect.name) contact.name = effect.name;
      if (effect.email) contact.email = effect.email;
      if (effect.phone) contact.phone = effect.phone;
    }
  return {
    ...before,
    contact,
    locale: outcome.locale,
    state: outcome.state,
    mode: statesOf(outcome.effects).at(-1) ?? before.mode,
    rated: before.rated || outcome.effects.some((effect) => effect.type === 'rate'),
  };
}

/**
 * Whether the alarm clock's row must be touched. It may ring early, then it is looked at and set again: so it is written only
 * when it must ring earlier than it is set to, and a conversation that goes on costs no write for it.
 */
export const alarmToWrite = (set: Date | null, wanted: Date | null): Date | null =>
  wanted && (!set || wanted < set) ? wanted : null;
