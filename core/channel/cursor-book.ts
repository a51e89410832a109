import type { ConversationStore } from '#core/conversation/store.ts';

/** How far customers came, gathered in memory and written for many at once: on the web this is the delivery mark. */
export type CursorBook = {
  delivered(id: string, seq: number): void;
  seen(id: string, seq: number): void;
  /** Writes what was gathered; what could not be written waits for the next time. */
  flush(): Promise<void>;
};

export function createCursorBook(store: Pick<ConversationStore, 'writeCursors'>): CursorBook {
  let gathered = new Map<string, { delivered: number; seen: number }>();
  const at = (id: string) => {
    const known = gathered.get(id) ?? { delivered: 0, seen: 0 };
    gathered.set(id, known);
    return known;
  };
  function delivered(id: string, seq: number): void {
    const cursor = at(id);
    if (seq > cursor.delivered) cursor.delivered = seq;
  }
  function seen(id: string, seq: number): void {
    const cursor = at(id);
    if (seq > cursor.seen) cursor.seen = seq;
    delivered(id, seq);
  }
  return {
    delivered,
    seen,
    async flush() {
      if (!gathered.size) return;
      const writing = gathered;
      gathered = new Map();
      try {
        await store.writeCursors([...writing].map(([id, cursor]) => ({ id, ...cursor })));
      } catch (error) {
        for (const [id, cursor] of writing) {
          delivered(id, cursor.delivered);
          seen(id, cursor.seen);
        }
        throw error;
      }
    },
  };
}
