/** When a breaker opens, and for how long. Times in milliseconds. */
export type BreakerSettings = {
  /** So many failures one after the other. */
  inARow: number;
  /** Or this share … */
  share: number;
  /** … of so many last calls … */
  of: number;
  /** … that ended within this time. */
  withinMs: number;
  /** Open for so long, and twice as long each time it did not help … */
  openMs: number;
  /** … up to this. */
  longestMs: number;
  /** Successes in a row, one call at a time, until it is closed again. */
  probes: number;
};

/** As in production: a call that fails costs its customer up to 1.5 s, so five are enough. */
export const BREAKER: BreakerSettings = {
  inARow: 5,
  share: 0.5,
  of: 20,
  withinMs: 30_000,
  openMs: 10_000,
  longestMs: 120_000,
  probes: 3,
};

/** Leave for one call, settled exactly once; further words about it are not heard. */
type Pass = {
  succeeded: () => void;
  failed: () => void;
  /** Nothing was learned: the caller went away. */
  abandoned: () => void;
};

/** Keeps calls away from something that fails. Closed: all may pass. Open: none. Half open: one at a time, to see. */
export type Breaker = {
  state: () => 'closed' | 'open' | 'half-open';
  /** Whether a call might begin now. */
  allows: () => boolean;
  /** Leave to call now, or null. */
  enter: () => Pass | null;
};

/** A closed breaker. `now` in milliseconds, never going back. `onChange` is told each new state. */
export function createBreaker(tools: {
  now: () => number;
  settings?: BreakerSettings;
  onChange?: (state: 'closed' | 'open' | 'half-open') => void;
}): Breaker {
  const { now, settings = BREAKER, onChange } = tools;
  let state: 'closed' | 'open' | 'half-open' = 'closed';
  /** Rises with every change: calls that began under an older one have nothing to say any more. */
  let era = 0;
  let ends: { at: number; failed: boolean }[] = [];
  let failuresInARow = 0;
  let reopened = 0;
  let openUntil = 0;
  let probing = false;
  let probed = 0;

  function become(next: typeof state): void {
    state = next;
    era++;
    ends = [];
    failuresInARow = 0;
    probing = false;
    probed = 0;
    onChange?.(next);
  }

  function open(): void {
    openUntil = now() + Math.min(settings.longestMs, settings.openMs * 2 ** reopened);
    reopened++;
    become('open');
  }

  /** Time alone opens it half. */
  function look(): typeof state {
    if (state === 'open' && now() >= openUntil) become('half-open');
    return state;
  }

  function end(failed: boolean): void {
    if (state === 'half-open') {
      probing = false;
      if (failed) return open();
      if (++probed < settings.probes) return;
      reopened = 0;
      return become('closed');
    }
    failuresInARow = failed ? failuresInARow + 1 : 0;
    ends = [...ends, { at: now(), failed }].slice(-settings.of);
    const recent = ends.filter(({ at, failed }) => failed && at > now() - settings.withinMs).length;
    if (failuresInARow >= settings.inARow || recent >= settings.share * settings.of) open();
  }

  const allows = (): boolean => {
    const seen = look();
    return seen === 'closed' || (seen === 'half-open' && !probing);
  };

  return {
    state: look,
    allows,
    enter() {
      if (!allows()) return null;
      const begun = era;
      let settled = false;
      if (state === 'half-open') probing = true;
      const settle = (heard: () => void) => (): void => {
        if (settled) return;
        settled = true;
        if (begun === era) heard();
      };
      return {
        succeeded: settle(() => end(false)),
        failed: settle(() => end(true)),
        abandoned: settle(() => void (probing = false)),
      };
    },
  };
}
