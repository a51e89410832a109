import type { TimelineEntry } from './timeline.ts';
import type { Timers } from './timers.ts';
import type { Store } from './storage.ts';

const SEEN = 'seen';
/** The protocol's limit: `seen` at most every 2 s. */
const SEEN_EVERY_MS = 2_000;

/** How far the visitor has read, over all tabs and reloads. */
export type Attention = {
  seen(): number;
  /** Whether the messages are before the visitor's eyes now. */
  attend(looking: boolean): void;
  attentive(): boolean;
  /** Messages up to `seq` are there to be read. */
  arrived(seq: number): void;
  /** Another conversation: its numbers begin anew. */
  clear(): void;
  /** A new one: nothing of it has been read, in any tab. */
  forget(): void;
};

export function createAttention(tools: {
  store: Store;
  timers: Timers;
  /** Tells the server; false: not now, told again with the next. */
  tell: (seq: number) => boolean;
}): Attention {
  const { store, timers } = tools;
  let looking = false;
  let newest = 0;
  let told = 0;
  let toldAt = Number.NEGATIVE_INFINITY;
  let cancel: (() => void) | null = null;
  const seen = (): number => Number(store.read(SEEN) ?? 0) || 0;

  const tell = (): void => {
    const seq = seen();
    if (seq <= told || cancel) return;
    const wait = toldAt + SEEN_EVERY_MS - timers.now();
    if (wait > 0) {
      cancel = timers.after(wait, () => {
        cancel = null;
        tell();
      });
      return;
    }
    if (!tools.tell(seq)) return;
    told = seq;
    toldAt = timers.now();
  };
  const note = (): void => {
    if (!looking) return;
    if (newest > seen()) store.write(SEEN, String(newest));
    tell();
  };
  const clear = (): void => {
    cancel?.();
    cancel = null;
    newest = told = 0;
  };
  return {
    seen,
    attend(now) {
      looking = now;
      note();
    },
    attentive: () => looking,
    arrived(seq) {
      newest = Math.max(newest, seq);
      note();
    },
    clear,
    forget() {
      clear();
      store.remove(SEEN);
    },
  };
}

/** Messages of ours that wait to be read: what the launcher counts. Lines that only report are not counted. */
export function unreadOf(entries: readonly TimelineEntry[], seen: number): TimelineEntry[] {
  return entries.filter(
    (entry) =>
      entry.kind === 'message' &&
      entry.message.seq > seen &&
      !entry.message.deletedAt &&
      entry.message.author.kind !== 'customer' &&
      entry.message.content.kind !== 'system' &&
      entry.message.content.kind !== 'handoff_notice',
  );
}
