import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Redis } from 'ioredis';
import { Pool } from 'pg';
import {
  findRunningPostgres,
  startEmbeddedPostgres,
  type PostgresConnection,
} from '#adapters/postgres/embedded/embedded-postgres.ts';
import { placesFor } from '#adapters/postgres/embedded/places.ts';
import { postmasterPid } from '#adapters/postgres/embedded/stale-locks.ts';
import { freePort } from '#test/support/free-port.ts';
import { startRedis } from '#test/support/redis.ts';
import { RAISED } from '../../bench/processes.ts';
import type { Post } from './fleet.ts';

/**
 * How Frontdesk runs: `embedded`, one process with a PostgreSQL of its own; `shared`, four whole processes on one PostgreSQL;
 * `scaled`, two API processes and two workers on one PostgreSQL and Redis.
 */
export type Mode = 'embedded' | 'shared' | 'scaled';

/** Where Node keeps what it compiled: processes that are started hundreds of times start faster. */
export const COMPILE_CACHE = path.join(os.tmpdir(), 'frontdesk-faults-cache');

/** What Frontdesk stands on, and what is hit beside its processes. */
export type Ground = {
  posts: Post[];
  env: Record<string, string>;
  connection: () => Promise<PostgresConnection>;
  postmaster: () => number | undefined;
  flushRedis: () => Promise<void>;
  fenced: () => number | null;
  stop: () => Promise<void>;
};

/** Counts in PostgreSQL's own log what no row can tell: a commit that was refused. */
export const COUNT_FENCED = `
create or replace function faults_note_fenced() returns trigger language plpgsql as $$
begin
  if current_query() like '%pending = pending - $4%' and not exists (select from written) then raise log 'fenced commit'; end if;
  return null;
end $$;
create or replace trigger faults_note_fenced after update on chat_sessions referencing new table as written
  for each statement execute function faults_note_fenced()`;

async function postsOf(mode: Mode, model: string): Promise<Post[]> {
  const post = async (name: string, role: Post['role'], env: Record<string, string>): Promise<Post> => ({
    name,
    role,
    port: await freePort(),
    env,
    front: role !== 'worker',
  });
  const alone = {};
  const asking = { OLLAMA_URL: model, FRONTDESK_SKIP_MODEL_ABOVE: '1' };
  switch (mode) {
    case 'embedded':
      return [await post('all', 'all', { OLLAMA_URL: model, FRONTDESK_SKIP_MODEL_ABOVE: '0.99' })];
    case 'shared':
      return [
        await post('all-1', 'all', alone),
        await post('all-2', 'all', asking),
        await post('all-3', 'all', alone),
        await post('all-4', 'all', asking),
      ];
    case 'scaled':
      return [
        await post('api-1', 'api', alone),
        await post('api-2', 'api', asking),
        await post('worker-1', 'worker', asking),
        await post('worker-2', 'worker', asking),
      ];
  }
}

/** Starts what the mode needs. `model` as `OLLAMA_URL`; everything is kept below `folder`. */
export async function layGround(mode: Mode, folder: string, model: string): Promise<Ground> {
  const posts = await postsOf(mode, model);
  const base = {
    ...RAISED,
    FRONTDESK_LIMIT_LOGINS: '1000000/1m',
    FRONTDESK_LIMIT_LOGINS_PER_EMAIL: '1000000/1m',
    FRONTDESK_DATA: path.join(folder, 'data'),
    LOG_LEVEL: 'warn',
    NODE_COMPILE_CACHE: COMPILE_CACHE,
  };
  if (mode === 'embedded') {
    const dataDir = path.join(folder, 'data/postgres');
    return {
      posts,
      env: base,
      connection: async () => {
        const connection = await findRunningPostgres({ dataDir });
        if (!connection) throw new Error('The embedded PostgreSQL does not run.');
        return connection;
      },
      postmaster: () => postmasterPid(placesFor(dataDir)),
      flushRedis: async () => {},
      fenced: () => null,
      stop: async () => {},
    };
  }
  let fenced = 0;
  const dataDir = path.join(folder, 'postgres');
  const logFile = path.join(folder, 'logs/postgres.log');
  const note = (line: string): void => {
    if (line.includes('fenced commit')) fenced++;
    else fs.appendFileSync(logFile, `${new Date().toISOString()} ${line}\n`);
  };
  const postgres = await startEmbeddedPostgres({
    dataDir,
    settings: { max_connections: 300, shared_buffers: '128MB' },
    log: { info: note, warn: note, error: note },
  });
  const redis = mode === 'scaled' ? await startRedis() : null;
  const flusher = redis && new Redis(redis.url);
  return {
    posts,
    env: {
      ...base,
      DATABASE_URL: urlOf(postgres.connection),
      ...(redis ? { REDIS_URL: redis.url } : {}),
    },
    connection: async () => postgres.connection,
    postmaster: () => postmasterPid(placesFor(dataDir)),
    flushRedis: async () => void (await flusher?.flushall()),
    fenced: () => fenced,
    stop: async () => {
      flusher?.disconnect();
      await redis?.stop();
      await postgres.stop();
    },
  };
}

/** A connection as `DATABASE_URL` takes it; the folder of its socket stands in `host=`. */
export function urlOf({ host, port, user, password, database }: PostgresConnection): string {
  const account = `${encodeURIComponent(user)}:${encodeURIComponent(password)}`;
  return `postgres://${account}@localhost:${port}/${database}?host=${encodeURIComponent(host)}`;
}

/** Connections whose end is no news: the server is killed under them. */
export function quietPool(connection: PostgresConnection): Pool {
  const pool = new Pool({ ...connection, max: 3, connectionTimeoutMillis: 2_000 });
  pool.on('error', () => {});
  return pool;
}
