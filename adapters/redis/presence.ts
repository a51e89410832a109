import { z } from 'zod';
import type { Presence } from '#core/desk/presence.ts';
import { connect, named } from './connection.ts';

/** One field for each process: who has a socket there, and when it last said so by Redis' clock. */
const PRESENT = named('presence');
/** One field for each agent who is away, whichever process was told. */
const AWAY = named('presence:away');
const Said = z.object({ at: z.number(), agents: z.array(z.string()) });

const EVERY_MS = 5_000;
/** A process that was quiet for so many beats is gone. */
const BEATS_MISSED = 3;
/** A Redis that we left forgets us. */
const FORGET_SECONDS = 3_600;

/** Agents at the desk, in all processes. */
export type RedisPresence = Presence & {
  /** Says who is here and reads who is elsewhere; it does so by itself every few seconds. Never rejects. */
  beat(): Promise<void>;
  /** Takes this process out of the count. */
  close(): Promise<void>;
};

/**
 * Each process tells Redis every few seconds who is at its sockets; `online` is the union, without those who are away. While
 * Redis is away it is what `local` counts in this process alone. `process` names this one; `clock` in milliseconds that never go
 * back.
 */
export function createRedisPresence(tools: {
  url: string;
  local: Presence;
  process: string;
  clock: () => number;
  onError: (error: unknown) => void;
  everyMs?: number;
}): RedisPresence {
  const { local, clock, everyMs = EVERY_MS } = tools;
  const client = connect(tools.url, tools.onError);
  const livesMs = everyMs * BEATS_MISSED;
  const sockets = new Map<string, number>();
  let elsewhere = new Set<string>();
  let away = new Set<string>();
  /** Who said that they are away or back, as long as Redis does not know it. */
  const untold = new Map<string, 'online' | 'away'>();
  let readAt: number | undefined;
  let beating: Promise<void> | undefined;
  let again = false;

  async function exchange(): Promise<void> {
    const [seconds = 0, micros = 0] = (await client.time()).map(Number);
    const now = seconds * 1_000 + Math.floor(micros / 1_000);
    const telling = new Map(untold);
    const exchanging = client
      .multi()
      .hset(PRESENT, tools.process, JSON.stringify({ at: now, agents: [...sockets.keys()] }))
      .expire(PRESENT, FORGET_SECONDS);
    for (const [agent, status] of telling)
      if (status === 'away') exchanging.hset(AWAY, agent, '1');
      else exchanging.hdel(AWAY, agent);
    const results = await exchanging.expire(AWAY, FORGET_SECONDS).hgetall(PRESENT).hkeys(AWAY).exec();
    const present = (results?.at(-2)?.[1] ?? {}) as Record<string, string>;
    const awayNow = (results?.at(-1)?.[1] ?? []) as string[];
    for (const [agent, status] of telling) if (untold.get(agent) === status) untold.delete(agent);
    const others = new Set<string>();
    const gone: string[] = [];
    for (const [process, text] of Object.entries(present)) {
      if (process === tools.process) continue;
      const said = Said.safeParse(JSON.parse(text));
      if (!said.success || now - said.data.at > livesMs) gone.push(process);
      else for (const agent of said.data.agents) others.add(agent);
    }
    if (gone.length) await client.hdel(PRESENT, ...gone);
    const left = awayNow.filter((agent) => !sockets.has(agent) && !others.has(agent));
    if (left.length) await client.hdel(AWAY, ...left); // whoever comes back is here
    elsewhere = others;
    away = new Set(awayNow);
    // What was said while this went on stands.
    for (const [agent, status] of untold)
      if (status === 'away') away.add(agent);
      else away.delete(agent);
    readAt = clock();
  }

  async function beatUntilQuiet(): Promise<void> {
    do {
      again = false;
      try {
        await exchange();
      } catch {
        // The connection tells of its trouble; the local count answers meanwhile.
      }
    } while (again);
    beating = undefined;
  }

  /** What comes while one is under way is part of one more. */
  function beat(): Promise<void> {
    again = beating !== undefined;
    beating ??= beatUntilQuiet();
    return beating;
  }

  client.on('ready', () => void beat());
  const timer = setInterval(() => void beat(), everyMs).unref();
  return {
    arrive(agentId) {
      local.arrive(agentId);
      sockets.set(agentId, (sockets.get(agentId) ?? 0) + 1);
      void beat();
    },
    leave(agentId) {
      local.leave(agentId);
      const left = (sockets.get(agentId) ?? 1) - 1;
      if (left > 0) sockets.set(agentId, left);
      else sockets.delete(agentId);
      void beat();
    },
    set(agentId, status) {
      local.set(agentId, status);
      if (status === 'away') away.add(agentId);
      else away.delete(agentId);
      untold.set(agentId, status);
      void beat();
    },
    online() {
      if (readAt === undefined || clock() - readAt > livesMs) return local.online();
      const agents = new Set([...sockets.keys(), ...elsewhere]);
      return [...agents].filter((agent) => !away.has(agent)).length;
    },
    beat,
    async close() {
      clearInterval(timer);
      await beating;
      await client.hdel(PRESENT, tools.process).catch(() => {});
      client.disconnect();
    },
  };
}
