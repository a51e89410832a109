import { shuffle } from './random.ts';
import type { SparseRows } from './vectors.ts';

/** The state of one binary problem: `weights` over all columns and, last, the bias; `alphas` one for each row. */
export type BinarySvm = { weights: Float64Array; alphas: Float64Array };

/** Cost of a violated margin. 0.3 loses up to a point of accuracy, 3 gains none (`bench/understanding.ts`). */
const COST = 1;
const DIAGONAL = 0.5 / COST;
const MAX_PASSES = 15;
const TOLERANCE = 0.2;

/** Each row's squared length with the bias counted, plus the diagonal of the L2 loss. */
export function rowScales(rows: SparseRows): Float64Array {
  const scales = new Float64Array(rows.starts.length - 1);
  for (let row = 0; row < scales.length; row++) {
    let square = 1 + DIAGONAL;
    for (let at = rows.starts[row]!; at < rows.starts[row + 1]!; at++) square += rows.values[at]! * rows.values[at]!;
    scales[row] = square;
  }
  return scales;
}

/** The distance of a row from the plane, signed and unscaled. */
export function margin(rows: SparseRows, row: number, weights: Float64Array): number {
  let sum = weights[weights.length - 1]!;
  const end = rows.starts[row + 1]!;
  for (let at = rows.starts[row]!; at < end; at++) sum += rows.values[at]! * weights[rows.columns[at]!]!;
  return sum;
}

function addRow(rows: SparseRows, row: number, weights: Float64Array, by: number): void {
  const end = rows.starts[row + 1]!;
  for (let at = rows.starts[row]!; at < end; at++) weights[rows.columns[at]!]! += by * rows.values[at]!;
  weights[weights.length - 1]! += by;
}

/**
 * Improves a linear SVM with squared hinge loss by dual coordinate descent with shrinking (Hsieh et al. 2008,
 * "A Dual Coordinate Descent Method for Large-scale Linear SVM", algorithm 3), in place, on the rows `among`.
 * Row `r` is an example if `labels[r] === label`, else a counter-example. A warm start takes fewer passes.
 */
export function descend(
  svm: BinarySvm,
  problem: { rows: SparseRows; scales: Float64Array; labels: Int32Array; label: number; among: Int32Array },
  random: () => number,
  passes = MAX_PASSES,
): void {
  const { rows, scales, labels, label, among } = problem;
  const { weights, alphas } = svm;
  const order = Int32Array.from(among);
  let active = order.length;
  let upper = Infinity;
  for (let pass = 0; pass < passes; pass++) {
    let [highest, lowest] = [-Infinity, Infinity];
    shuffle(order, active, random);
    for (let at = 0; at < active; at++) {
      const row = order[at]!;
      const side = labels[row] === label ? 1 : -1;
      const alpha = alphas[row]!;
      const gradient = side * margin(rows, row, weights) - 1 + alpha * DIAGONAL;
      let projected = gradient;
      if (alpha === 0) {
        if (gradient > upper) {
          active--;
          order[at] = order[active]!;
          order[active] = row;
          at--;
          continue;
        }
        if (gradient > 0) projected = 0;
      }
      highest = Math.max(highest, projected);
      lowest = Math.min(lowest, projected);
      if (Math.abs(projected) > 1e-12) {
        const next = Math.max(alpha - gradient / scales[row]!, 0);
        alphas[row] = next;
        addRow(rows, row, weights, side * (next - alpha));
      }
    }
    if (highest - lowest <= TOLERANCE) {
      if (active === order.length) return;
      active = order.length;
      upper = Infinity;
    } else upper = highest <= 0 ? Infinity : highest;
  }
}

/** Takes rows out of a trained problem as if they had been given up: their part of the weights goes to zero. */
export function withoutRows(
  svm: BinarySvm,
  problem: { rows: SparseRows; labels: Int32Array; label: number },
  left: Int32Array,
): BinarySvm {
  const weights = svm.weights.slice();
  const alphas = svm.alphas.slice();
  for (const row of left) {
    const alpha = alphas[row]!;
    if (alpha === 0) continue;
    addRow(problem.rows, row, weights, problem.labels[row] === problem.label ? -alpha : alpha);
    alphas[row] = 0;
  }
  return { weights, alphas };
}
