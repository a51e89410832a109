import { defineEntity, p } from '@mikro-orm/core';
import { User } from '#core/access/user.entity.ts';
import { ChatSession } from '#core/conversation/conversation.entity.ts';

/** A customer's wish for a person. At most one of a conversation is open. */
export const HandoffRow = defineEntity({
  name: 'HandoffRow',
  tableName: 'handoffs',
  uniques: [
    {
      name: 'handoffs_one_open',
      expression:
        "create unique index handoffs_one_open on handoffs (session_id) where status in ('waiting', 'claimed')",
    },
  ],
  indexes: [
    {
      name: 'handoffs_waiting',
      expression: "create index handoffs_waiting on handoffs (requested_at) where status = 'waiting'",
    },
    { properties: ['session', 'requestedAt'] },
  ],
  properties: {
    id: p.uuid().primary(),
    session: () => p.manyToOne(ChatSession).deleteRule('cascade'),
    reason: p.text().check("reason in ('asked', 'anger', 'not-understood', 'flow', 'unresolved', 'taken-over')"),
    status: p
      .text()
      .default('waiting')
      .check("status in ('waiting', 'claimed', 'returned', 'resolved', 'withdrawn', 'unattended')"),
    topic: p.text().nullable(),
    /** What the bot had collected, sealed JSON. */
    collectedSealed: p.blob().nullable(),
    agent: () => p.manyToOne(User).nullable().deleteRule('restrict'),
    requestedAt: p.datetime().defaultRaw('now()'),
    /** When waiting ends and the bot takes care of it by a ticket. */
    deadlineAt: p.datetime(),
    claimedAt: p.datetime().nullable(),
    endedAt: p.datetime().nullable(),
  },
});

/** What colleagues tell each other about a conversation; customers never see it. */
export const NoteRow = defineEntity({
  name: 'NoteRow',
  tableName: 'notes',
  properties: {
    id: p.uuid().primary(),
    session: () => p.manyToOne(ChatSession).deleteRule('cascade').index(),
    author: () => p.manyToOne(User).deleteRule('restrict'),
    bodySealed: p.blob(),
    masked: p.text(),
    afterSeq: p.integer(),
    createdAt: p.datetime().defaultRaw('now()'),
  },
});
