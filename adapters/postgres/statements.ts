import type { PoolClient } from 'pg';
import type { Pool } from 'pg';
import type { MessageRow } from './turn-rows.ts';

/** One transaction: commits when `work` resolves, rolls back when it throws. */
export async function inTransaction<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query('begin');
    const value = await work(client);
    await client.query('commit');
    return value;
  } catch (error) {
    try {
      await client.query('rollback');
    } catch (failed) {
      broken = failed as Error; // The connection is gone: the pool must not lend it again.
    }
    throw error;
  } finally {
    client.release(broken);
  }
}

const INSERT_MESSAGES = {
  name: 'insert-messages',
  text: `
insert into chat_messages (session_id, seq, id, change, author, author_user_id, kind, body_sealed, masked, in_reply_to, client_id, info, created_at)
select $1, m.seq, m.id, m.change, m.author, m.author_user, m.kind, m.body, m.masked, m.in_reply_to::int[], m.client_id, m.info, m.at
  from unnest($2::int[], $3::uuid[], $4::text[], $5::text[], $6::uuid[], $7::text[], $8::bytea[], $9::text[], $10::text[], $11::text[], $12::jsonb[], $13::timestamptz[])
    as m(seq, id, change, author, author_user, kind, body, masked, in_reply_to, client_id, info, at)`,
};

/** Appends rows to a transcript; their numbers were given by the conversation's row, which this transaction holds. */
export async function insertMessages(client: PoolClient, session: string, rows: readonly MessageRow[]): Promise<void> {
  if (!rows.length) return;
  await client.query({
    ...INSERT_MESSAGES,
    values: [
      session,
      rows.map((row) => row.seq),
      rows.map((row) => row.id),
      rows.map((row) => row.change),
      rows.map((row) => row.author),
      rows.map((row) => row.authorUser),
      rows.map((row) => row.kind),
      rows.map((row) => row.body),
      rows.map((row) => row.masked),
      rows.map((row) => (row.inReplyTo ? `{${row.inReplyTo.join(',')}}` : null)),
      rows.map((row) => row.clientId),
      rows.map((row) => (row.info === null ? null : JSON.stringify(row.info))),
      rows.map((row) => row.at),
    ],
  });
}

/** Lines up messages for a platform. The web's transcript is its own outbox and needs none. */
export async function insertOutbound(
  client: PoolClient,
  session: string,
  rows: readonly MessageRow[],
  expiresAt: Date,
): Promise<void> {
  const spoken = rows.filter((row) => row.change === 'message' && row.author !== 'customer');
  if (!spoken.length) return;
  await client.query(
    `insert into outbound (session_id, seq, author, expires_at)
     select $1, o.seq, o.author, $4 from unnest($2::int[], $3::text[]) as o(seq, author)`,
    [session, spoken.map((row) => row.seq), spoken.map((row) => row.author), expiresAt],
  );
}

/** PostgreSQL's code of a unique violation. */
const UNIQUE_VIOLATION = '23505';

/** The constraint that a write ran into because the row is there already; undefined for every other error. */
export const violatedUnique = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && error.code === UNIQUE_VIOLATION && 'constraint' in error
    ? String(error.constraint)
    : undefined;
