import {
  areaUnderCurve,
  calibrationError,
  caughtAtFivePercent,
  macroF1,
  percent,
  quantileOf,
  table,
} from './figures.ts';

test('a classifier that is right as often as it says has no calibration error', () => {
  const honest = Array.from({ length: 100 }, (_, at) => ({ confidence: 0.75, right: at % 4 !== 0 }));
  expect(calibrationError(honest)).toBeCloseTo(0);
  expect(calibrationError(honest.map(({ right }) => ({ confidence: 0.95, right })))).toBeCloseTo(20);
});

test('the area under the curve is the chance that an insider scores higher', () => {
  expect(areaUnderCurve([3, 4], [1, 2])).toBe(100);
  expect(areaUnderCurve([1, 2], [3, 4])).toBe(0);
  expect(areaUnderCurve([1, 3], [2, 2])).toBe(50);
  expect(areaUnderCurve([2], [2])).toBe(50);
});

test('outsiders are counted below the fifth percentile of the insiders', () => {
  const inside = Array.from({ length: 100 }, (_, at) => at);
  expect(caughtAtFivePercent(inside, [4, 5, 6, 0])).toBe(50);
});

test('macro-F1 weighs a rare label like a common one', () => {
  const pairs = [...Array.from({ length: 9 }, () => ({ truth: 'a', guess: 'a' })), { truth: 'b', guess: 'a' }];
  expect(macroF1(pairs)).toBeCloseTo((100 * ((2 * 9) / 19 + 0)) / 2);
});

test('percent and quantiles of nothing do not fail', () => {
  expect(percent([])).toBe(0);
  expect(quantileOf([], 0.5)).toBeNaN();
  expect(quantileOf([5, 1, 3], 0.5)).toBe(3);
});

test('a table lines numbers up and leaves out what a row lacks', () => {
  expect(
    table([
      { set: 'a', score: 1 },
      { set: 'long name', p95: '0.10' },
    ]),
  ).toBe(['set        score  p95', 'a            1.0', 'long name         0.10'].join('\n'));
});
