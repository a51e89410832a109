import { setTimeout as pause } from 'node:timers/promises';
import { Pool } from 'pg';
import { createTestDatabase, EMPTY, type TestDatabase } from '#test/support/database.ts';
import { startRedis, type TestRedis } from '#test/support/redis.ts';
import { createHousekeeping } from './housekeeping.ts';
import { openQueues, type QueueBackend, type Queues } from './queues.ts';
import { createBullWakeUps } from './wake-ups.ts';

let database: TestDatabase;
let redis: TestRedis | null;
beforeAll(async () => {
  [database, redis] = await Promise.all([createTestDatabase({ template: EMPTY }), startRedis()]);
}, 60_000);
afterAll(async () => {
  await Promise.all([database.drop(), redis?.stop()]);
});

const opened: Queues[] = [];
let errors: string[];
beforeEach(() => {
  errors = [];
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((queues) => queues.close()));
});
async function open(backend: QueueBackend): Promise<Queues> {
  const queues = await openQueues({ backend, onError: (error) => void errors.push(String(error)) });
  opened.push(queues);
  return queues;
}
async function until(what: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + 10_000;
  while (!(await what())) {
    if (performance.now() > end) throw new Error(`It did not happen within 10 s; errors: ${errors.join('; ')}`);
    await pause(10);
  }
}
const backends: Record<'PostgreSQL' | 'Redis', () => QueueBackend | null> = {
  PostgreSQL: () => ({ kind: 'postgres', connection: database.connection }),
  Redis: () => redis && { kind: 'redis', url: redis.url },
};

describe.each(['PostgreSQL', 'Redis'] as const)('on %s', (name) => {
  /** Two processes: one that only wakes, one that works. Undefined where there is no Redis on this machine. */
  async function processes() {
    const backend = backends[name]();
    if (!backend) return undefined;
    const [api, worker] = await Promise.all([open(backend), open(backend)]);
    const onError = (error: unknown): void => void errors.push(String(error));
    return {
      api,
      worker,
      waking: createBullWakeUps({ queues: api, onError }),
      working: createBullWakeUps({ queues: worker, onError }),
    };
  }

  test('a wake-up reaches the process that works on it, and only that kind', async () => {
    const both = await processes();
    if (!both) return;
    const heard: string[] = [];
    both.working.work('turn', async (id) => void heard.push(`turn ${id}`));
    both.working.work('delivery', async (id) => void heard.push(`delivery ${id}`));
    both.waking.wake('turn', 'a');
    both.waking.wake('delivery', 'b');
    await until(() => heard.length === 2);
    expect(heard.sort()).toEqual(['delivery b', 'turn a']);
    expect(errors).toEqual([]);
  });

  test('many for a conversation that is at work become one more, after it', async () => {
    const both = await processes();
    if (!both) return;
    let begun = 0;
    let together = 0;
    let most = 0;
    let finish = (): void => {};
    const gate = new Promise<void>((resolve) => {
      finish = resolve;
    });
    both.working.work('turn', async () => {
      begun++;
      most = Math.max(most, ++together);
      await gate;
      together--;
    });
    both.waking.wake('turn', 'a');
    await until(() => begun === 1);
    for (let more = 0; more < 5; more++) both.waking.wake('turn', 'a');
    await pause(200);
    expect(begun).toBe(1);
    finish();
    await until(() => begun === 2);
    await pause(200);
    expect({ begun, most }).toEqual({ begun: 2, most: 1 });
  });

  test('a job that ended leaves nothing behind, failed or not, and the next one runs', async () => {
    const both = await processes();
    if (!both) return;
    let runs = 0;
    both.working.work('turn', async () => {
      if (++runs === 1) throw new Error('a bad turn');
    });
    both.waking.wake('turn', 'a');
    await until(() => runs === 1);
    await until(async () => (await both.api.queue('turns').count()) === 0);
    both.waking.wake('turn', 'a');
    await until(() => runs === 2);
    await until(async () => Object.values(await both.api.queue('turns').getJobCounts()).every((count) => count === 0));
    expect(errors).toEqual(['Error: a bad turn']);
  });

  test('what a process works on itself begins at once, without a queue', async () => {
    const both = await processes();
    if (!both) return;
    const heard: string[] = [];
    both.working.work('turn', async (id) => void heard.push(id));
    both.working.wake('turn', 'a');
    expect(heard).toEqual(['a']);
    await both.working.close();
    both.working.wake('turn', 'b');
    expect(heard).toEqual(['a']);
  });

  test('housekeeping runs by the clock and on demand, one task after the other in all processes', async () => {
    const both = await processes();
    if (!both) return;
    const ran: string[] = [];
    let together = 0;
    let most = 0;
    const task = (what: string) => async () => {
      most = Math.max(most, ++together);
      await pause(20);
      together--;
      ran.push(what);
    };
    for (const queues of [both.api, both.worker]) {
      const housekeeping = createHousekeeping({ queues });
      await housekeeping.schedule('retention', 150, task('retention'));
      await housekeeping.onDemand('training', task('training'));
    }
    createHousekeeping({ queues: await open(backends[name]()!) }).soon('training');
    await until(() => ran.includes('training') && ran.filter((what) => what === 'retention').length > 2);
    expect(most).toBe(1);
    expect(errors).toEqual([]);
    await both.api.queue('housekeeping').removeJobScheduler('retention');
  });
});

