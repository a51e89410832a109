import { createPostgresBackend, Queue, runMigrations, Worker, type Job, type JobsOptions, type PgPool } from 'bullmq';
import { Redis } from 'ioredis';
import { Pool, type PoolConfig } from 'pg';

/** Where the queues live: in schema `bullmq` of a PostgreSQL, or in a Redis. */
export type QueueBackend =
  | { kind: 'postgres'; connection: Pick<PoolConfig, 'host' | 'port' | 'user' | 'password' | 'database' | 'ssl'> }
  | { kind: 'redis'; url: string };

/** Queues and workers on one backend, over few connections. */
export type Queues = {
  queue(name: string): Queue<string>;
  worker(name: string, work: (job: Job<string>) => Promise<void>, options: { concurrency: number }): void;
  /** Hears of the backend's trouble once, until it works again. */
  readonly trouble: Trouble;
  /** Resolves when the jobs under way have ended, or after some seconds. */
  close(): Promise<void>;
};

/** Trouble that is told once and not with every call that meets it. */
export type Trouble = {
  met(error: unknown): void;
  over(): void;
  /** From now on trouble is no news: what is being closed breaks. */
  end(): void;
};

/** A job is a signal: it leaves nothing behind, whichever way it ends. A kept one would swallow the next with its id. */
export const LEAVES_NOTHING = { removeOnComplete: true, removeOnFail: true } as const satisfies JobsOptions;

/** Every worker listens on a connection of its own; the others are shared. */
const CONNECTIONS = 10;
/** A dead worker's job is another one's after twice this. */
const LOCK_MS = 5_000;
/** A job whose worker died may begin so often; a wake-up does no harm. */
const MOST_STALLED = 10;
const CLOSE_MS = 5_000;
/** BullMQ wants to wait for ever; and ioredis keeps a process from ending for so long after hanging up (its default: 2 s). */
const REDIS = { maxRetriesPerRequest: null, disconnectTimeout: 200 } as const;
/** Our keys in a Redis that others use too. */
const PREFIX = 'frontdesk';

/** Opens the backend. On PostgreSQL it brings BullMQ's own schema to its newest version; on Redis it waits for nothing. */
export async function openQueues(tools: { backend: QueueBackend; onError: (error: unknown) => void }): Promise<Queues> {
  const trouble = createTrouble(tools.onError);
  const ground =
    tools.backend.kind === 'redis' ? onRedis(tools.backend.url) : await onPostgres(tools.backend.connection);
  ground.onError(trouble.met);
  const queues = new Map<string, Queue<string>>();
  const workers: Worker<string>[] = [];
  return {
    trouble,
    queue(name) {
      const known = queues.get(name);
      if (known) return known;
      const queue = ground.queue(name);
      queue.on('error', trouble.met);
      queues.set(name, queue);
      return queue;
    },
    worker(name, work, { concurrency }) {
      const worker = ground.worker(
        name,
        async (job) => {
          trouble.over();
          await work(job);
        },
        { concurrency, lockDuration: LOCK_MS, stalledInterval: LOCK_MS, maxStalledCount: MOST_STALLED },
      );
      worker.on('error', trouble.met);
      worker.on('failed', (_job, error) => tools.onError(error));
      workers.push(worker);
    },
    async close() {
      const closing = Promise.allSettled(workers.map((worker) => worker.close())).then(() =>
        Promise.allSettled(Array.from(queues.values(), (queue) => queue.close())),
      );
      trouble.end();
      // A backend that is away, or a worker that was still connecting, must not keep the process from ending.
      await within(CLOSE_MS, closing);
      await within(CLOSE_MS, ground.close());
    },
  };
}

type Work = (job: Job<string>) => Promise<void>;
type WorkerTuning = { concurrency: number; lockDuration: number; stalledInterval: number; maxStalledCount: number };
type Ground = {
  queue(name: string): Queue<string>;
  worker(name: string, work: Work, tuning: WorkerTuning): Worker<string>;
  onError(met: (error: unknown) => void): void;
  close(): Promise<void>;
};

async function onPostgres(connection: PoolConfig): Promise<Ground> {
  const pool = new Pool({ ...connection, max: CONNECTIONS, keepAlive: true, options: '-c search_path=bullmq' });
  pool.setMaxListeners(0); // each queue and each worker listens to it
  const client = await pool.connect();
  try {
    await runMigrations(client); // under its own lock: processes that start together wait for each other
  } catch (error) {
    client.release();
    await pool.end();
    throw error;
  }
  client.release();
  // BullMQ's idea of a pool does not follow the typings of `pg`; and its classes' types name the backend, which callers need not know.
  const shared = pool as unknown as PgPool;
  return {
    queue: (name) => new Queue(name, { connection: shared }, createPostgresBackend) as unknown as Queue<string>,
    worker: (name, work, tuning) =>
      new Worker(name, work, { connection: shared, ...tuning }, createPostgresBackend) as unknown as Worker<string>,
    onError: (met) => void pool.on('error', met),
    close: () => pool.end(),
  };
}

function onRedis(url: string): Ground {
  // Adding fails at once while Redis is away; working waits for it.
  const adding = new Redis(url, { ...REDIS, enableOfflineQueue: false });
  const working = new Redis(url, REDIS);
  return {
    queue: (name) => new Queue<string>(name, { connection: adding, prefix: PREFIX }),
    worker: (name, work, tuning) => new Worker<string>(name, work, { connection: working, prefix: PREFIX, ...tuning }),
    onError(met) {
      adding.on('error', met);
      working.on('error', met);
    },
    close() {
      adding.disconnect();
      working.disconnect();
      return Promise.resolve();
    },
  };
}

const within = (ms: number, work: Promise<unknown>): Promise<unknown> =>
  Promise.race([work, new Promise((resolve) => setTimeout(resolve, ms).unref())]);

function createTrouble(onError: (error: unknown) => void): Trouble {
  let told = false;
  let ended = false;
  return {
    met(error) {
      if (told || ended) return;
      told = true;
      const words = error instanceof Error ? error.message : String(error);
      onError(new Error(`The queue has trouble (${words}): the sweep does its work meanwhile.`, { cause: error }));
    },
    over() {
      told = false;
    },
    end() {
      ended = true;
    },
  };
}
