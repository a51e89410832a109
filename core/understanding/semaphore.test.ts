import { createSemaphore } from './semaphore.ts';

/** A semaphore whose patience ends when the test says so. */
function semaphore(places: number, line: number) {
  const patience: AbortController[] = [];
  const made = createSemaphore({
    places,
    line,
    waitMs: 1_000,
    within: () => {
      const controller = new AbortController();
      patience.push(controller);
      return controller.signal;
    },
  });
  return { ...made, patience };
}
const never = new AbortController().signal;

test('as many come in as there are places, the next ones in their order', async () => {
  const { enter, load } = semaphore(2, 2);
  const first = await enter(never);
  await enter(never);
  const order: string[] = [];
  const third = enter(never).then((leave) => (order.push('third'), leave));
  const fourth = enter(never).then((leave) => (order.push('fourth'), leave));
  expect(load()).toEqual({ inside: 2, waiting: 2 });
  first();
  (await third)();
  (await fourth)();
  expect(order).toEqual(['third', 'fourth']);
  expect(load()).toEqual({ inside: 1, waiting: 0 });
});

test('when the line is full nobody waits', async () => {
  const { enter, hasRoom } = semaphore(1, 1);
  await enter(never);
  expect(hasRoom()).toBe(true);
  void enter(never).catch(() => {});
  expect(hasRoom()).toBe(false);
  await expect(enter(never)).rejects.toMatchObject({ name: 'Busy', reason: 'full' });
});

test('who has waited as long as one may goes without, and leaves no gap', async () => {
  const { enter, patience, load } = semaphore(1, 2);
  const leave = await enter(never);
  const late = enter(never);
  const next = enter(never);
  patience[0]!.abort();
  await expect(late).rejects.toMatchObject({ name: 'Busy', reason: 'late' });
  leave();
  (await next)();
  expect(load()).toEqual({ inside: 0, waiting: 0 });
});

test('a caller who goes away leaves the line', async () => {
  const { enter, load } = semaphore(1, 1);
  await enter(never);
  const caller = new AbortController();
  const waiting = enter(caller.signal);
  caller.abort(new Error('the customer wrote again'));
  await expect(waiting).rejects.toThrow('the customer wrote again');
  expect(load()).toEqual({ inside: 1, waiting: 0 });
  await expect(enter(caller.signal)).rejects.toThrow('the customer wrote again');
});

test('leaving twice frees one place', async () => {
  const { enter, load } = semaphore(2, 0);
  const leave = await enter(never);
  await enter(never);
  leave();
  leave();
  expect(load().inside).toBe(1);
});
