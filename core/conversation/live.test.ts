import { createLocalLive } from './live.ts';

const typing = { type: 'typing', sessionId: 's', author: 'customer' } as const;

test('whoever listens hears, until he stops', () => {
  const heard: string[] = [];
  const live = createLocalLive(() => {});
  const stop = live.subscribe(({ type }) => void heard.push(`a ${type}`));
  live.subscribe(({ type }) => void heard.push(`b ${type}`));
  live.publish(typing);
  stop();
  live.publish(typing);
  expect(heard).toEqual(['a typing', 'b typing', 'b typing']);
});

test('a listener that throws hurts neither the others nor whoever told it', () => {
  const errors: unknown[] = [];
  const heard: string[] = [];
  const live = createLocalLive((error) => void errors.push(error));
  live.subscribe(() => {
    throw new Error('mine alone');
  });
  live.subscribe(({ type }) => void heard.push(type));
  live.publish(typing);
  expect(heard).toEqual(['typing']);
  expect(errors).toEqual([new Error('mine alone')]);
});
