import type { Pool } from 'pg';
import {
  chainEntry,
  FIRST_PREV_HASH,
  verifyChain,
  type AuditActor,
  type AuditEntry,
  type AuditTrail,
  type ChainVerdict,
} from '#core/privacy/audit-trail.ts';
import { inTransaction } from './statements.ts';

/** The audit trail in a table that only grows. */
export type AuditLog = AuditTrail & {
  /** Reads the whole chain again; names the first entry that is not as it was written. */
  verify(): Promise<ChainVerdict>;
};

type Row = {
  id: string;
  at: Date;
  actor_kind: AuditActor['kind'];
  actor_id: string | null;
  action: string;
  subject_kind: string;
  subject_id: string;
  before: unknown;
  after: unknown;
  origin: string | null;
  prev_hash: string;
  hash: string;
};

const PAGE = 1_000;

export function createAuditLog({ pool, now }: { pool: Pool; now: () => Date }): AuditLog {
  return {
    record: (event) =>
      inTransaction(pool, async (client) => {
        // One writer at a time, in all processes: each entry holds the hash of the one before.
        await client.query(`select pg_advisory_xact_lock(hashtext('audit_log'))`);
        const last = await client.query<{ hash: string }>('select hash from audit_log order by id desc limit 1');
        const next = await client.query<{ id: string }>(
          `select nextval(pg_get_serial_sequence('audit_log', 'id')) as id`,
        );
        const entry = chainEntry(last.rows[0] ?? null, { ...event, id: Number(next.rows[0]!.id), at: now() });
        await client.query(
          `insert into audit_log (id, at, actor_kind, actor_id, action, subject_kind, subject_id, before, after, origin, prev_hash, hash)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
          [
            entry.id,
            entry.at,
            entry.actor.kind,
            entry.actor.id,
            entry.action,
            entry.subject.kind,
            entry.subject.id,
            jsonOrNull(entry.before),
            jsonOrNull(entry.after),
            entry.origin ?? null,
            entry.prevHash,
            entry.hash,
          ],
        );
      }),

    async verify() {
      let head = FIRST_PREV_HASH;
      let after = '0';
      for (let index = 0; ; index += PAGE) {
        const page = await pool.query<Row>('select * from audit_log where id > $1 order by id limit $2', [after, PAGE]);
        const verdict = verifyChain(page.rows.map(toEntry), head);
        if (!verdict.whole) return { ...verdict, index: index + verdict.index };
        head = verdict.head;
        if (page.rows.length < PAGE) return verdict;
        after = page.rows.at(-1)!.id;
      }
    },
  };
}

const jsonOrNull = (value: unknown): string | null =>
  value === undefined || value === null ? null : JSON.stringify(value);

const toEntry = (row: Row): AuditEntry => ({
  id: Number(row.id),
  at: row.at,
  actor: { kind: row.actor_kind, id: row.actor_id } as AuditActor,
  action: row.action,
  subject: { kind: row.subject_kind, id: row.subject_id },
  before: row.before,
  after: row.after,
  origin: row.origin,
  prevHash: row.prev_hash,
  hash: row.hash,
});
