import { atMost } from './at-most.ts';

test('no more than so many run at once, and the others come in their order, whatever becomes of those before', async () => {
  const run = atMost(2);
  const began: number[] = [];
  const ends: PromiseWithResolvers<number>[] = [];
  const work = (n: number) => (): Promise<number> => {
    began.push(n);
    return (ends[n] = Promise.withResolvers<number>()).promise;
  };
  const settled = (promise: Promise<number>) => promise.catch((error: unknown) => error);
  const all = [0, 1, 2, 3, 4].map((n) => settled(run(work(n))));
  expect(began).toEqual([0, 1]);
  ends[1]!.reject(new Error('no'));
  await all[1];
  expect(began).toEqual([0, 1, 2]);
  ends[0]!.resolve(10);
  ends[2]!.resolve(12);
  await Promise.all([all[0], all[2]]);
  expect(began).toEqual([0, 1, 2, 3, 4]);
  ends[3]!.resolve(13);
  ends[4]!.resolve(14);
  expect(await Promise.all(all)).toEqual([10, new Error('no'), 12, 13, 14]);
});
