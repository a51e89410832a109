import type { Timers } from '../timers.ts';

/** Timers that only move when told to. */
export type Clock = Timers & { pass(ms: number): Promise<void> };

export function createClock(start = Date.parse('2026-11-24T13:40:00+08:00')): Clock {
  let now = start;
  let next = 0;
  const alarms = new Map<number, { at: number; every: number | null; run: () => void }>();
  const set = (ms: number, every: number | null, run: () => void): (() => void) => {
    const id = next++;
    alarms.set(id, { at: now + ms, every, run });
    return () => void alarms.delete(id);
  };
  return {
    now: () => now,
    after: (ms, run) => set(ms, null, run),
    every: (ms, run) => set(ms, ms, run),
    async pass(ms) {
      const end = now + ms;
      for (;;) {
        const due = [...alarms].filter(([, alarm]) => alarm.at <= end).sort(([, a], [, b]) => a.at - b.at)[0];
        if (!due) break;
        const [id, alarm] = due;
        now = Math.max(now, alarm.at);
        if (alarm.every === null) alarms.delete(id);
        else alarm.at += alarm.every;
        alarm.run();
        await settle();
      }
      now = end;
      await settle();
    },
  };
}

/** Lets everything that was promised happen. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}
