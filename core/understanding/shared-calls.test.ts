import { createSharedCalls, untilAborted } from './shared-calls.ts';

const never = new AbortController().signal;
const fail = (): Promise<string> => Promise.reject(new Error('broken'));

test('equal questions at the same time cost one call, later ones another', async () => {
  const shared = createSharedCalls<number>();
  let calls = 0;
  const call = async (): Promise<number> => ++calls;
  expect(await Promise.all([shared('a', never, call), shared('a', never, call), shared('b', never, call)])).toEqual([
    1, 1, 2,
  ]);
  expect(await shared('a', never, call)).toBe(3);
});

test('the call goes on while one caller waits, and is aborted when the last has left', async () => {
  const shared = createSharedCalls<string>();
  const { promise, resolve } = Promise.withResolvers<string>();
  let signal: AbortSignal | undefined;
  const call = (given: AbortSignal): Promise<string> => {
    signal = given;
    return promise;
  };
  const [one, two] = [new AbortController(), new AbortController()];
  const first = shared('a', one.signal, call);
  const second = shared('a', two.signal, call);
  one.abort(new Error('gone'));
  await expect(first).rejects.toThrow('gone');
  expect(signal!.aborted).toBe(false);
  two.abort(new Error('gone too'));
  await expect(second).rejects.toThrow('gone too');
  expect(signal!.aborted).toBe(true);

  resolve('late');
  await expect(shared('a', never, async () => 'asked anew')).resolves.toBe('asked anew');
});

test('all who wait hear of a failure', async () => {
  const shared = createSharedCalls<string>();
  const both = await Promise.allSettled([shared('a', never, fail), shared('a', never, fail)]);
  expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
});

test('waiting ends with the signal, whatever the promise does', async () => {
  const abort = new AbortController();
  const waiting = untilAborted(new Promise(() => {}), abort.signal);
  abort.abort(new Error('late'));
  await expect(waiting).rejects.toThrow('late');
  await expect(untilAborted(new Promise(() => {}), abort.signal)).rejects.toThrow('late');
});
