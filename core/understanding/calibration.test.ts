import { fitTemperature, quantile, softmax } from './calibration.ts';
import { fitRejectScale, rejectScore, type Evidence } from './reject.ts';

test('probabilities sum to one and keep the order of the margins', () => {
  const [a, b, c] = softmax([0.5, -1, 0.2], 0.2);
  expect(a! + b! + c!).toBeCloseTo(1);
  expect(a!).toBeGreaterThan(c!);
  expect(c!).toBeGreaterThan(b!);
});

test('huge margins do not overflow', () => {
  expect([...softmax([1e6, 0], 0.02)]).toEqual([1, 0]);
});

test('the fitted temperature makes an overconfident classifier honest', () => {
  // Two classes, the first always ahead by 1; it is right in three of four cases.
  const rows = Array.from({ length: 400 }, (_, at) => ({ margins: [1, 0], label: at % 4 === 0 ? 1 : 0 }));
  const temperature = fitTemperature(rows);
  expect(softmax([1, 0], temperature)[0]).toBeCloseTo(0.75, 2);
});

test('with nothing held out the usual temperature stands', () => {
  expect(fitTemperature([])).toBe(0.2);
});

test('a quantile is the value with that share below it', () => {
  const numbers = Array.from({ length: 100 }, (_, at) => 99 - at);
  expect(quantile(numbers, 0.05)).toBe(5);
  expect(quantile([3], 0.05)).toBe(3);
  expect(quantile([], 0.05)).toBe(-Number.MAX_VALUE);
});

const typical = (at: number): Evidence => [0.9, 0.5, 0.3 + at / 1000, 0.6, 0.6, 0.9, 0.95, 0.8];

describe('reject scale', () => {
  const scale = fitRejectScale(Array.from({ length: 100 }, (_, at) => typical(at)));

  test('our own texts score about 0, and one in twenty lies below the threshold', () => {
    const scores = Array.from({ length: 100 }, (_, at) => rejectScore(typical(at), scale));
    expect(scores.reduce((sum, score) => sum + score, 0) / 100).toBeCloseTo(0);
    expect(scores.filter((score) => score < scale.threshold)).toHaveLength(5);
  });

  test('a text that nothing speaks for lies far below', () => {
    expect(rejectScore([0.1, 0, -0.9, 0.1, 0, 0.2, 0.3, 0], scale)).toBeLessThan(scale.threshold - 10);
  });

  test('with nothing to fit on nothing is rejected', () => {
    const none = fitRejectScale([]);
    expect(rejectScore([0, 0, 0, 0, 0, 0, 0, 0], none)).toBeGreaterThan(none.threshold);
  });
});
