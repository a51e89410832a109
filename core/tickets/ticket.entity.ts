import { defineEntity, p, type InferEntity } from '@mikro-orm/core';
import { User } from '#core/access/user.entity.ts';
import { Contact } from '#core/conversation/contact.entity.ts';
import { ChatSession } from '#core/conversation/conversation.entity.ts';

/** Something that people must see to. Words of the customer's are sealed with the contact's key, masked beside it. */
export const TicketRow = defineEntity({
  name: 'TicketRow',
  tableName: 'tickets',
  indexes: [{ properties: ['status', 'createdAt'] }, { properties: ['createdAt', 'id'] }],
  properties: {
    id: p.uuid().primary(),
    number: p.text().unique(),
    subjectSealed: p.blob(),
    subjectMasked: p.text(),
    descriptionSealed: p.blob(),
    descriptionMasked: p.text(),
    status: p.text().default('pending').check("status in ('pending', 'in_progress', 'resolved', 'closed')"),
    priority: p.text().default('normal').check("priority in ('low', 'normal', 'high', 'urgent')"),
    category: p.text(),
    tags: p.array(),
    contact: () => p.manyToOne(Contact).deleteRule('cascade').index(),
    session: () => p.manyToOne(ChatSession).nullable().deleteRule('set null').index(),
    assignee: () => p.manyToOne(User).nullable().deleteRule('set null').index(),
    uploads: p.array(),
    /** SHA-256 of who filed it and the `Idempotency-Key` that he sent. */
    requestKey: p.blob().nullable().unique(),
    version: p.integer().default(1),
    createdAt: p.datetime().defaultRaw('now()'),
    updatedAt: p.datetime().defaultRaw('now()'),
  },
});
export type TicketRow = InferEntity<typeof TicketRow>;

/** One step in a ticket's history. */
export const TicketEventRow = defineEntity({
  name: 'TicketEventRow',
  tableName: 'ticket_events',
  properties: {
    id: p.bigint('number').primary().autoincrement(),
    ticket: () => p.manyToOne(TicketRow).deleteRule('cascade').index(),
    at: p.datetime().defaultRaw('now()'),
    by: p.text(),
    what: p.text(),
    from: p.text().nullable(),
    to: p.text().nullable(),
  },
});
