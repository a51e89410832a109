/** Probabilities from margins: softmax of `margins / temperature`. */
export function softmax(margins: ArrayLike<number>, temperature: number): Float64Array {
  let highest = -Infinity;
  for (let at = 0; at < margins.length; at++) highest = Math.max(highest, margins[at]!);
  const probabilities = new Float64Array(margins.length);
  let sum = 0;
  for (let at = 0; at < margins.length; at++) {
    const weight = Math.exp((margins[at]! - highest) / temperature);
    probabilities[at] = weight;
    sum += weight;
  }
  for (let at = 0; at < margins.length; at++) probabilities[at]! /= sum;
  return probabilities;
}

/** Margins of a row that the classifier had not seen, and the index of its true label. */
export type Unseen = { margins: ArrayLike<number>; label: number };

function negativeLogLikelihood(rows: readonly Unseen[], temperature: number): number {
  let sum = 0;
  for (const { margins, label } of rows) sum -= Math.log(Math.max(softmax(margins, temperature)[label]!, 1e-12));
  return sum;
}

/** Used where nothing was held out to fit one: the middle of what real sets give (0.1 to 0.3). */
const USUAL_TEMPERATURE = 0.2;

/** The temperature under which the true labels are likeliest (Guo et al. 2017), by golden section over its logarithm. */
export function fitTemperature(rows: readonly Unseen[]): number {
  if (rows.length === 0) return USUAL_TEMPERATURE;
  const ratio = (Math.sqrt(5) - 1) / 2;
  const cost = (logarithm: number): number => negativeLogLikelihood(rows, Math.exp(logarithm));
  let [low, high] = [Math.log(0.02), Math.log(5)];
  let [left, right] = [high - ratio * (high - low), low + ratio * (high - low)];
  let [leftCost, rightCost] = [cost(left), cost(right)];
  while (high - low > 0.01) {
    if (leftCost < rightCost) {
      [high, right, rightCost] = [right, left, leftCost];
      left = high - ratio * (high - low);
      leftCost = cost(left);
    } else {
      [low, left, leftCost] = [left, right, rightCost];
      right = low + ratio * (high - low);
      rightCost = cost(right);
    }
  }
  return Math.exp((low + high) / 2);
}

/** The value below which the given share of the numbers lies; for none, lower than any. */
export function quantile(numbers: readonly number[], share: number): number {
  if (numbers.length === 0) return -Number.MAX_VALUE; // JSON has no infinity
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!;
}
