import type { ConversationStore } from '#core/conversation/store.ts';

/** Most turns that sweeps have under way at once. */
const MOST = 200;

/** `sweep` is one round: it resolves when what was found is begun. `stop` resolves when the round under way has ended. */
export type Sweeper = { start(): void; stop(): Promise<void>; sweep(): Promise<void> };

/**
 * Rebuilds all work from the database: whatever wake-up was lost, a conversation with something waiting, a due alarm or a
 * customer whom nobody attends to is found here. Nothing else may be needed for that, so one part that fails keeps no
 * other from its round, and turns that think do not hold up the next one.
 */
export function createSweeper(tools: {
  store: Pick<ConversationStore, 'pending' | 'dueAlarms'>;
  /** Never rejects. */
  run: (id: string) => Promise<void>;
  /** More that is looked at in each round, the outbound lanes for example. */
  also: readonly (() => Promise<unknown>)[];
  everyMs: number;
  onError: (error: unknown) => void;
}): Sweeper {
  const { store, run, onError } = tools;
  const underWay = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  let round: Promise<unknown> = Promise.resolve();
  let stopped = false;

  function begin(id: string): void {
    if (underWay.has(id)) return;
    underWay.add(id);
    void run(id).then(() => underWay.delete(id));
  }

  async function turns(): Promise<void> {
    const room = MOST - underWay.size;
    if (room <= 0) return;
    const found = [...(await store.pending(room)), ...(await store.dueAlarms(room))];
    for (const id of found) begin(id);
  }

  const sweep = async (): Promise<void> => {
    await Promise.all([turns, ...tools.also].map((part) => part().catch(onError)));
  };

  function next(): void {
    if (stopped) return;
    timer = setTimeout(() => {
      round = sweep().finally(next);
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
