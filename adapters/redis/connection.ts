import { Redis } from 'ioredis';

/** Our keys and channels in a Redis that others use too. */
export const named = (name: string): string => `frontdesk:${name}`;

/** ioredis waits so long for a socket to end, even for one that has: it keeps the process from ending. */
const HANG_UP_MS = 200;

/**
 * A connection that never makes its callers wait: while Redis is away every command fails at once, and it reconnects by
 * itself. Trouble is told once until Redis is there again.
 */
export function connect(url: string, onError: (error: unknown) => void): Redis {
  const client = new Redis(url, { enableOfflineQueue: false, maxRetriesPerRequest: 0, disconnectTimeout: HANG_UP_MS });
  let told = false;
  client.on('error', (error) => {
    if (told) return;
    told = true;
    onError(
      new Error(`Redis is away (${error.message}): processes do not hear each other until it is back.`, {
        cause: error,
      }),
    );
  });
  client.on('ready', () => {
    told = false;
  });
  return client;
}
