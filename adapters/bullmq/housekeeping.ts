import { LEAVES_NOTHING, type Queues } from './queues.ts';

/** Work that nobody waits for: it runs in one process of all, one task after the other. */
export type Housekeeping = {
  /** Runs `task` every so many milliseconds from now on. A task that throws is told and runs again next time. */
  schedule(name: string, everyMs: number, task: () => Promise<void>): Promise<void>;
  /** Does `task` when `soon` asks for it. */
  onDemand(name: string, task: () => Promise<void>): Promise<void>;
  /** Has a task run as soon as may be: once, however often that is asked before it begins. Returns at once, never throws. */
  soon(name: string): void;
};

const QUEUE = 'housekeeping';

/** Housekeeping on BullMQ. Processes that only call `soon` do no work. */
export function createHousekeeping({ queues }: { queues: Queues }): Housekeeping {
  const tasks = new Map<string, () => Promise<void>>();

  async function take(name: string, task: () => Promise<void>): Promise<void> {
    const first = tasks.size === 0;
    tasks.set(name, task);
    if (!first) return;
    await queues.queue(QUEUE).setGlobalConcurrency(1);
    // A task that this version does not know belongs to another version: it is dropped.
    queues.worker(QUEUE, async (job) => tasks.get(job.name)?.(), { concurrency: 1 });
  }

  async function add(name: string): Promise<void> {
    try {
      await queues.queue(QUEUE).add(name, '', {
        ...LEAVES_NOTHING,
        deduplication: { id: name, keepLastIfActive: true },
      });
      queues.trouble.over();
    } catch (error) {
      queues.trouble.met(error);
    }
  }

  return {
    async schedule(name, everyMs, task) {
      await take(name, task);
      await queues.queue(QUEUE).upsertJobScheduler(name, { every: everyMs }, { name, data: '', opts: LEAVES_NOTHING });
    },
    onDemand: take,
    soon: (name) => void add(name),
  };
}
