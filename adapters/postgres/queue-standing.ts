import type { Pool, PoolClient } from 'pg';
import type { DeskStatus } from '#core/dialogue/turn.ts';

/** Seconds that the last twenty handoffs waited, on average; null when there were fewer than five. */
const USUAL_WAIT = `
  select case when count(*) >= 5 then round(avg(extract(epoch from claimed_at - requested_at)))::int end
    from (select claimed_at, requested_at from handoffs where claimed_at is not null and reason <> 'taken-over'
           order by claimed_at desc limit 20) last`;

const STANDING = {
  name: 'queue-standing',
  text: `
select (select count(*) from handoffs h where h.status = 'waiting' and h.requested_at <= w.requested_at)::int as place,
       (${USUAL_WAIT}) as wait
  from handoffs w where w.session_id = $1 and w.status = 'waiting'`,
};

const NEXT_STANDING = {
  name: 'next-standing',
  text: `select (select count(*) from handoffs where status = 'waiting')::int + 1 as place, (${USUAL_WAIT}) as wait`,
};

type Row = { place: number; wait: number | null };

/** The place of a waiting conversation in the queue, from 1, and the wait to expect where it is known; nothing when it does not wait. */
export async function queueStanding(
  client: Pick<PoolClient, 'query'>,
  session: string,
): Promise<{ place?: number; waitSeconds?: number }> {
  const found = await client.query<Row>({ ...STANDING, values: [session] });
  const row = found.rows[0];
  if (!row) return {};
  return { place: row.place, ...(row.wait === null ? {} : { waitSeconds: row.wait }) };
}

/** How the queue stands for whoever asks next: the place, and the wait to expect (null: not known). */
export async function deskStatus(
  pool: Pool,
  people: { open: boolean; opensAt: string | null; agents: number },
): Promise<DeskStatus> {
  const found = await pool.query<Row>(NEXT_STANDING);
  const { place, wait } = found.rows[0]!;
  return { ...people, place, waitSeconds: wait };
}
