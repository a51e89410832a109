import { gather } from './gather.ts';

test('calls of one tick share a statement, and each gets its own answer', async () => {
  const batches: number[][] = [];
  const double = gather(async (calls: readonly number[]) => {
    batches.push([...calls]);
    return calls.map((call) => call * 2);
  });
  expect(await Promise.all([1, 2, 3].map(double))).toEqual([2, 4, 6]);
  expect(batches).toEqual([[1, 2, 3]]);
});

test('while two statements are under way, what comes gathers for the next', async () => {
  const batches: number[] = [];
  const finish: (() => void)[] = [];
  const slow = gather(async (calls: readonly number[]) => {
    batches.push(calls.length);
    await new Promise<void>((resolve) => void finish.push(resolve));
    return calls;
  });
  const tick = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));
  const done = [slow(1)];
  await tick();
  done.push(slow(2));
  await tick();
  done.push(slow(3), slow(4));
  await tick();
  expect(batches).toEqual([1, 1]);
  finish[0]!();
  await tick();
  await tick();
  expect(batches).toEqual([1, 1, 2]);
  for (const each of finish) each();
  expect(await Promise.all(done)).toEqual([1, 2, 3, 4]);
});

test('more than one statement can take are several', async () => {
  const batches: number[] = [];
  const same = gather(async (calls: readonly number[]) => {
    batches.push(calls.length);
    return calls;
  });
  const calls = Array.from({ length: 150 }, (_, index) => index);
  expect(await Promise.all(calls.map(same))).toEqual(calls);
  expect(batches).toEqual([64, 64, 22]);
});

test('a statement that fails fails for all its calls, and the next one runs', async () => {
  let away = true;
  const flaky = gather(async (calls: readonly number[]) => {
    if (away) throw new Error('away');
    return calls;
  });
  const failed = await Promise.allSettled([flaky(1), flaky(2)]);
  expect(failed.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  away = false;
  expect(await flaky(3)).toBe(3);
});
