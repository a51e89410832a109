import fs from 'node:fs';
import type { Pool } from 'pg';

/** Durable commits a second of this PostgreSQL: begin, two inserts, an update, commit, over sixteen connections. */
export async function measureCommits(pool: Pool, seconds: number): Promise<number> {
  await pool.query(
    'create table if not exists bench_a (id bigserial primary key, body text); create table if not exists bench_b (id int primary key, n int)',
  );
  await pool.query('insert into bench_b select n, 0 from generate_series(1, 64) n on conflict do nothing');
  const clients = await Promise.all(Array.from({ length: 16 }, () => pool.connect()));
  let commits = 0;
  const began = performance.now();
  const end = began + seconds * 1000;
  await Promise.all(
    clients.map(async (client, n) => {
      while (performance.now() < end) {
        await client.query('begin');
        await client.query({
          name: 'b1',
          text: 'insert into bench_a (body) values ($1)',
          values: ['what the customer said, about as long'],
        });
        await client.query({
          name: 'b2',
          text: 'insert into bench_a (body) values ($1)',
          values: ['and what the bot answered, a little longer than that'],
        });
        await client.query({ name: 'b3', text: 'update bench_b set n = n + 1 where id = $1', values: [n + 1] });
        await client.query('commit');
        commits++;
      }
    }),
  );
  const perSecond = (commits / (performance.now() - began)) * 1000;
  for (const client of clients) client.release();
  return perSecond;
}

/** What a database has done so far: commits that wrote, statements, and seconds of CPU of all its processes. */
export type DatabaseCost = { commits: number; statements: number; cpu: number };

/**
 * Counted without delay: pg_stat_database learns of a commit seconds later. Each commit that writes takes one transaction
 * number, and `pg_stat_statements` is shared memory.
 */
export async function databaseCost(pool: Pool): Promise<DatabaseCost> {
  const { rows } = await pool.query<{ commits: string; statements: string; pid: number }>(
    `select pg_snapshot_xmax(pg_current_snapshot())::text as commits, pg_backend_pid() as pid,
            (select coalesce(sum(calls), 0) from pg_stat_statements
              where toplevel and query !~* '^(begin|commit|rollback|set|deallocate)') as statements`,
  );
  const { commits, statements, pid } = rows[0]!;
  return { commits: Number(commits), statements: Number(statements), cpu: familyCpu(statOf(pid)!.parent) };
}

/** CPU seconds of a process, of its children, and of those that ended. */
function familyCpu(pid: number): number {
  const parent = statOf(pid)!;
  const children = fs
    .readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => statOf(Number(name)))
    .filter((stat) => stat?.parent === pid);
  return parent.own + parent.ended + children.reduce((sum, stat) => sum + stat!.own, 0);
}

function statOf(pid: number): { parent: number; own: number; ended: number } | undefined {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    // Clock ticks are hundredths of a second on Linux.
    return { parent: fields[1]!, own: (fields[11]! + fields[12]!) / 100, ended: (fields[13]! + fields[14]!) / 100 };
  } catch {
    return undefined; // It ended while it was looked at.
  }
}
