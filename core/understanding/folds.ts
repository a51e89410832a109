import { createRandom, shuffle } from './random.ts';

/** Marks a row that is trained on in every fold. */
export const NEVER_HELD_OUT = -1;

/**
 * How many parts are held out in turn, so that the classifier can be asked about texts it has not seen: five in small
 * sets, where each row that is missing counts; three in large ones, where training is what costs.
 */
const foldsFor = (rows: number): number => (rows <= 2_500 ? 5 : 3);

/** For each row its fold, or `NEVER_HELD_OUT`; every label is spread evenly. Titles are never held out. */
export function assignFolds(
  rows: readonly { label: number; title: boolean }[],
  seed: number,
): { folds: number; foldOf: Int32Array } {
  const folds = foldsFor(rows.length);
  const random = createRandom(seed);
  const foldOf = new Int32Array(rows.length).fill(NEVER_HELD_OUT);
  const byLabel = Map.groupBy(rows.keys(), (row) => rows[row]!.label);
  let next = 0;
  for (const members of byLabel.values()) {
    const examples = members.filter((row) => !rows[row]!.title);
    // A label's only text cannot be missed from training without the label being missed.
    if (members.length < 2) continue;
    shuffle(examples, examples.length, random);
    for (const row of examples) foldOf[row] = next++ % folds;
  }
  return { folds, foldOf };
}
