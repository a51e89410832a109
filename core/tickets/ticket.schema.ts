import { z } from 'zod';

export const TicketStatusName = z.enum(['pending', 'in_progress', 'resolved', 'closed']);
export type TicketStatusName = z.infer<typeof TicketStatusName>;
export const TicketPriority = z.enum(['low', 'normal', 'high', 'urgent']);
export type TicketPriority = z.infer<typeof TicketPriority>;

/** The moves a ticket may make; every other one is refused with the list of these. */
export const TICKET_MOVES: Readonly<Record<TicketStatusName, readonly TicketStatusName[]>> = {
  pending: ['in_progress', 'resolved', 'closed'],
  in_progress: ['pending', 'resolved', 'closed'],
  resolved: ['in_progress', 'closed'],
  closed: [],
};

const TicketEvent = z.object({
  at: z.iso.datetime(),
  by: z.string(),
  what: z.enum(['created', 'status', 'priority', 'assignee', 'subject', 'description', 'tags']),
  from: z.string().nullable(),
  to: z.string().nullable(),
});

export const Ticket = z
  .object({
    id: z.uuid(),
    /** `T-1204`: what people call it. */
    number: z.string(),
    subject: z.string(),
    description: z.string(),
    status: TicketStatusName,
    priority: TicketPriority,
    category: z.string(),
    tags: z.array(z.string()),
    requester: z.object({ id: z.uuid(), name: z.string(), email: z.string().nullable() }),
    assignee: z.object({ id: z.uuid(), name: z.string() }).nullable(),
    sessionId: z.uuid().nullable(),
    attachments: z.array(z.object({ id: z.string(), name: z.string(), type: z.string(), bytes: z.number() })),
    history: z.array(TicketEvent),
    version: z.number().int(),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  })
  .meta({ id: 'Ticket' });
export type Ticket = z.infer<typeof Ticket>;

/** Body of `POST /tickets`. */
export const TicketRequest = z
  .object({
    subject: z.string().trim().min(1).max(200),
    description: z.string().trim().min(1).max(8_000),
    category: z.string().trim().min(1).max(60).default('general'),
    priority: TicketPriority.default('normal'),
    tags: z.array(z.string().trim().min(1).max(40)).max(20).default([]),
    /** Whose ticket it is, when an agent files it; without it, the sender's own. */
    contactId: z.uuid().optional(),
  })
  .meta({
    id: 'TicketRequest',
    example: {
      subject: 'The lamp arrived broken',
      description: 'Order SQ-20451, the glass is cracked.',
      tags: ['order'],
    },
  });
export type TicketRequest = z.infer<typeof TicketRequest>;

/** Body of `PUT /tickets/{ticket_id}`: what is left out stays. */
export const TicketChange = z
  .object({
    subject: z.string().trim().min(1).max(200),
    description: z.string().trim().min(1).max(8_000),
    status: TicketStatusName,
    priority: TicketPriority,
    assigneeId: z.uuid().nullable(),
    tags: z.array(z.string().trim().min(1).max(40)).max(20),
  })
  .partial()
  .meta({ id: 'TicketChange', example: { status: 'in_progress', priority: 'high' } });
export type TicketChange = z.infer<typeof TicketChange>;

/** Query of `GET /tickets`. */
export const TicketFilter = z.object({
  status: TicketStatusName.optional(),
  assignee: z.enum(['me', 'none']).optional(),
  q: z.string().trim().max(200).optional(),
  cursor: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(50),
});
