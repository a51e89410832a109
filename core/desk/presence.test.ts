import { createPresence } from './presence.ts';

test('an agent is there as long as one of his sockets is, and he is not away', () => {
  const presence = createPresence();
  presence.arrive('a');
  presence.arrive('a');
  presence.arrive('b');
  expect(presence.online()).toBe(2);
  presence.set('b', 'away');
  expect(presence.online()).toBe(1);
  presence.leave('a');
  presence.leave('b');
  expect(presence.online()).toBe(1);
  presence.arrive('b');
  expect(presence.online()).toBe(2);
  presence.set('b', 'away');
  presence.set('b', 'online');
  presence.leave('a');
  presence.leave('nobody');
  expect(presence.online()).toBe(1);
});
