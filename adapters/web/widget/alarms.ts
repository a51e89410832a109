import type { Timers } from './timers.ts';

/** Alarms by name: setting one again moves it, and one that rang is gone. */
export type Alarms = {
  set(name: string, ms: number, run: () => void): void;
  every(name: string, ms: number, run: () => void): void;
  has(name: string): boolean;
  cancel(name: string): void;
  cancelAll(): void;
};

export function createAlarms(timers: Timers): Alarms {
  const calls = new Map<string, () => void>();
  const cancel = (name: string): void => {
    calls.get(name)?.();
    calls.delete(name);
  };
  return {
    set(name, ms, run) {
      cancel(name);
      calls.set(
        name,
        timers.after(ms, () => {
          calls.delete(name);
          run();
        }),
      );
    },
    every(name, ms, run) {
      cancel(name);
      calls.set(name, timers.every(ms, run));
    },
    has: (name) => calls.has(name),
    cancel,
    cancelAll() {
      for (const name of calls.keys()) cancel(name);
    },
  };
}
