/** One line of a table: numbers are shown with one digit after the point. */
export type Row = Record<string, string | number>;

/** What a piece of work gave, and the milliseconds it took. */
export function timed<T>(work: () => T): { result: T; ms: number } {
  const began = performance.now();
  const result = work();
  return { result, ms: performance.now() - began };
}

/** Share of true values, in percent. */
export const percent = (values: readonly boolean[]): number =>
  (100 * values.filter(Boolean).length) / Math.max(1, values.length);

export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);

/** The value below which `share` (0 to 1) of the numbers lies. */
export function quantileOf(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

/** One judged answer: how sure it was (0 to 1), and whether it was right. */
export type Judged = { confidence: number; right: boolean };

/** Expected calibration error over ten bins, in percent. */
export function calibrationError(judged: readonly Judged[]): number {
  const bins = Map.groupBy(judged, ({ confidence }) => Math.min(9, Math.floor(10 * confidence)));
  let error = 0;
  for (const bin of bins.values()) {
    const gap = mean(bin.map(({ confidence }) => confidence)) - mean(bin.map(({ right }) => Number(right)));
    error += Math.abs(gap) * (bin.length / judged.length);
  }
  return 100 * error;
}

/** How well a score tells insiders (higher) from outsiders: area under the ROC curve, in percent. */
export function areaUnderCurve(inside: readonly number[], outside: readonly number[]): number {
  const ascending = outside.toSorted((a, b) => a - b);
  const below = (score: number, orEqual: boolean): number => {
    let [low, high] = [0, ascending.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (ascending[middle]! < score || (orEqual && ascending[middle] === score)) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  const wins = inside.reduce((sum, score) => sum + (below(score, false) + below(score, true)) / 2, 0);
  return (100 * wins) / (inside.length * outside.length);
}

/** Share of outsiders caught when one in twenty insiders is refused, in percent. */
export const caughtAtFivePercent = (inside: readonly number[], outside: readonly number[]): number =>
  percent(outside.map((score) => score < quantileOf(inside, 0.05)));

/** Macro-averaged F1 of predicted labels, in percent. */
export function macroF1(pairs: readonly { truth: string; guess: string }[]): number {
  const labels = [...new Set(pairs.map(({ truth }) => truth))];
  const scores = labels.map((label) => {
    const right = pairs.filter(({ truth, guess }) => truth === label && guess === label).length;
    const guessed = pairs.filter(({ guess }) => guess === label).length;
    const real = pairs.filter(({ truth }) => truth === label).length;
    return right === 0 ? 0 : (2 * right) / (guessed + real);
  });
  return 100 * mean(scores);
}

const cell = (value: string | number | undefined): string =>
  typeof value === 'number' ? (Number.isNaN(value) ? '' : value.toFixed(1)) : (value ?? '');

/** A table in text: columns as wide as they must be, numbers to the right with one digit after the point. */
export function table(rows: readonly Row[]): string {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))].map((name) => ({
    name,
    width: Math.max(name.length, ...rows.map((row) => cell(row[name]).length)),
    numeric: rows.some((row) => typeof row[name] === 'number'),
  }));
  const line = (textOf: (name: string) => string): string =>
    columns
      .map(({ name, width, numeric }) => (numeric ? textOf(name).padStart(width) : textOf(name).padEnd(width)))
      .join('  ')
      .trimEnd();
  return [line((name) => name), ...rows.map((row) => line((name) => cell(row[name])))].join('\n');
}