test('processes that start together bring the schema up once, beside ours', async () => {
  const fresh = await createTestDatabase({ template: EMPTY });
  await Promise.all([1, 2, 3].map(() => open({ kind: 'postgres', connection: fresh.connection })));
  const pool = new Pool(fresh.connection);
  const found = await pool.query<{ schema: string }>(
    `select distinct table_schema as schema from information_schema.tables where table_schema not in ('pg_catalog', 'information_schema')`,
  );
  expect(found.rows).toEqual([{ schema: 'bullmq' }]);
  await pool.end();
  await Promise.all(opened.splice(0).map((queues) => queues.close()));
  await fresh.drop();
});

test('a schema of a newer BullMQ is left alone, and said', async () => {
  const fresh = await createTestDatabase({ template: EMPTY });
  await open({ kind: 'postgres', connection: fresh.connection });
  await Promise.all(opened.splice(0).map((queues) => queues.close()));
  const pool = new Pool(fresh.connection);
  await pool.query('update bullmq.migration set min_client_version = 99');
  await pool.end();
  await expect(open({ kind: 'postgres', connection: fresh.connection })).rejects.toThrow(/schema/i);
  await fresh.drop();
});

test('while the database is away wake-ups are lost without a word but one', async () => {
  const fresh = await createTestDatabase({ template: EMPTY });
  const queues = await open({ kind: 'postgres', connection: fresh.connection });
  const wakeUps = createBullWakeUps({ queues, onError: () => {} });
  wakeUps.wake('turn', 'a');
  await until(async () => (await queues.queue('turns').count()) === 1);
  await fresh.drop();
  for (let more = 0; more < 20; more++) wakeUps.wake('turn', `b${more}`);
  await until(() => errors.length > 0);
  await pause(200);
  expect(errors).toHaveLength(1);
});

test('while Redis is away wake-ups are lost without a word but one; afterwards they arrive again', async () => {
  if (!redis) return; // none on this machine, and none required
  const own = (await startRedis())!;
  const port = Number(new URL(own.url).port);
  const [api, worker] = [await open({ kind: 'redis', url: own.url }), await open({ kind: 'redis', url: own.url })];
  const waking = createBullWakeUps({ queues: api, onError: () => {} });
  const working = createBullWakeUps({ queues: worker, onError: () => {} });
  const heard: string[] = [];
  working.work('turn', async (id) => void heard.push(id));
  waking.wake('turn', 'before');
  await until(() => heard.length === 1);
  await own.stop();
  for (let more = 0; more < 20; more++) waking.wake('turn', 'lost');
  await until(() => errors.length >= 2);
  expect(errors.length).toBeLessThanOrEqual(2); // one for each process
  const again = (await startRedis({ port }))!;
  await until(() => {
    waking.wake('turn', 'after');
    return heard.includes('after');
  });
  await Promise.all(opened.splice(0).map((queues) => queues.close()));
  await again.stop();
});
