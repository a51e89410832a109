import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { startRedis, type TestRedis } from '#test/support/redis.ts';
import { createPresence } from '#core/desk/presence.ts';
import { createRedisPresence, type RedisPresence } from './presence.ts';

let redis: TestRedis | null;
const made: RedisPresence[] = [];
beforeAll(async () => {
  redis = await startRedis();
});
afterEach(() => Promise.all(made.splice(0).map((presence) => presence.close())));
afterAll(async () => {
  await redis?.stop();
});

const EVERY_MS = 50;
function process(url: string, clock = () => performance.now()): RedisPresence {
  const presence = createRedisPresence({
    url,
    local: createPresence(),
    process: randomUUID(),
    clock,
    onError: () => {},
    everyMs: EVERY_MS,
  });
  made.push(presence);
  return presence;
}
async function until(what: () => boolean): Promise<void> {
  const end = performance.now() + 10_000;
  while (!what()) {
    if (performance.now() > end) throw new Error('It did not happen within 10 s.');
    await pause(5);
  }
}

test('agents of all processes count, each once', async () => {
  if (!redis) return; // none on this machine, and none required
  const [one, two] = [process(redis.url), process(redis.url)];
  one.arrive('amy');
  two.arrive('amy');
  two.arrive('ben');
  await until(() => one.online() === 2 && two.online() === 2);
  two.leave('ben');
  await until(() => one.online() === 1);
  two.leave('amy');
  await pause(EVERY_MS * 2);
  expect(one.online()).toBe(1);
});

test('who is away is away everywhere, until they say otherwise or come back', async () => {
  if (!redis) return;
  const [one, two] = [process(redis.url), process(redis.url)];
  one.arrive('amy');
  two.arrive('amy');
  await until(() => one.online() === 1 && two.online() === 1);
  one.set('amy', 'away');
  expect(one.online()).toBe(0);
  await until(() => two.online() === 0);
  two.set('amy', 'online');
  await until(() => one.online() === 1);
  one.set('amy', 'away');
  await until(() => two.online() === 0);
  one.leave('amy');
  two.leave('amy');
  await pause(EVERY_MS * 3);
  two.arrive('amy');
  await until(() => one.online() === 1);
});

test('a process that died is forgotten after a few beats', async () => {
  if (!redis) return;
  const one = process(redis.url);
  const dying = createRedisPresence({
    url: redis.url,
    local: createPresence(),
    process: randomUUID(),
    clock: () => performance.now(),
    onError: () => {},
    everyMs: 600_000, // it will not beat again
  });
  dying.arrive('ben');
  await until(() => one.online() === 1);
  await until(() => one.online() === 0);
  await dying.close();
});

test('while Redis is away the agents of this process count', async () => {
  if (!redis) return;
  const own = (await startRedis())!;
  const [one, two] = [process(own.url), process(own.url)];
  one.arrive('amy');
  two.arrive('ben');
  await until(() => one.online() === 2);
  await own.stop();
  await until(() => one.online() === 1);
  one.arrive('cat');
  expect(one.online()).toBe(2);
  one.set('cat', 'away');
  expect(one.online()).toBe(1);
});
