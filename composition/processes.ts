import { randomUUID } from 'node:crypto';
import { createHousekeeping } from '#adapters/bullmq/housekeeping.ts';
import { openQueues } from '#adapters/bullmq/queues.ts';
import { createBullWakeUps } from '#adapters/bullmq/wake-ups.ts';
import { createRedisLive } from '#adapters/redis/live.ts';
import { createRedisPresence } from '#adapters/redis/presence.ts';
import { createLocalWakeUps } from '#core/channel/wake-up.ts';
import { createLocalLive } from '#core/conversation/live.ts';
import { createPresence } from '#core/desk/presence.ts';
import type { Foundation } from './foundation.ts';
import type { Stops } from './stops.ts';

/** The ties between processes. */
export type Processes = Awaited<ReturnType<typeof connectProcesses>>;

/**
 * How processes tell each other that there is something to do or to see. The built-in database belongs to one process: there
 * a wake-up is a function call, and BullMQ does the housekeeping only.
 */
export async function connectProcesses({ configuration, database, onError }: Foundation, stops: Stops) {
  const { redisUrl } = configuration;
  const queues = await openQueues({
    backend: redisUrl ? { kind: 'redis', url: redisUrl } : { kind: 'postgres', connection: database.connection },
    onError,
  });
  stops.push(queues.close);
  const wakeUps = database.embedded ? createLocalWakeUps(onError) : createBullWakeUps({ queues, onError });
  stops.push(wakeUps.close);
  const here = { queues, wakeUps, housekeeping: createHousekeeping({ queues }), process: randomUUID() };
  const local = { live: createLocalLive(onError), presence: createPresence() };
  if (!redisUrl) return { ...here, ...local };
  const tools = { url: redisUrl, process: here.process, onError };
  const live = createRedisLive({ ...tools, local: local.live });
  const presence = createRedisPresence({ ...tools, local: local.presence, clock: () => performance.now() });
  stops.push(live.close, presence.close);
  return { ...here, live, presence };
}
