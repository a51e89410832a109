import type { Live } from '#core/conversation/live.ts';
import { conflict, invalid, notFound, Problem } from '#core/errors.ts';
import type { TicketActor, TicketEdit, TicketQuery, TicketStanding, TicketStore } from './ticket-store.ts';
import {
  TICKET_MOVES,
  type Ticket,
  type TicketChange,
  type TicketPriority,
  type TicketRequest,
  type TicketStatusName,
} from './ticket.schema.ts';

/** What people do with tickets. Every refusal is a `Problem` that says what is allowed instead. */
export type Tickets = {
  /** `requestKey`: the sender's own name for this request; sent again, it is the ticket that it made before. */
  create(actor: TicketActor, request: TicketRequest, requestKey?: string): Promise<Ticket>;
  list(actor: TicketActor, query: TicketQuery): Promise<{ items: Ticket[]; nextCursor: string | null }>;
  one(actor: TicketActor, id: string): Promise<Ticket>;
  /** `version`: of the ticket that the actor has before him; another one is `stale`. */
  change(actor: TicketActor, id: string, change: TicketChange, version: number | undefined): Promise<Ticket>;
  /** A ticket about a conversation. Without a description it has what the customer said last. */
  fromConversation(
    actor: TicketActor,
    sessionId: string,
    request: { subject: string; description?: string | undefined; priority: TicketPriority },
    requestKey?: string,
  ): Promise<Ticket>;
  /** For flows: a ticket of this contact's; without a number the newest. */
  statusFor(contactId: string, number?: string): Promise<TicketStanding | null>;
};

/** Longest description that is made of what the customer said: as long as one that is typed may be. */
const MOST_DESCRIPTION = 8_000;
/** What only agents set, as it is called in a body. */
const OF_AGENTS = ['priority', 'assigneeId', 'tags'] as const;

export function createTickets({ store, live }: { store: TicketStore; live: Pick<Live, 'publish'> }): Tickets {
  const shown = (ticket: Ticket): Ticket => {
    if (ticket.sessionId) live.publish({ type: 'desk', sessionId: ticket.sessionId });
    return ticket;
  };

  return {
    async create(actor, request, requestKey) {
      const { contactId, ...ticket } = request;
      if (actor.reach === 'own') {
        if (contactId !== undefined) throw ofAgents('contactId', 'your tickets are your own');
        if (ticket.priority !== 'normal') throw ofAgents('priority', 'leave it out');
      }
      return store.create(actor, {
        ...ticket,
        ...(contactId === undefined ? {} : { contactId }),
        ...(requestKey === undefined ? {} : { requestKey }),
      });
    },

    list: (actor, query) => store.list(actor, query),
    one: async (actor, id) => found(await store.one(actor, id)),

    async change(actor, id, change, version) {
      const { assigneeId } = change;
      if (assigneeId && actor.reach === 'all' && !(await store.mayBeAssigned(assigneeId)))
        throw invalid('A ticket is given to somebody who works at the desk.', [
          { path: 'assigneeId', message: 'no agent with this id' },
        ]);
      const edit = edited(change);
      const changed = await store.change(actor, id, (now) => {
        if (version !== undefined && version !== now.version) throw changedMeanwhile(version, now.version);
        if (actor.reach === 'own') checkCustomer(change, now.status);
        if (edit.status !== undefined && edit.status !== now.status) checkMove(now.status, edit.status);
        return edit;
      });
      return shown(found(changed));
    },

    async fromConversation(actor, sessionId, { subject, description, priority }, requestKey) {
      const words = await store.lastWords(sessionId);
      if (!words) throw notFound('conversation');
      const said = words.texts.join('\n').slice(0, MOST_DESCRIPTION);
      const ticket = await store.create(actor, {
        subject,
        description: description || said || subject,
        category: 'conversation',
        priority,
        tags: [],
        contactId: words.contactId,
        sessionId,
        uploads: words.uploads,
        ...(requestKey === undefined ? {} : { requestKey }),
      });
      return shown(ticket);
    },

    statusFor: (contactId, number) => store.standing(contactId, number),
  };
}

function found(ticket: Ticket | null): Ticket {
  if (!ticket) throw notFound('ticket');
  return ticket;
}

/** A partial body without the fields that were not sent. */
const edited = (change: TicketChange): TicketEdit =>
  Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));

function checkMove(from: TicketStatusName, to: TicketStatusName): void {
  const allowed = TICKET_MOVES[from];
  if (allowed.includes(to)) return;
  throw conflict(
    allowed.length === 0
      ? `This ticket is ${from}: it moves no further. File a new one.`
      : `A ticket that is ${from} cannot become ${to}. It can become ${allowed.join(', ')}.`,
  );
}

/** A customer writes the words of his ticket, and reopens it when it was called resolved. */
function checkCustomer(change: TicketChange, status: TicketStatusName): void {
  const field = OF_AGENTS.find((name) => change[name] !== undefined);
  if (field) throw ofAgents(field, 'you may change subject and description');
  const reopens = change.status === 'in_progress' && (status === 'resolved' || status === 'closed');
  if (change.status !== undefined && change.status !== status && !reopens)
    throw ofAgents('status', 'you may reopen a ticket that is resolved, with in_progress');
}

const ofAgents = (field: string, instead: string): Problem =>
  new Problem('forbidden', `Only agents set ${field}: ${instead}.`, {
    errors: [{ path: field, message: 'only agents set it' }],
  });

const changedMeanwhile = (asked: number, now: number): Problem =>
  new Problem('stale', `Somebody changed this ticket: it is version ${now}, you have ${asked}. Read it again.`);
