import type { TicketPriority, TicketStatusName, Ticket } from './ticket.schema.ts';

/** Who works with tickets. `own`: only those of the contact that is his, whatever he names. */
export type TicketActor = { userId: string; reach: 'own' | 'all' };

/** A ticket as it begins. Without a contact it is the actor's own. */
export type NewTicket = {
  subject: string;
  description: string;
  category: string;
  priority: TicketPriority;
  tags: readonly string[];
  contactId?: string;
  /** The conversation that it is about, and files of it. */
  sessionId?: string;
  uploads?: readonly string[];
  /** The sender's own name for this request: sent again, it is the ticket that it made before. */
  requestKey?: string;
};

/** What a change sets; absent is as it was. */
export type TicketEdit = {
  subject?: string;
  description?: string;
  status?: TicketStatusName;
  priority?: TicketPriority;
  /** Null: nobody. */
  assigneeId?: string | null;
  tags?: readonly string[];
};

/** Which tickets a list shows, newest first. */
export type TicketQuery = {
  status?: TicketStatusName;
  assignee?: 'me' | 'none';
  /** Part of the masked subject or description, or the number. */
  text?: string;
  cursor?: string;
  limit: number;
};

/** How a contact's ticket stands, as flows tell it. */
export type TicketStanding = { number: string; subject: string; status: TicketStatusName; updatedAt: string };

/** Tickets at rest. What is not the actor's own is not there for him: every query says so itself. */
export type TicketStore = {
  /** Throws `not-found` for a contact that does not exist, `conflict` for one whose data was erased. */
  create(actor: TicketActor, ticket: NewTicket): Promise<Ticket>;
  list(actor: TicketActor, query: TicketQuery): Promise<{ items: Ticket[]; nextCursor: string | null }>;
  one(actor: TicketActor, id: string): Promise<Ticket | null>;
  /**
   * Asks `decide` what to write, with the ticket as it stands and no other writer can move it; writes that with its
   * history. Null: there is no such ticket for this actor. What `decide` throws leaves everything as it was.
   */
  change(
    actor: TicketActor,
    id: string,
    decide: (now: { status: TicketStatusName; version: number }) => TicketEdit,
  ): Promise<Ticket | null>;
  /** Whether the person may be given tickets: he exists, may sign in, and works at the desk. */
  mayBeAssigned(userId: string): Promise<boolean>;
  /** Whose conversation it is, and the customer's last messages in order, with the files among them; null: none. */
  lastWords(sessionId: string): Promise<{ contactId: string; texts: string[]; uploads: string[] } | null>;
  /** A ticket of the contact's; without a number the newest. */
  standing(contactId: string, number?: string): Promise<TicketStanding | null>;
};
