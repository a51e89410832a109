import * as fc from 'fast-check';
import { backoff, createConnection, type Line } from './connection.ts';
import { createClock } from './testing/clock.ts';
import { createFakeLine } from './testing/fake-line.ts';

function setUp(random = () => 1) {
  const clock = createClock();
  const line = createFakeLine();
  const lines: Line[] = [];
  const frames: string[] = [];
  const doubts: string[] = [];
  let expired = 0;
  const connection = createConnection({
    openSocket: line.open,
    hello: () => ({ type: 'hello', token: 't', after: 7, protocol: 1 }),
    timers: clock,
    random,
    onFrame: (frame) => frames.push(frame.type),
    onLine: (state) => lines.push(state),
    onExpired: () => expired++,
    onDoubt: (why) => doubts.push(why),
  });
  return { clock, line, lines, frames, doubts, connection, expired: () => expired };
}

test('the client speaks first and is online with the welcome', () => {
  const { connection, line, lines } = setUp();
  connection.start();
  expect(line.accept()).toEqual({ type: 'hello', token: 't', after: 7, protocol: 1 });
  expect(connection.send({ type: 'typing' })).toBe(false);
  line.tell({ type: 'welcome', sessionId: 's', state: 'bot', head: 0, heartbeatSeconds: 25 });
  expect(lines).toEqual(['connecting', 'online']);
  expect(connection.send({ type: 'typing' })).toBe(true);
});

test('delays grow from 0.5 to 30 s and are drawn from the whole range', () => {
  expect([0, 1, 2, 3, 6, 20].map((failures) => backoff(failures, () => 1))).toEqual([
    500, 1000, 2000, 4000, 30_000, 30_000,
  ]);
  fc.assert(
    fc.property(fc.nat(40), fc.double({ min: 0, max: 1, noNaN: true }), (failures, drawn) => {
      const delay = backoff(failures, () => drawn);
      expect(delay).toBeGreaterThanOrEqual(0);
      expect(delay).toBeLessThanOrEqual(30_000);
    }),
  );
});

test('a lost line is tried again, each time later', async () => {
  const { connection, line, clock } = setUp();
  connection.start();
  line.close();
  await clock.pass(499);
  expect(line.opened).toBe(1);
  await clock.pass(1);
  expect(line.opened).toBe(2);
  line.close();
  await clock.pass(999);
  expect(line.opened).toBe(2);
  await clock.pass(1);
  expect(line.opened).toBe(3);
});

test('a line that held is tried again quickly, however long the trouble before it was', async () => {
  const { connection, line, clock } = setUp();
  connection.start();
  for (let failure = 0; failure < 5; failure++) {
    line.close();
    await clock.pass(30_000);
  }
  line.welcome();
  await clock.pass(10_000);
  const before = line.opened;
  line.close(1012);
  await clock.pass(500);
  expect(line.opened).toBe(before + 1);
});

test('no welcome within ten seconds is a lost line', async () => {
  const { connection, line, clock } = setUp();
  connection.start();
  line.accept();
  await clock.pass(10_500);
  expect(line.opened).toBe(2);
});

test('an unknown token ends it and says so', async () => {
  const { connection, line, clock, expired } = setUp();
  connection.start();
  line.accept();
  line.close(4401);
  await clock.pass(60_000);
  expect(expired()).toBe(1);
  expect(line.opened).toBe(1);
});

test('a page that may not use the chat does not knock again', async () => {
  const { connection, line, clock, lines } = setUp();
  connection.start();
  line.close(4403);
  await clock.pass(60_000);
  expect(lines.at(-1)).toBe('refused');
  expect(line.opened).toBe(1);
  connection.network(true);
  expect(line.opened).toBe(1);
});

test('asked to go, it comes back when it was told to', async () => {
  const { connection, line, clock } = setUp();
  connection.start();
  line.welcome();
  line.tell({ type: 'goAway', afterMs: 3_000 });
  await clock.pass(2_999);
  expect(line.opened).toBe(1);
  await clock.pass(1);
  expect(line.opened).toBe(2);
});

test('without network nothing is tried; with it, at once', async () => {
  const { connection, line, clock, lines } = setUp();
  connection.start();
  line.welcome();
  connection.network(false);
  expect(lines.at(-1)).toBe('offline');
  expect(line.closedByClient).toBe(true);
  await clock.pass(60_000);
  expect(line.opened).toBe(1);
  connection.network(true);
  expect(line.opened).toBe(2);
});

test('a machine that slept connects anew', async () => {
  const { connection, line, clock } = setUp();
  connection.start();
  line.welcome();
  let asleep = 0;
  const { now } = clock;
  clock.now = () => now() + asleep;
  asleep = 3_600_000;
  await clock.pass(25_000);
  expect(line.opened).toBe(2);
});

test('two heartbeats of silence are a reason to ask', async () => {
  const { connection, line, clock, doubts } = setUp();
  connection.start();
  line.welcome();
  await clock.pass(25_000);
  line.tell({ type: 'typing', author: 'bot' });
  await clock.pass(25_000);
  expect(doubts).toEqual([]);
  await clock.pass(50_000);
  expect(doubts).toEqual(['quiet']);
});

test('three failures in a row are a reason to ask', async () => {
  const { connection, line, clock, doubts } = setUp();
  connection.start();
  for (let failure = 0; failure < 2; failure++) {
    line.close();
    await clock.pass(1_000);
  }
  expect(doubts).toEqual([]);
  line.close();
  expect(doubts).toEqual(['failing']);
});

test('what is no frame is passed over', () => {
  const { connection, line, frames } = setUp();
  connection.start();
  line.welcome();
  for (const data of ['{', 'null', '[]', '{"type":1}', new Blob(['x'])]) line.tellRaw(data);
  expect(frames).toEqual(['welcome']);
});

test('after stop nothing happens any more', async () => {
  const { connection, line, clock, lines } = setUp();
  connection.start();
  line.welcome();
  connection.stop();
  connection.network(false);
  connection.resume();
  await clock.pass(60_000);
  expect(lines.at(-1)).toBe('idle');
  expect(line.opened).toBe(1);
});
