import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { can } from '#core/access/roles.ts';
import type { WebChat } from '#core/channel/web-chat.ts';
import type { ReplyWaiter } from '#core/channel/reply-waiter.ts';
import type { Locale } from '#core/conversation/content.schema.ts';
import type { Change, Message } from '#core/conversation/conversation.schema.ts';
import {
  ChatAnswer,
  ChatRequest,
  History,
  SessionBegun,
  SessionRequest,
} from '#core/conversation/conversation.schema.ts';
import type { ConversationStore } from '#core/conversation/store.ts';
import { forbidden, notFound, unauthenticated } from '#core/errors.ts';
import { byId, get, post, type Caller, type Endpoint } from './endpoint.ts';

/** How long `POST /chat/message` waits for the turn; what comes later is read from the history or the socket. */
const WAIT_MS = 3_000;

/** PostgreSQL's largest `int`: no conversation is longer. */
const MAX_SEQ = 2_147_483_647;

const messagesOf = (changes: readonly Change[]): Message[] =>
  changes.flatMap((change) => (change.type === 'reply' ? [change.message] : []));

/** The web chat over HTTP (`api.md`). */
export function chatEndpoints(tools: {
  chat: WebChat;
  store: Pick<ConversationStore, 'history' | 'changes' | 'load'>;
  waiter: ReplyWaiter;
  /** The contact behind a signed-in customer. */
  contactOf: (userId: string) => Promise<string | undefined>;
}): Endpoint[] {
  const { chat, store, waiter } = tools;

  async function contactFor(caller: Caller): Promise<string | undefined> {
    if (caller.kind === 'visitor') return caller.contactId;
    return caller.kind === 'user' ? tools.contactOf(caller.id) : undefined;
  }

  /** Whether it is the same customer's, this time or another. */
  async function isOfSameContact(caller: Caller, sessionId: string): Promise<boolean> {
    const contact = await contactFor(caller);
    return contact !== undefined && (await store.load(sessionId))?.contactId === contact;
  }

  /** Visitors read what they said, this time and before, customers what their account did, agents all. */
  async function mayRead(caller: Caller, sessionId: string): Promise<boolean> {
    if (caller.kind === 'visitor' && caller.sessionId === sessionId) return true;
    if (caller.kind === 'user' && can(caller.roles, 'conversation.read')) return true;
    return isOfSameContact(caller, sessionId);
  }

  /** A visitor's token speaks in its own conversation alone. */
  const maySpeak = async (caller: Caller, sessionId: string): Promise<boolean> =>
    caller.kind === 'visitor' ? caller.sessionId === sessionId : isOfSameContact(caller, sessionId);

  async function begin(caller: Caller, locale: Locale | undefined, page: Parameters<WebChat['begin']>[0]['page']) {
    const contactId = await contactFor(caller);
    return chat.begin({ locale: locale ?? 'zh-TW', page, ...(contactId ? { contactId } : {}) });
  }

  return [
    post(
      '/chat/sessions',
      {
        summary: 'Begin a conversation without a message. With the token of an earlier one it is the same customer.',
        allow: 'anyone',
        body: SessionRequest,
        returns: SessionBegun,
        problems: ['invalid', 'too-many'],
        limit: 'sessions',
      },
      async ({ body, caller }) => {
        const page = body.context
          ? {
              ...(body.context.url ? { url: body.context.url } : {}),
              ...(body.context.title ? { title: body.context.title } : {}),
            }
          : null;
        const begun = await begin(caller, body.locale, page);
        return {
          sessionId: begun.conversation.id,
          sessionToken: begun.token,
          state: begun.conversation.mode,
          replies: messagesOf(begun.changes),
        };
      },
    ),

    post(
      '/chat/message',
      {
        summary: 'Send a message and wait for what the bot says, three seconds at most.',
        allow: 'anyone',
        body: ChatRequest,
        returns: ChatAnswer,
        status: 200,
        problems: ['invalid', 'unauthenticated', 'forbidden', 'conflict', 'too-many'],
        limit: 'messages',
      },
      async ({ body, caller }) => {
        let { sessionId } = body;
        let sessionToken: string | undefined;
        if (sessionId === undefined) {
          const begun = await begin(caller, body.locale, null);
          sessionId = begun.conversation.id;
          sessionToken = begun.token;
        } else if (caller.kind === 'anonymous')
          throw unauthenticated('Send the session’s token: Authorization: Bearer …');
        else if (!(await maySpeak(caller, sessionId))) throw forbidden('This token is of another conversation.');
        const content =
          body.text !== undefined
            ? { kind: 'text' as const, text: body.text }
            : { kind: 'action' as const, id: body.action! };
        // Listen before speaking: the answer may come in the same moment.
        const answer = waiter.listen(sessionId);
        try {
          const said = await chat.say(sessionId, { clientId: body.clientMessageId ?? randomUUID(), content });
          const changes = await answer.until(said.seq, WAIT_MS);
          const own = (await store.history(sessionId, said.seq - 1, 1))?.items[0];
          if (!own) throw notFound('message');
          return {
            sessionId,
            ...(sessionToken ? { sessionToken } : {}),
            message: own,
            replies: messagesOf(changes).filter((message) => message.author.kind !== 'customer'),
            state: await chat.state(sessionId),
          };
        } finally {
          answer.close();
        }
      },
    ),

    get(
      '/chat/history/{session_id}',
      {
        summary: 'The messages of a conversation, in order.',
        allow: 'token',
        params: byId('session_id'),
        query: z.object({
          after: z.coerce.number().int().nonnegative().max(MAX_SEQ).default(0),
          limit: z.coerce.number().int().min(1).max(100).default(100),
          cursor: z
            .string()
            .regex(/^\d{1,9}$/)
            .optional(),
        }),
        returns: History,
        problems: ['unauthenticated', 'not-found'],
      },
      async ({ params, query, caller }) => {
        const id = params.session_id;
        // Whose it is not, for him it does not exist.
        if (!(await mayRead(caller, id))) throw notFound('conversation');
        const after = query.cursor === undefined ? query.after : Number(query.cursor);
        const history = await store.history(id, after, query.limit);
        if (!history) throw notFound('conversation');
        const { items, head, state, more } = history;
        return { sessionId: id, state, head, items, nextCursor: more ? String(items.at(-1)!.seq) : null };
      },
    ),
  ];
}
