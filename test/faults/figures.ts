import { percentile } from '../../bench/load.ts';

/** How numbers are spread, rounded. */
export type Spread = { p50: number; p99: number; max: number };

/** The longest time between two neighbours. */
export function longestGap(moments: readonly number[]): number {
  const sorted = moments.toSorted((a, b) => a - b);
  return Math.round(Math.max(0, ...sorted.slice(1).map((at, index) => at - sorted[index]!)));
}

export const spread = (numbers: readonly number[]): Spread => ({
  p50: Math.round(percentile(numbers, 0.5)),
  p99: Math.round(percentile(numbers, 0.99)),
  max: Math.round(numbers.reduce((most, number) => Math.max(most, number), 0)),
});
