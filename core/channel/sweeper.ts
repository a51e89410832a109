import type { ConversationStore } from '#core/conversation/store.ts';

/** Rows looked at in one round. */
const BATCH = 200;

export type Sweeper = { start(): void; stop(): Promise<void>; sweep(): Promise<void> };

/**
 * Rebuilds all work from the database: whatever wake-up was lost, a conversation with something waiting, a due alarm or a
 * customer whom nobody attends to is found here. Nothing else may be needed for that.
 */
export function createSweeper(tools: {
  store: Pick<ConversationStore, 'pending' | 'dueAlarms'>;
  run: (id: string) => Promise<void>;
  /** More that is looked at in each round, the outbound lanes for example. */
  also: readonly (() => Promise<unknown>)[];
  everyMs: number;
  onError: (error: unknown) => void;
}): Sweeper {
  let timer: NodeJS.Timeout | undefined;
  let round: Promise<void> = Promise.resolve();
  let stopped = false;

  async function sweep(): Promise<void> {
    const found = new Set([...(await tools.store.pending(BATCH)), ...(await tools.store.dueAlarms(BATCH))]);
    await Promise.all([...found].map(tools.run));
    for (const also of tools.also) await also();
  }

  async function sweepAndGoOn(): Promise<void> {
    try {
      await sweep();
    } catch (error) {
      tools.onError(error);
    }
    next();
  }

  function next(): void {
    if (stopped) return;
    timer = setTimeout(() => {
      round = sweepAndGoOn();
    }, tools.everyMs);
  }

  return {
    sweep,
    start: next,
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await round;
    },
  };
}
