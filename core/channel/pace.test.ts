import { CAPABILITIES } from './capability.ts';
import { createPace } from './pace.ts';

test('a conversation gets its burst at once, then waits until the window has moved on', () => {
  let now = 0;
  const pace = createPace(() => now);
  const { count, seconds } = CAPABILITIES.telegram.limits.pace;
  for (let sent = 0; sent < count; sent++) {
    expect(pace.wait('a')).toBe(0);
    pace.went('a', 'telegram');
    now += 10;
  }
  expect(pace.wait('a')).toBe(seconds * 1_000 - count * 10);
  expect(pace.wait('b')).toBe(0);
  now = seconds * 1_000;
  expect(pace.wait('a')).toBe(0);
});

test('on the web nobody waits', () => {
  const pace = createPace(() => 0);
  for (let sent = 0; sent < 100; sent++) pace.went('a', 'web');
  expect(pace.wait('a')).toBe(0);
});

test('whoever was quiet longest is forgotten first', () => {
  const pace = createPace(() => 0);
  for (let sent = 0; sent < 5; sent++) pace.went('first', 'slack');
  for (let other = 0; other < 20_000; other++) pace.went(String(other), 'slack');
  expect(pace.wait('first')).toBe(0);
});
