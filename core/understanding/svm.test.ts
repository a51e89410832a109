import { createRandom } from './random.ts';
import { descend, margin, rowScales, withoutRows, type BinarySvm } from './svm.ts';
import type { SparseRows } from './vectors.ts';

/** Points on a line: below 0 of class 0, above of class 1. */
function line(points: readonly number[]): { rows: SparseRows; labels: Int32Array } {
  return {
    rows: {
      starts: Int32Array.from({ length: points.length + 1 }, (_, at) => at),
      columns: new Int32Array(points.length),
      values: Float32Array.from(points),
    },
    labels: Int32Array.from(points, (point) => (point > 0 ? 1 : 0)),
  };
}

function trained(points: readonly number[], among?: readonly number[]) {
  const { rows, labels } = line(points);
  const problem = { rows, labels, label: 1, scales: rowScales(rows) };
  const svm: BinarySvm = { weights: new Float64Array(2), alphas: new Float64Array(points.length) };
  descend(svm, { ...problem, among: Int32Array.from(among ?? points.keys()) }, createRandom(1));
  return { svm, problem };
}

const POINTS = [-2, -1.5, -1, 1, 1.5, 2];

test('the plane stands between the classes', () => {
  const { svm, problem } = trained(POINTS);
  const sides = POINTS.map((_, row) => Math.sign(margin(problem.rows, row, svm.weights)));
  expect(sides).toEqual([-1, -1, -1, 1, 1, 1]);
});

test('the weights are the sum of the rows by their alphas', () => {
  const { svm } = trained(POINTS);
  const sum = POINTS.reduce((total, point, row) => total + svm.alphas[row]! * Math.abs(point), 0);
  expect(svm.weights[0]).toBeCloseTo(sum);
});

test('taking rows out and going on comes to what training without them comes to', () => {
  const points = [...POINTS, 0.2, -0.1];
  const kept = [0, 1, 2, 3, 4, 5];
  const { svm, problem } = trained(points);
  const apart = withoutRows(svm, problem, Int32Array.of(6, 7));
  for (let at = 0; at < 20; at++) descend(apart, { ...problem, among: Int32Array.from(kept) }, createRandom(at));
  const { svm: fresh } = trained(points, kept);
  for (let at = 0; at < 20; at++) descend(fresh, { ...problem, among: Int32Array.from(kept) }, createRandom(at));
  expect(apart.weights[0]).toBeCloseTo(fresh.weights[0]!, 1);
  expect([apart.alphas[6], apart.alphas[7]]).toEqual([0, 0]);
});

test('what was trained first is left as it was', () => {
  const { svm, problem } = trained(POINTS);
  const before = svm.weights.slice();
  withoutRows(svm, problem, Int32Array.of(0, 3));
  expect(svm.weights).toEqual(before);
});
