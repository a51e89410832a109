import { createSecretKey } from 'node:crypto';
import { createBlindIndex } from './blind-index.ts';

const index = createBlindIndex(Buffer.alloc(32, 1));
const known = index('email', 'amy@example.com');

test('the same value of the same kind has the same index, from bytes and from a key', () => {
  expect(known).toHaveLength(32);
  expect(index('email', 'amy@example.com')).toEqual(known);
  expect(createBlindIndex(createSecretKey(Buffer.alloc(32, 1)))('email', 'amy@example.com')).toEqual(known);
});

test('another value, kind or key has another', () => {
  expect(index('email', 'bob@example.com')).not.toEqual(known);
  expect(index('phone', 'amy@example.com')).not.toEqual(known);
  expect(createBlindIndex(Buffer.alloc(32, 2))('email', 'amy@example.com')).not.toEqual(known);
});
