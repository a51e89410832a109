import { createLocalWakeUps, type WakeUps } from './wake-up.ts';

let errors: unknown[];
let wakeUps: WakeUps;
beforeEach(() => {
  errors = [];
  wakeUps = createLocalWakeUps((error) => void errors.push(error));
});

test('whoever works on it hears at once, with the conversation’s id', () => {
  const heard: string[] = [];
  wakeUps.work('turn', async (id) => void heard.push(`turn ${id}`));
  wakeUps.work('delivery', async (id) => void heard.push(`delivery ${id}`));
  wakeUps.wake('turn', 'a');
  wakeUps.wake('delivery', 'b');
  expect(heard).toEqual(['turn a', 'delivery b']);
});

test('a wake-up that nobody works on, or that fails, does no harm', async () => {
  wakeUps.wake('turn', 'a');
  wakeUps.work('turn', async () => {
    throw new Error('away');
  });
  wakeUps.work('delivery', () => {
    throw new Error('at once');
  });
  wakeUps.wake('turn', 'a');
  wakeUps.wake('delivery', 'a');
  await wakeUps.close();
  expect(errors).toEqual([new Error('at once'), new Error('away')]);
});

test('closing waits for what is under way, and wakes nobody any more', async () => {
  let done = 0;
  let finish = (): void => {};
  wakeUps.work('turn', async () => {
    await new Promise<void>((resolve) => {
      finish = resolve;
    });
    done++;
  });
  wakeUps.wake('turn', 'a');
  const closed = wakeUps.close();
  wakeUps.wake('turn', 'b');
  finish();
  await closed;
  expect(done).toBe(1);
});
