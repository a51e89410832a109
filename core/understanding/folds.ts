import { createRandom, shuffle } from './random.ts';

/** Marks a row that is trained on in every fold. */
export const NEVER_HELD_OUT = -1;

/**
 * Which rows are held out when, so that the classifier can be asked about texts it has not seen: five folds for small
 * sets, where each row counts; fewer for large ones, where a part tells enough and training is what costs.
 */
function plan(rows: number): { folds: number; parts: number } {
  if (rows <= 2_500) return { folds: 5, parts: 5 };
  if (rows <= 5_000) return { folds: 3, parts: 3 };
  return { folds: 1, parts: 5 };
}

/** For each row its fold, or `NEVER_HELD_OUT`; every label is spread evenly. Titles are never held out. */
export function assignFolds(
  rows: readonly { label: number; title: boolean }[],
  seed: number,
): { folds: number; foldOf: Int32Array } {
  const { folds, parts } = plan(rows.length);
  const random = createRandom(seed);
  const foldOf = new Int32Array(rows.length).fill(NEVER_HELD_OUT);
  const byLabel = Map.groupBy(rows.keys(), (row) => rows[row]!.label);
  let next = 0;
  for (const members of byLabel.values()) {
    const examples = members.filter((row) => !rows[row]!.title);
    // A label's only text cannot be missed from training without the label being missed.
    if (members.length < 2) continue;
    shuffle(examples, examples.length, random);
    for (const row of examples) {
      const part = next++ % parts;
      if (part < folds) foldOf[row] = part;
    }
  }
  return { folds, foldOf };
}
