import { Me, type TokenAnswer } from '#core/access/access.schema.ts';
import { Message } from '#core/conversation/conversation.schema.ts';
import { ConversationDetail, ConversationSummary } from '#core/desk/desk.schema.ts';
import { Faq } from '#core/knowledge/faq.schema.ts';
import { Ticket } from '#core/tickets/ticket.schema.ts';

/** The moment at which tests of the interface take place. */
export const NOW = Date.parse('2026-11-23T06:00:00.000Z');

const minutesAgo = (minutes: number): string => new Date(NOW - minutes * 60_000).toISOString();

/** The `n`th id of a kind. */
export const uuid = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

export const AN = { id: uuid(1), name: '小安' };
export const ZHE = { id: uuid(2), name: '阿哲' };

/** Everything here goes through the wire's own schemas: a fixture that the server could not send fails at once. */
export const me = (given: Partial<Me> = {}): Me =>
  Me.parse({ ...AN, email: 'an@shop.test', roles: ['agent'], locale: 'zh-TW', ...given });

export const tokens = (n = 1): TokenAnswer => ({
  access_token: `access-${n}`,
  token_type: 'Bearer',
  expires_in: 900,
  refresh_token: `refresh-${n}`,
  scope: 'agent',
});

type Summary = Partial<Omit<ConversationSummary, 'handoff'>> & {
  name?: string;
  /** Minutes since the customer asked for a person. */
  waited?: number;
  reason?: NonNullable<ConversationSummary['handoff']>['reason'];
};

export function summary(
  n: number,
  { name = `顧客${n}`, waited, reason = 'asked', ...given }: Summary = {},
): ConversationSummary {
  const state = given.state ?? (waited === undefined ? 'bot' : 'queued');
  const agent = given.agent ?? (state === 'agent' ? AN : null);
  const handoff =
    state === 'bot' || state === 'closed'
      ? null
      : {
          id: uuid(500 + n),
          sessionId: uuid(100 + n),
          reason,
          status: state === 'queued' ? 'waiting' : 'claimed',
          agent,
          requestedAt: minutesAgo(waited ?? 5),
          claimedAt: state === 'queued' ? null : minutesAgo(1),
          endedAt: null,
        };
  return ConversationSummary.parse({
    id: uuid(100 + n),
    channel: 'web',
    locale: 'zh-TW',
    customer: { id: uuid(200 + n), name },
    last: { text: '請問在嗎', by: 'customer', at: minutesAgo(n) },
    unread: 0,
    topic: null,
    mood: 'calm',
    ticket: null,
    head: 1,
    createdAt: minutesAgo(60),
    updatedAt: minutesAgo(n),
    ...given,
    state,
    agent,
    handoff,
  });
}

export const detail = (
  conversation: ConversationSummary,
  given: Partial<ConversationDetail> = {},
): ConversationDetail =>
  ConversationDetail.parse({
    ...conversation,
    contact: { name: null, email: null, phone: null, identities: [], page: null },
    collected: {},
    understanding: null,
    suggestions: [],
    tickets: [],
    earlier: [],
    handoffs: conversation.handoff ? [conversation.handoff] : [],
    notes: [],
    seen: 0,
    ...given,
  });

export const message = (seq: number, given: Partial<Omit<Message, 'content'>> & { content?: unknown } = {}): Message =>
  Message.parse({
    id: uuid(1_000 + seq),
    seq,
    inReplyTo: [],
    author: { kind: 'customer' },
    content: { kind: 'text', text: `第 ${seq} 句` },
    createdAt: minutesAgo(30 - seq),
    ...given,
  });

export const ticket = (given: Partial<Ticket> = {}): Ticket =>
  Ticket.parse({
    id: uuid(300),
    number: 'T-1204',
    subject: '外盒破損，補寄外盒',
    description: '外盒壓壞了',
    status: 'pending',
    priority: 'normal',
    category: 'general',
    tags: [],
    requester: { id: uuid(201), name: '林雨彤', email: null },
    assignee: null,
    sessionId: null,
    attachments: [],
    history: [{ at: minutesAgo(30), by: '小安', what: 'created', from: null, to: null }],
    version: 3,
    createdAt: minutesAgo(30),
    updatedAt: minutesAgo(10),
    ...given,
  });

export const faq = (given: Partial<Faq> = {}): Faq =>
  Faq.parse({
    id: uuid(400),
    question: '離島運費多少？',
    alternatives: ['澎湖運費'],
    answer: '160 元。',
    locale: 'zh-TW',
    category: 'shipping',
    tags: [],
    status: 'published',
    version: 7,
    updatedAt: minutesAgo(50),
    ...given,
  });
