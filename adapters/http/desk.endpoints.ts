import { z } from 'zod';
import type { Accounts } from '#core/access/accounts.ts';
import { can } from '#core/access/roles.ts';
import { invalid, Problem } from '#core/errors.ts';
import { Message } from '#core/conversation/conversation.schema.ts';
import type { Agent } from '#core/desk/desk-store.ts';
import type { Desk } from '#core/desk/desk.ts';
import {
  AgentMessage,
  ConversationDetail,
  ConversationFilter,
  ConversationSummary,
  Handoff,
  Note,
  NoteRequest,
} from '#core/desk/desk.schema.ts';
import { byId, get, post, type Caller, type Endpoint } from './endpoint.ts';
import { userOf } from './router.ts';

const Session = byId('session_id');
const ByHandoff = byId('handoff_id');
const ConversationList = z.object({ items: z.array(ConversationSummary), nextCursor: z.string().nullable() });
const TransferRequest = z
  .object({ agentId: z.uuid() })
  .meta({ id: 'TransferRequest', example: { agentId: '01a20e39-d949-7bfe-b212-b3418b9d90c3' } });
const Counts = z.object({ waiting: z.number().int(), mine: z.number().int(), all: z.number().int() });

/** An account that is no more is nobody's fault here. */
function nobody(error: unknown): undefined {
  if (error instanceof Problem) return undefined;
  throw error;
}

/** What agents do with conversations. */
export function deskEndpoints({ desk, accounts }: { desk: Desk; accounts: Accounts }): Endpoint[] {
  const agentOf = async (caller: Caller): Promise<Agent> => {
    const { id, name } = await accounts.me(userOf(caller).id);
    return { id, name };
  };
  const move = (name: 'claim' | 'giveBack' | 'resolve', path: string, summary: string): Endpoint =>
    post(
      `/handoffs/{handoff_id}/${path}`,
      {
        summary,
        allow: 'handoff.claim',
        params: ByHandoff,
        returns: Handoff,
        status: 200,
        problems: ['conflict', 'not-found'],
      },
      async ({ params, caller }) => desk[name](params.handoff_id, await agentOf(caller)),
    );

  return [
    get(
      '/chat/sessions',
      {
        summary: 'Conversations, the latest first.',
        allow: 'conversation.read',
        query: ConversationFilter,
        returns: ConversationList,
        problems: ['invalid'],
      },
      ({ query, caller }) =>
        desk.list({
          limit: query.limit,
          ...(query.state ? { state: query.state } : {}),
          ...(query.mine ? { agentId: userOf(caller).id } : {}),
          ...(query.cursor ? { cursor: query.cursor } : {}),
        }),
    ),
    get(
      '/chat/sessions/counts',
      { summary: 'How many wait, are mine, are open.', allow: 'conversation.read', returns: Counts },
      ({ caller }) => desk.counts(userOf(caller).id),
    ),
    get(
      '/chat/sessions/{session_id}',
      {
        summary: 'A conversation with all that the desk shows beside it.',
        allow: 'conversation.read',
        params: Session,
        returns: ConversationDetail,
        problems: ['not-found'],
      },
      ({ params }) => desk.detail(params.session_id),
    ),
    post(
      '/chat/sessions/{session_id}/take-over',
      {
        summary: 'Take a conversation from the bot or from the queue. The bot is silent from this moment.',
        allow: 'handoff.claim',
        params: Session,
        returns: Handoff,
        status: 200,
        problems: ['conflict', 'not-found'],
      },
      async ({ params, caller }) => desk.takeOver(params.session_id, await agentOf(caller)),
    ),
    post(
      '/chat/sessions/{session_id}/messages',
      {
        summary: 'Write to the customer, as the person who has the conversation.',
        allow: 'conversation.reply',
        params: Session,
        body: AgentMessage,
        returns: Message,
        problems: ['conflict', 'not-found'],
      },
      async ({ params, body, caller }) => desk.say(params.session_id, await agentOf(caller), body),
    ),
    post(
      '/chat/sessions/{session_id}/messages/{seq}/resend',
      {
        summary: 'Send a message again that could not be delivered.',
        allow: 'conversation.reply',
        params: Session.extend({ seq: z.coerce.number().int().positive().max(2_147_483_647) }),
        returns: Message,
        status: 200,
        problems: ['conflict', 'not-found'],
      },
      ({ params }) => desk.resend(params.session_id, params.seq),
    ),
    post(
      '/chat/sessions/{session_id}/notes',
      {
        summary: 'Leave a note that only colleagues see.',
        allow: 'conversation.reply',
        params: Session,
        body: NoteRequest,
        returns: Note,
        problems: ['conflict', 'not-found'],
      },
      async ({ params, body, caller }) => desk.note(params.session_id, await agentOf(caller), body.text),
    ),
    get(
      '/handoffs',
      {
        summary: 'Conversations that wait for a person, longest first.',
        allow: 'conversation.read',
        returns: ConversationList,
      },
      async () => {
        const { items, nextCursor } = await desk.list({ state: 'queued', limit: 100 });
        const waitedFrom = (row: (typeof items)[number]): string => row.handoff?.requestedAt ?? row.createdAt;
        return { items: items.toSorted((a, b) => waitedFrom(a).localeCompare(waitedFrom(b))), nextCursor };
      },
    ),
    move('claim', 'claim', 'Take a waiting conversation.'),
    move('giveBack', 'return', 'Hand the conversation back to the bot.'),
    move('resolve', 'resolve', 'End the conversation.'),
    post(
      '/handoffs/{handoff_id}/transfer',
      {
        summary: 'Hand the conversation to a colleague.',
        allow: 'handoff.claim',
        params: ByHandoff,
        body: TransferRequest,
        returns: Handoff,
        status: 200,
        problems: ['invalid', 'conflict', 'not-found'],
      },
      async ({ params, body, caller }) => {
        const to = await accounts.me(body.agentId).catch(nobody);
        if (!to || !can(to.roles, 'conversation.reply'))
          throw invalid('A conversation is handed to somebody who works at the desk.', [
            { path: 'agentId', message: 'no agent with this id' },
          ]);
        return desk.transfer(params.handoff_id, await agentOf(caller), { id: to.id, name: to.name });
      },
    ),
  ];
}
