import type { SparseRows, Vector } from './vectors.ts';

/** The highest cosine of a text to an example of any intent, and to one of the intent it was taken for. */
export type Nearness = { any: number; best: number };

/** Training examples turned around: for each column the rows that have it, their values scaled to rows of length 1. */
function turned({ starts, columns, values }: SparseRows, width: number): SparseRows {
  const rows = starts.length - 1;
  const counts = new Int32Array(width + 1);
  for (const column of columns) counts[column + 1]!++;
  for (let column = 0; column < width; column++) counts[column + 1]! += counts[column]!;
  const next = counts.slice(0, width);
  const found: SparseRows = {
    starts: counts,
    columns: new Int32Array(columns.length),
    values: new Float32Array(columns.length),
  };
  for (let row = 0; row < rows; row++) {
    let square = 0;
    for (let at = starts[row]!; at < starts[row + 1]!; at++) square += values[at]! ** 2;
    const length = Math.sqrt(square);
    for (let at = starts[row]!; at < starts[row + 1]!; at++) {
      const place = next[columns[at]!]!++;
      found.columns[place] = row;
      found.values[place] = values[at]! / length;
    }
  }
  return found;
}

/**
 * Compares a text with all training examples but the foreign ones (`none`: their label, or -1). Only the examples that
 * share a feature with the text cost anything. The rows of label `l` are those from `starts[l]` to `starts[l + 1]`.
 */
export function createNearest(model: { examples: SparseRows; starts: Int32Array; width: number; none: number }) {
  const { starts, none } = model;
  const holders = turned(model.examples, model.width);
  const dots = new Float32Array(model.examples.starts.length - 1);

  /** `best`: the intent it was taken for; `skip` hides rows. */
  return function nearest({ columns, values }: Vector, best: number, skip?: (row: number) => boolean): Nearness {
    const { starts: from, columns: rows, values: shares } = holders;
    let square = 0;
    for (let at = 0; at < columns.length; at++) {
      const column = columns[at]!;
      const value = values[at]!;
      square += value * value;
      for (let place = from[column]!, end = from[column + 1]!; place < end; place++)
        dots[rows[place]!]! += value * shares[place]!;
    }
    const near: Nearness = { any: 0, best: 0 };
    for (let label = 0; label < starts.length - 1; label++) {
      if (label === none) continue;
      let highest = 0;
      for (let row = starts[label]!; row < starts[label + 1]!; row++)
        if (dots[row]! > highest && !skip?.(row)) highest = dots[row]!;
      if (highest > near.any) near.any = highest;
      if (label === best) near.best = highest;
    }
    dots.fill(0);
    if (square > 0) {
      const length = Math.sqrt(square);
      near.any /= length;
      near.best /= length;
    }
    return near;
  };
}
