import type { Pool } from 'pg';
import type { DeskStatus } from '#core/dialogue/turn.ts';

/** How the queue stands for whoever asks next: the place, and the wait that the last twenty had (null: fewer than five). */
export async function deskStatus(
  pool: Pool,
  people: { open: boolean; opensAt: string | null; agents: number },
): Promise<DeskStatus> {
  const found = await pool.query<{ waiting: string; wait: string | null }>({
    name: 'desk-status',
    text: `
select (select count(*) from handoffs where status = 'waiting') as waiting,
       (select case when count(*) >= 5 then round(avg(extract(epoch from claimed_at - requested_at))) end
          from (select claimed_at, requested_at from handoffs where claimed_at is not null and reason <> 'taken-over'
                 order by claimed_at desc limit 20) last) as wait`,
  });
  const row = found.rows[0]!;
  return { ...people, place: Number(row.waiting) + 1, waitSeconds: row.wait === null ? null : Number(row.wait) };
}
