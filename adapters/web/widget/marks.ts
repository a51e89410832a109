import { readRecord, type Store } from './storage.ts';

/** What this visitor did that leaves no message: the rating given or skipped, answers called helpful or not. */
export type Marks = {
  rating(): number | null;
  skipped(seq: number): boolean;
  reaction(seq: number): 'up' | 'down' | null;
  rate(score: number): void;
  skip(seq: number): void;
  react(seq: number, value: 'up' | 'down'): void;
  clear(): void;
};

const MARKS = 'marks';

export function createMarks(store: Store): Marks {
  const read = (): Record<string, unknown> => readRecord(store, MARKS) ?? {};
  const write = (name: string, value: unknown): void =>
    store.write(MARKS, JSON.stringify({ ...read(), [name]: value }));
  return {
    rating() {
      const score = read()['rating'];
      return typeof score === 'number' ? score : null;
    },
    skipped: (seq) => read()[`skip:${seq}`] === true,
    reaction(seq) {
      const value = read()[`react:${seq}`];
      return value === 'up' || value === 'down' ? value : null;
    },
    rate: (score) => write('rating', score),
    skip: (seq) => write(`skip:${seq}`, true),
    react: (seq, value) => write(`react:${seq}`, value),
    clear: () => store.remove(MARKS),
  };
}
