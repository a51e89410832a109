import { createFakeServer, type FakeServer } from '../../testing/fake-server.ts';
import { uuid } from '../../testing/fixtures.ts';
import { createLive, type LiveStatus } from './live.ts';

let server: FakeServer;
let waits: { work: () => void; ms: number }[];
let fails: boolean;

function line() {
  return createLive({
    open: server.open,
    token: async () => {
      if (fails) throw new Error('no token');
      return 'access-1';
    },
    later(work, ms) {
      const wait = { work, ms };
      waits.push(wait);
      return () => {
        waits = waits.filter((one) => one !== wait);
      };
    },
    random: () => 0.5,
  });
}
const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 5; turn++) await Promise.resolve();
};

beforeEach(() => {
  server = createFakeServer();
  waits = [];
  fails = false;
});

test('says hello with the token, and watches from where the conversation is known to', async () => {
  const live = line();
  let known = 4;
  live.watch(uuid(1), () => known);
  live.start();
  await settle();
  expect(live.status()).toBe('on');
  expect(server.heard).toEqual([
    { type: 'hello', token: 'access-1' },
    { type: 'watch', sessionId: uuid(1), after: 4 },
  ]);
  known = 9;
  server.hangUp();
  waits[0]?.work();
  await settle();
  expect(server.heard.at(-1)).toEqual({ type: 'watch', sessionId: uuid(1), after: 9 });
});

test('tries again after longer and longer waits, up to a limit, and anew after a success', async () => {
  const live = line();
  fails = true;
  live.start();
  for (let attempt = 0; attempt < 7; attempt++) {
    await settle();
    waits.at(-1)?.work();
  }
  await settle();
  expect(waits.map(({ ms }) => ms)).toEqual([375, 750, 1500, 3000, 6000, 11_250, 11_250, 11_250]);
  fails = false;
  waits.at(-1)?.work();
  await settle();
  server.hangUp();
  expect(waits.at(-1)?.ms).toBe(375);
});

test('stopped, it neither hears nor tries again', async () => {
  const live = line();
  const seen: LiveStatus[] = [];
  live.onStatus(() => seen.push(live.status()));
  live.start();
  await settle();
  live.stop();
  await settle();
  expect(seen).toEqual(['connecting', 'on', 'off']);
  expect(waits).toEqual([]);
  live.send({ type: 'typing', sessionId: uuid(1) });
  expect(server.heard.map(({ type }) => type)).toEqual(['hello']);
});

test('a conversation that two panes watch is let go with the last of them', async () => {
  const live = line();
  live.start();
  await settle();
  const [first, second] = [live.watch(uuid(1), () => 0), live.watch(uuid(1), () => 0)];
  first();
  expect(server.heard.map(({ type }) => type)).not.toContain('unwatch');
  second();
  expect(server.heard.at(-1)).toEqual({ type: 'unwatch', sessionId: uuid(1) });
});
