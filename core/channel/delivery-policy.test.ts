import * as fc from 'fast-check';
import type { SendResult } from './channel-adapter.ts';
import { DELIVERY_TIMES, MOST_ATTEMPTS, mayResend, pauseAfter, settlementOf } from './delivery-policy.ts';

const text = { kind: 'text', text: 'hello' } as const;
const file = { kind: 'file', attachment: { id: 'u', name: 'a.pdf', type: 'application/pdf', bytes: 1 } } as const;
const first = { attempts: 1, resent: false, content: text };
const settle = (
  result: SendResult,
  message: Parameters<typeof settlementOf>[1] = first,
  { asks = false, random = () => 1 } = {},
) => settlementOf(result, message, { asks, times: DELIVERY_TIMES, random });

test('a sent message keeps the platform’s name for it', () => {
  expect(settle({ kind: 'sent', platformId: 'p1' })).toEqual({ state: 'sent', platformId: 'p1' });
});

test('what was not sent goes back into its lane, counted', () => {
  expect(settle({ kind: 'not-sent', error: 'refused' })).toEqual({
    state: 'pending',
    afterMs: 500,
    error: 'refused',
    counted: true,
  });
});

test('after the last attempt it is a dead letter that says why', () => {
  expect(settle({ kind: 'not-sent', error: 'refused' }, { ...first, attempts: MOST_ATTEMPTS })).toEqual({
    state: 'failed',
    error: 'Given up after 10 attempts: refused',
  });
});

test('a pause that the platform asks for is kept, and is no failure however often it asks', () => {
  const limited: SendResult = { kind: 'not-sent', error: '429', retryAfterMs: 30_000 };
  expect(settle(limited)).toMatchObject({ state: 'pending', afterMs: 30_000 });
  expect(settle(limited, { ...first, attempts: 50 })).toMatchObject({ state: 'pending', afterMs: 300_000 });
});

test('a platform that wants to be left alone for hours gets a dead letter instead', () => {
  expect(settle({ kind: 'not-sent', error: '429', retryAfterMs: 73_414_000 })).toEqual({
    state: 'failed',
    error: 'The platform wants no message for 1224 minutes: 429',
  });
});

describe('when nobody knows whether it arrived', () => {
  const lost: SendResult = { kind: 'uncertain', error: 'reset' };

  test('a platform that can be asked is asked, whatever the message', () => {
    for (const content of [text, file])
      expect(settle(lost, { ...first, content }, { asks: true })).toMatchObject({ state: 'uncertain', afterMs: 3_000 });
  });

  test('words go out once more after a while', () => {
    expect(settle(lost)).toMatchObject({ state: 'uncertain', afterMs: 15_000 });
    expect(mayResend(first)).toBe(true);
  });

  test('a second time, or a file, is left to a person', () => {
    expect(settle(lost, { ...first, resent: true })).toMatchObject({ state: 'uncertain', afterMs: null });
    expect(settle(lost, { ...first, content: file })).toMatchObject({ state: 'uncertain', afterMs: null });
    expect(mayResend({ content: file, resent: false })).toBe(false);
  });

  test('asking ends with the attempts', () => {
    const last = { ...first, attempts: MOST_ATTEMPTS };
    expect(settle(lost, last, { asks: true })).toMatchObject({ state: 'uncertain', afterMs: null });
  });
});

test('what the platform will never take is a dead letter at once', () => {
  for (const permanentFor of ['message', 'conversation'] as const)
    expect(settle({ kind: 'rejected', permanentFor, error: 'blocked' })).toEqual({ state: 'failed', error: 'blocked' });
});

test('a connection that must be mended costs the message no attempt', () => {
  expect(settle({ kind: 'rejected', permanentFor: 'connection', error: 'token_revoked' })).toEqual({
    state: 'pending',
    afterMs: 300_000,
    error: 'token_revoked',
    counted: false,
  });
});

test('pauses grow from half a second to five minutes, with full jitter', () => {
  expect(pauseAfter(1, DELIVERY_TIMES, () => 1)).toBe(500);
  expect(pauseAfter(MOST_ATTEMPTS - 1, DELIVERY_TIMES, () => 1)).toBeCloseTo(300_000);
  expect(pauseAfter(100, DELIVERY_TIMES, () => 1)).toBe(300_000);
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 60 }), fc.double({ min: 0, max: 1, noNaN: true }), (attempts, drawn) => {
      const pause = pauseAfter(attempts, DELIVERY_TIMES, () => drawn);
      expect(pause).toBeGreaterThanOrEqual(0);
      expect(pause).toBeLessThanOrEqual(DELIVERY_TIMES.longestPauseMs);
    }),
  );
});
