import type { Pool } from 'pg';

/** How many messages to platforms are under way, by state. What is through is not counted: it only grows. */
export async function outboundStates(pool: Pool): Promise<Record<string, number>> {
  const found = await pool.query<{ state: string; count: string }>(
    `select state, count(*) from outbound where state in ('pending', 'attempting', 'uncertain') group by state`,
  );
  const counts = new Map(found.rows.map((row) => [row.state, Number(row.count)]));
  return Object.fromEntries(['pending', 'attempting', 'uncertain'].map((state) => [state, counts.get(state) ?? 0]));
}
