import { createUuid7, isUuid } from './uuid.ts';

test('UUIDs are of version 7, carry their time, and sort by it', () => {
  let time = Date.parse('2026-06-01T08:00:00Z');
  const uuid = createUuid7(() => time);
  const first = uuid();
  time += 1;
  const later = uuid();
  expect(first).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(Number.parseInt(first.replaceAll('-', '').slice(0, 12), 16)).toBe(time - 1);
  expect(first < later).toBe(true);
});

test('no two are the same, although random bytes are drawn for many at once', () => {
  let filled = 0;
  const uuid = createUuid7(
    () => 0,
    (bytes) => crypto.getRandomValues(bytes.fill(filled++)),
  );
  expect(new Set(Array.from({ length: 1_000 }, uuid)).size).toBe(1_000);
  expect(filled).toBe(4);
});

test.each([
  ['01a20e39-d949-7bfe-b212-b3418b9d90c3', true],
  ['01A20E39-D949-7BFE-B212-B3418B9D90C3', false],
  ['01a20e39d9497bfeb212b3418b9d90c3', false],
  ["01a20e39-d949-7bfe-b212-b3418b9d90c3'", false],
  ['', false],
])('%s is a UUID: %s', (text, is) => expect(isUuid(text)).toBe(is));
