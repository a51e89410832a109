import { createLocalWakeUps, type WakeKind, type WakeUps } from '#core/channel/wake-up.ts';
import { LEAVES_NOTHING, type Queues } from './queues.ts';

const QUEUES = { turn: 'turns', delivery: 'deliveries' } as const satisfies Record<WakeKind, string>;
/** Wake-ups handled at once in one process: a turn may think for seconds, a delivery may hang in a call. */
const AT_ONCE = { turn: 32, delivery: 256 } as const satisfies Record<WakeKind, number>;

/**
 * Wake-ups between processes. What this process works on itself begins at once and meets no queue; everything else becomes a
 * job that carries the conversation's id. One that comes while another of the same conversation is under way runs after it.
 */
export function createBullWakeUps(tools: { queues: Queues; onError: (error: unknown) => void }): WakeUps {
  const { queues } = tools;
  const local = createLocalWakeUps(tools.onError);
  const here = new Set<WakeKind>();
  let closed = false;

  async function add(kind: WakeKind, conversationId: string): Promise<void> {
    try {
      await queues.queue(QUEUES[kind]).add('wake', conversationId, {
        ...LEAVES_NOTHING,
        deduplication: { id: conversationId, keepLastIfActive: true },
      });
      queues.trouble.over();
    } catch (error) {
      queues.trouble.met(error); // the sweep finds it
    }
  }

  return {
    wake(kind, conversationId) {
      if (closed) return;
      if (here.has(kind)) local.wake(kind, conversationId);
      else void add(kind, conversationId);
    },
    work(kind, handler) {
      here.add(kind);
      local.work(kind, handler);
      queues.worker(QUEUES[kind], (job) => handler(job.data), { concurrency: AT_ONCE[kind] });
    },
    async close() {
      closed = true;
      await local.close();
    },
  };
}
