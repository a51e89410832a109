import { createChoiceCache } from './choice-cache.ts';

const choice = (intent: string) => ({ intent, slots: {} });

test('what was not asked for longest is forgotten first', () => {
  const cache = createChoiceCache(2);
  cache.set('a', choice('a'));
  cache.set('b', choice('b'));
  expect(cache.get('a')).toEqual(choice('a'));
  cache.set('c', choice('c'));
  expect(cache.get('b')).toBeUndefined();
  expect(cache.get('a')).toEqual(choice('a'));
  expect(cache.get('c')).toEqual(choice('c'));
});

test('a later choice takes the place of an earlier one', () => {
  const cache = createChoiceCache(2);
  cache.set('a', choice('a'));
  cache.set('a', choice('b'));
  expect(cache.get('a')).toEqual(choice('b'));
});
