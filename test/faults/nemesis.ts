import { setTimeout as pause } from 'node:timers/promises';
import { signal, type Fleet } from './fleet.ts';
import type { Random } from './random.ts';

/** What is done to a running system, and how often. */
export type Blows = {
  /** `kill -9` of a process of Frontdesk, drawn by chance. */
  kill: number;
  /** SIGSTOP, and SIGCONT one to six seconds later. */
  freeze: number;
  /** A freeze longer than a turn's lease: what was under way is taken over, and its late commit must be refused. */
  'long freeze': number;
  /** PostgreSQL is told to restart: open transactions are rolled back. */
  'postgres fast': number;
  /** PostgreSQL drops everything at once, and recovers from its log. */
  'postgres immediate': number;
  /** `kill -9` of its first process. */
  'postgres kill': number;
  /** `kill -9` of the process behind one connection: PostgreSQL then resets all of them. */
  'backend kill': number;
  /** FLUSHALL. */
  'redis flush': number;
};

/** One blow, `at` milliseconds after the beginning. */
export type Blow = { at: number; kind: keyof Blows };

/** How blows other than those against the fleet are dealt. */
export type Weapons = {
  fleet: Fleet;
  postmaster: () => number | undefined;
  backends: () => Promise<readonly number[]>;
  flushRedis: () => Promise<void>;
};

/** How long a kill waits for processes to be ready. */
const MOST_MERCY_MS = 6_000;
const LONG_FREEZE_MS = [16_500, 18_500] as const;

/** Spreads the blows over `durationMs`, each kind evenly and each blow moved by chance; the end is left quiet for long freezes. */
export function planBlows(blows: Blows, durationMs: number, random: Random): Blow[] {
  return (Object.entries(blows) as [keyof Blows, number][])
    .flatMap(([kind, count]) => {
      const span = kind === 'long freeze' ? Math.max(0, durationMs - LONG_FREEZE_MS[1]) : durationMs;
      return Array.from({ length: count }, (_, index) => ({ kind, at: ((index + random.next()) * span) / count }));
    })
    .sort((a, b) => a.at - b.at);
}

/** Deals the blows when their time comes. Resolves after the last one, with how many of each were dealt. */
export async function strike(plan: readonly Blow[], weapons: Weapons, random: Random): Promise<Blows> {
  const dealt: Blows = {
    kill: 0,
    freeze: 0,
    'long freeze': 0,
    'postgres fast': 0,
    'postgres immediate': 0,
    'postgres kill': 0,
    'backend kill': 0,
    'redis flush': 0,
  };
  const began = performance.now();
  for (const { at, kind } of plan) {
    const wait = began + at - performance.now();
    if (wait > 0) await pause(wait);
    if (await deal(kind, weapons, random)) dealt[kind]++;
  }
  return dealt;
}

async function deal(kind: keyof Blows, weapons: Weapons, random: Random): Promise<boolean> {
  const { fleet } = weapons;
  switch (kind) {
    case 'kill': {
      // One kill in five meets whoever it meets, a process that is just starting for example. The others find a system at
      // work: on a busy machine, where a start takes long, there would else be nobody to kill anything under.
      if (random.next() < 0.8) await atWork(fleet, random);
      const victim = await someone(() => fleet.slots.filter(({ pid }) => pid !== undefined), random);
      fleet.kill(victim);
      return true;
    }
    case 'freeze':
    case 'long freeze': {
      const turning = (role: string): boolean => kind === 'freeze' || role !== 'api';
      const victim = await someone(
        () => fleet.slots.filter(({ ready, frozen, role }) => ready && !frozen && turning(role)),
        random,
      );
      fleet.freeze(victim, kind === 'freeze' ? random.between(1_000, 6_000) : random.between(...LONG_FREEZE_MS));
      return true;
    }
    case 'postgres fast':
      return signal(weapons.postmaster(), 'SIGINT');
    case 'postgres immediate':
      return signal(weapons.postmaster(), 'SIGQUIT');
    case 'postgres kill':
      return signal(weapons.postmaster(), 'SIGKILL');
    case 'backend kill': {
      const backends = await weapons.backends().catch(() => []);
      return backends.length > 0 && signal(random.pick(backends), 'SIGKILL');
    }
    case 'redis flush':
      await weapons.flushRedis();
      return true;
  }
}

/** Waits until half of the processes are ready, or all of them have had their time; one that is alone then works for a while. */
async function atWork({ slots }: Fleet, random: Random): Promise<void> {
  const end = performance.now() + MOST_MERCY_MS;
  while (performance.now() < end && slots.filter(({ ready }) => !ready).length * 2 > slots.length) await pause(20);
  if (slots.length === 1) await pause(random.between(0, 1_500));
}

/** Draws one; waits for the next when all are down this very moment. */
async function someone<T>(who: () => readonly T[], random: Random): Promise<T> {
  for (;;) {
    const all = who();
    if (all.length > 0) return random.pick(all);
    await pause(20);
  }
}
