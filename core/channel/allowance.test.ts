import { createAllowance } from './allowance.ts';

let time = 0;
const now = (): number => time;
beforeEach(() => {
  time = 1_000_000;
});

test('so many at once are taken, the next one is told how long to wait', () => {
  const { take } = createAllowance({ count: 2, seconds: 10 }, now);
  expect([take('a'), take('a'), take('a')]).toEqual([undefined, undefined, 5_000]);
  expect(take('b')).toBeUndefined();
});

test('it fills evenly, up to its measure and never beyond', () => {
  const { take } = createAllowance({ count: 2, seconds: 10 }, now);
  take('a');
  take('a');
  time += 4_999;
  expect(take('a')).toBe(1);
  time += 1;
  expect(take('a')).toBeUndefined();
  time += 3_600_000;
  expect([take('a'), take('a'), take('a')]).toEqual([undefined, undefined, 5_000]);
});

test('a refusal takes nothing: whoever waits as long as he was told is taken', () => {
  const { take } = createAllowance({ count: 1, seconds: 1 }, now);
  take('a');
  for (let n = 0; n < 10; n++) expect(take('a')).toBe(1_000);
  time += 1_000;
  expect(take('a')).toBeUndefined();
});

test('memory is bounded: of very many, whoever was quiet longest is forgotten', () => {
  const { take } = createAllowance({ count: 1, seconds: 3_600 }, now);
  take('first');
  take('second');
  for (let n = 0; n < 19_998; n++) take(`${n}`);
  expect(take('first')).toBeGreaterThan(0);
  take('one more');
  expect(take('second')).toBeUndefined();
});
