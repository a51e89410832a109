import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { tooMany, type Problem } from '#core/errors.ts';
import type { LimitTier } from './endpoint.ts';

/** So many in so many seconds. */
type Limit = { count: number; seconds: number };

/** Allowances by tier and key. */
export type Limits = {
  /** Takes one; throws `too-many` with the time to wait. Returns what is left, for the `RateLimit-*` headers. */
  take(tier: LimitTier | 'requests', key: string): Promise<{ limit: number; remaining: number; resetSeconds: number }>;
  /** Throws `too-many` when there is none left, and takes none: for what only counts when it fails. */
  check(tier: LimitTier, key: string): Promise<void>;
};

/** Allowances kept in this process. */
export function createLimits(settings: Readonly<Record<LimitTier | 'requests', Limit>>): Limits {
  const limiters = new Map(
    Object.entries(settings).map(([tier, { count, seconds }]) => [
      tier,
      new RateLimiterMemory({ points: count, duration: seconds, keyPrefix: tier }),
    ]),
  );
  const refused = (msBeforeNext: number): Problem => {
    const wait = Math.ceil(msBeforeNext / 1000);
    return tooMany(`Too many at once. Try again in ${wait} s.`, wait);
  };
  return {
    async check(tier, key) {
      const limiter = limiters.get(tier)!;
      const state = await limiter.get(key);
      if (state && state.consumedPoints >= limiter.points) throw refused(state.msBeforeNext);
    },
    async take(tier, key) {
      const limiter = limiters.get(tier)!;
      try {
        const left = await limiter.consume(key);
        return {
          limit: limiter.points,
          remaining: left.remainingPoints,
          resetSeconds: Math.ceil(left.msBeforeNext / 1000),
        };
      } catch (full) {
        throw full instanceof RateLimiterRes ? refused(full.msBeforeNext) : full;
      }
    },
  };
}
