import { defineEntity, p } from '@mikro-orm/core';

/** A line of the audit trail (`audit-trail.ts`): the database refuses to change or remove it. */
export const AuditEntryRow = defineEntity({
  name: 'AuditEntryRow',
  tableName: 'audit_log',
  indexes: [{ properties: ['at'] }, { properties: ['subjectKind', 'subjectId'] }],
  triggers: [
    {
      name: 'audit_log_is_append_only',
      timing: 'before',
      events: ['update', 'delete'],
      forEach: 'row',
      body: "begin raise exception 'audit_log is append-only'; end;",
    },
  ],
  properties: {
    id: p.bigint('number').primary().autoincrement(),
    at: p.datetime(),
    actorKind: p.text(),
    actorId: p.text().nullable(),
    action: p.text(),
    subjectKind: p.text(),
    subjectId: p.text(),
    before: p.json<unknown>().nullable(),
    after: p.json<unknown>().nullable(),
    origin: p.text().nullable(),
    prevHash: p.text(),
    hash: p.text().unique(),
  },
});
