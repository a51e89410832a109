import { z } from 'zod';
import { can } from '#core/access/roles.ts';
import { TicketFromConversation } from '#core/desk/desk.schema.ts';
import { Ticket, TicketChange, TicketFilter, TicketRequest } from '#core/tickets/ticket.schema.ts';
import type { TicketActor } from '#core/tickets/ticket-store.ts';
import type { Tickets } from '#core/tickets/tickets.ts';
import { byId, get, post, put, type Caller, type Endpoint } from './endpoint.ts';
import { userOf } from './router.ts';

const ById = byId('ticket_id');
const TicketList = z.object({ items: z.array(Ticket), nextCursor: z.string().nullable() }).meta({ id: 'TicketList' });

const actorOf = (caller: Caller): TicketActor => {
  const { id, roles } = userOf(caller);
  return { userId: id, reach: can(roles, 'ticket.write') ? 'all' : 'own' };
};

/** Tickets: customers see and write their own, agents all. */
export function ticketsEndpoints({ tickets }: { tickets: Tickets }): Endpoint[] {
  return [
    post(
      '/tickets',
      {
        summary: 'File a ticket.',
        allow: 'ticket.write-own',
        body: TicketRequest,
        idempotent: true,
        returns: Ticket,
        problems: ['invalid', 'forbidden', 'not-found', 'conflict'],
      },
      ({ body, caller, idempotencyKey }) => tickets.create(actorOf(caller), body, idempotencyKey),
    ),
    get(
      '/tickets',
      {
        summary: 'Tickets, the newest first: a customer’s own, for agents all.',
        allow: 'ticket.write-own',
        query: TicketFilter,
        returns: TicketList,
        problems: ['invalid', 'forbidden'],
      },
      ({ query, caller }) =>
        tickets.list(actorOf(caller), {
          limit: query.limit,
          ...(query.status ? { status: query.status } : {}),
          ...(query.assignee ? { assignee: query.assignee } : {}),
          ...(query.q ? { text: query.q } : {}),
          ...(query.cursor ? { cursor: query.cursor } : {}),
        }),
    ),
    get(
      '/tickets/{ticket_id}',
      {
        summary: 'A ticket with its history.',
        allow: 'ticket.write-own',
        params: ById,
        returns: Ticket,
        problems: ['forbidden', 'not-found'],
      },
      ({ params, caller }) => tickets.one(actorOf(caller), params.ticket_id),
    ),
    put(
      '/tickets/{ticket_id}',
      {
        summary: 'Change a ticket: what is left out stays. With If-Match only the version that it names is changed.',
        allow: 'ticket.write-own',
        params: ById,
        body: TicketChange,
        returns: Ticket,
        problems: ['invalid', 'forbidden', 'not-found', 'conflict', 'stale'],
      },
      ({ params, body, caller, ifMatch }) => tickets.change(actorOf(caller), params.ticket_id, body, ifMatch),
    ),
    post(
      '/chat/sessions/{session_id}/ticket',
      {
        summary: 'File a ticket about a conversation. Without a description it quotes what the customer said last.',
        allow: 'ticket.write',
        params: byId('session_id'),
        body: TicketFromConversation,
        idempotent: true,
        returns: Ticket,
        problems: ['invalid', 'forbidden', 'not-found', 'conflict'],
      },
      ({ params, body, caller, idempotencyKey }) =>
        tickets.fromConversation(actorOf(caller), params.session_id, body, idempotencyKey),
    ),
  ];
}
