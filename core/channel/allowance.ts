/** A sliding allowance by key, answered at once: `take` returns undefined, or after how many milliseconds there is one again. */
export type Allowance = { take(key: string): number | undefined };

/** Keys remembered; whoever was quiet longest is forgotten, and forgiven. */
const MOST_KEYS = 20_000;

/** A bucket of `count` that fills evenly over `seconds`. `now` in milliseconds. */
export function createAllowance({ count, seconds }: { count: number; seconds: number }, now: () => number): Allowance {
  const perMs = count / (seconds * 1000);
  const buckets = new Map<string, { left: number; at: number }>();
  return {
    take(key) {
      const at = now();
      const known = buckets.get(key);
      const left = known ? Math.min(count, known.left + (at - known.at) * perMs) : count;
      const taken = left >= 1;
      buckets.delete(key);
      buckets.set(key, { left: taken ? left - 1 : left, at });
      if (buckets.size > MOST_KEYS) buckets.delete(buckets.keys().next().value!);
      return taken ? undefined : Math.ceil((1 - left) / perMs);
    },
  };
}
