import { createSweeper } from './sweeper.ts';

/** A sweeper over lists that can be changed; turns end when they are told to. */
function prepare(more: Partial<Parameters<typeof createSweeper>[0]> = {}) {
  const found = { pending: [] as string[], alarms: [] as string[] };
  const begun: string[] = [];
  const ends: (() => void)[] = [];
  const errors: unknown[] = [];
  const sweeper = createSweeper({
    store: {
      pending: async (limit) => found.pending.slice(0, limit),
      dueAlarms: async (limit) => found.alarms.slice(0, limit),
    },
    run: (id) => {
      begun.push(id);
      return new Promise((resolve) => void ends.push(resolve));
    },
    also: [],
    everyMs: 1,
    onError: (error) => void errors.push(error),
    ...more,
  });
  return { sweeper, found, begun, ends, errors };
}

test('what waits and what rings is begun, each once however often it is found', async () => {
  const { sweeper, found, begun, ends } = prepare();
  found.pending = ['a', 'b'];
  found.alarms = ['b', 'c'];
  await sweeper.sweep();
  await sweeper.sweep();
  expect(begun).toEqual(['a', 'b', 'c']);
  ends.forEach((end) => end());
  await new Promise((resolve) => setImmediate(resolve));
  await sweeper.sweep();
  expect(begun).toEqual(['a', 'b', 'c', 'a', 'b', 'c']);
});

test('turns that think do not hold up the next round, and never are there too many of them', async () => {
  const { sweeper, found, begun } = prepare();
  found.pending = Array.from({ length: 500 }, (_, n) => `busy-${n}`);
  await sweeper.sweep();
  expect(begun).toHaveLength(200);
  found.alarms = ['alarm'];
  await sweeper.sweep();
  expect(begun).toHaveLength(200);
});

test('a part that fails is told, and keeps no other from its round', async () => {
  const looked: string[] = [];
  const { sweeper, begun, found, errors } = prepare({
    also: [
      async () => {
        looked.push('desk');
        throw new Error('the desk');
      },
      async () => looked.push('lanes'),
    ],
  });
  found.pending = ['a'];
  await sweeper.sweep();
  expect(looked).toEqual(['desk', 'lanes']);
  expect(begun).toEqual(['a']);
  expect(errors).toEqual([new Error('the desk')]);
});

test('a database that is away ends nothing: the next round comes', async () => {
  let rounds = 0;
  const third = Promise.withResolvers<void>();
  const { sweeper, errors } = prepare({
    store: {
      pending: async () => {
        if (++rounds === 3) third.resolve();
        throw new Error('away');
      },
      dueAlarms: async () => [],
    },
  });
  sweeper.start();
  await third.promise;
  await sweeper.stop();
  expect(errors.length).toBeGreaterThanOrEqual(2);
});

test('once stopped it looks no more; the round under way ends first', async () => {
  const looking = Promise.withResolvers<void>();
  const look = Promise.withResolvers<void>();
  let rounds = 0;
  const { sweeper } = prepare({
    also: [
      async () => {
        rounds++;
        looking.resolve();
        await look.promise;
      },
    ],
  });
  sweeper.start();
  await looking.promise;
  const stopping = sweeper.stop();
  look.resolve();
  await stopping;
  sweeper.start();
  await new Promise((resolve) => setTimeout(resolve, 10));
  expect(rounds).toBe(1);
});
