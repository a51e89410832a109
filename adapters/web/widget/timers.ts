/** The clock and its alarms, in milliseconds. Each alarm returns how to call it off. */
export type Timers = {
  now: () => number;
  after: (ms: number, run: () => void) => () => void;
  every: (ms: number, run: () => void) => () => void;
};

/** The browser's own. */
export const browserTimers: Timers = {
  now: () => Date.now(),
  after(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
  every(ms, run) {
    const timer = setInterval(run, ms);
    return () => clearInterval(timer);
  },
};
