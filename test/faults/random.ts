import { createHash } from 'node:crypto';

/** Chance that a seed repeats. */
export type Random = {
  /** 0 to 1, without the 1. */
  next(): number;
  /** A number from `low` to `high`. */
  between(low: number, high: number): number;
  pick<T>(among: readonly T[]): T;
  /** Waiting times as of events that know nothing of each other, `mean` on average, ten times as long at most. */
  wait(mean: number): number;
  /** Another chance of its own: how often it is asked does not change this one. */
  fork(name: string): Random;
};

/** Draws from `seed` (mulberry32). */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d_2b_79_f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    next,
    between: (low, high) => low + next() * (high - low),
    pick: (among) => among[Math.floor(next() * among.length)]!,
    wait: (mean) => Math.min(10 * mean, -Math.log(1 - next()) * mean),
    fork: (name) => createRandom(createHash('sha256').update(`${seed} ${name}`).digest().readUInt32LE()),
  };
}
