import { decideRefresh, refreshLifetimes, successorOf, type RefreshRecord } from './refresh.ts';

const now = new Date('2026-10-05T08:00:00.000Z');
const at = (ms: number): Date => new Date(now.getTime() + ms);
const fresh: RefreshRecord = {
  usedAt: null,
  successorUsedAt: null,
  revokedAt: null,
  idleExpiresAt: at(1_000),
  absoluteExpiresAt: at(5_000),
};

test.each<[string, RefreshRecord | null, ReturnType<typeof decideRefresh>]>([
  ['an unused token is rotated', fresh, { kind: 'rotate' }],
  ['an unknown token is refused', null, { kind: 'refuse', reason: 'unknown' }],
  ['a token of an ended family is refused', { ...fresh, revokedAt: at(-1) }, { kind: 'refuse', reason: 'revoked' }],
  ['an idle token is refused', { ...fresh, idleExpiresAt: now }, { kind: 'refuse', reason: 'expired' }],
  ['no token outlives its family', { ...fresh, absoluteExpiresAt: now }, { kind: 'refuse', reason: 'expired' }],
  ['a token used just now gets its successor again', { ...fresh, usedAt: at(-10_000) }, { kind: 'repeat' }],
  ['a token used longer ago ends its family', { ...fresh, usedAt: at(-10_001) }, { kind: 'revoke-family' }],
  [
    'a token whose successor was used ends its family at once',
    { ...fresh, usedAt: at(-2_000), successorUsedAt: at(-1_000) },
    { kind: 'revoke-family' },
  ],
  [
    'a used token that also lay idle still ends its family',
    { ...fresh, usedAt: at(-60_000), idleExpiresAt: at(-1) },
    { kind: 'revoke-family' },
  ],
  [
    'an ended family is not ended again',
    { ...fresh, usedAt: at(-60_000), revokedAt: at(-1) },
    { kind: 'refuse', reason: 'revoked' },
  ],
])('%s', (_, record, decision) => {
  expect(decideRefresh(record, now)).toEqual(decision);
});

test('a successor is the same each time and cannot be told without the secret', () => {
  const successor = successorOf('token', 'secret');
  expect(successor).toMatch(/^[A-Za-z0-9_-]{43}$/);
  expect(successorOf('token', 'secret')).toBe(successor);
  expect(successorOf('token', 'other secret')).not.toBe(successor);
  expect(successorOf('other token', 'secret')).not.toBe(successor);
});

test('staff sign in daily, customers monthly', () => {
  const day = 24 * 3_600_000;
  expect(refreshLifetimes(['customer']).absoluteMs).toBe(30 * day);
  expect(refreshLifetimes(['customer', 'agent']).absoluteMs).toBe(day / 2);
  expect(refreshLifetimes(['admin'])).toEqual({ idleMs: day / 3, absoluteMs: day / 2 });
});
