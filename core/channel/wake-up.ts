/** What a conversation can be woken for: a turn of its dialogue, or the delivery of what was said. */
export type WakeKind = 'turn' | 'delivery';

/**
 * Tells workers that a conversation has something to do. A wake-up carries nothing but the conversation's id and may be lost:
 * the facts stand in the database, and the sweep finds what nobody was woken for.
 */
export type WakeUps = {
  /** Returns at once, never throws. */
  wake(kind: WakeKind, conversationId: string): void;
  /** This process does that work from now on. */
  work(kind: WakeKind, handler: (conversationId: string) => Promise<void>): void;
  /** Wakes nobody any more; resolves when the work under way has ended. */
  close(): Promise<void>;
};

/** Wake-ups inside one process: the handler begins at once. What nobody here works on is left to the sweep. */
export function createLocalWakeUps(onError: (error: unknown) => void): WakeUps {
  const handlers = new Map<WakeKind, (conversationId: string) => Promise<void>>();
  const underWay = new Set<Promise<void>>();
  let closed = false;

  async function run(handler: (conversationId: string) => Promise<void>, conversationId: string): Promise<void> {
    try {
      await handler(conversationId);
    } catch (error) {
      onError(error);
    }
  }

  return {
    wake(kind, conversationId) {
      const handler = closed ? undefined : handlers.get(kind);
      if (!handler) return;
      const work = run(handler, conversationId);
      underWay.add(work);
      void work.then(() => underWay.delete(work));
    },
    work: (kind, handler) => void handlers.set(kind, handler),
    async close() {
      closed = true;
      await Promise.all(underWay);
    },
  };
}
