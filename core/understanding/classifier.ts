import { fitTemperature, softmax, type Unseen } from './calibration.ts';
import {
  canonicalRows,
  classifierHash,
  NONE,
  type ClassifierModel,
  type Example,
  type TrainingOptions,
} from './classifier-model.ts';
import { featuresOf, type Features } from './features.ts';
import { assignFolds, NEVER_HELD_OUT } from './folds.ts';
import { createNearest, type Nearness } from './nearest.ts';
import { createRandom } from './random.ts';
import { fitRejectScale, rejectScore, type Evidence } from './reject.ts';
import { descend, margin, rowScales, withoutRows, type BinarySvm } from './svm.ts';
import {
  buildVocabulary,
  createEncoder,
  documentFrequencies,
  stackRows,
  type Coverage,
  type Vector,
  type Vocabulary,
} from './vectors.ts';

/** What a text most likely means. */
export type Prediction = {
  /** The ten likeliest intents, best first; the probabilities of all intents and of "none of them" sum to 1. */
  ranking: { intent: string; probability: number }[];
  /** How familiar the text is: about 0 for the bot's own subjects, lower for foreign ones. */
  reject: number;
  /** False if the text is foreign to every intent; the ranking then says little. */
  inScope: boolean;
};

/** Answers from one trained model; synchronous, well under a millisecond. */
export type Classifier = { hash: string; intents: readonly string[]; predict: (text: string) => Prediction };

const RANKED = 10;

/** Above so many texts for an intent, a feature seen once is noise that only makes the model larger. */
const PLENTY = 30;

/** Passes that let a trained SVM forget the rows taken from it; more change nothing. */
const WARM_PASSES = 4;

/** The intents from the highest margin down, at most `RANKED`; `none` is no intent. */
function rank(margins: ArrayLike<number>, none: number): number[] {
  const order: number[] = [];
  for (let label = 0; label < margins.length; label++) {
    if (label === none) continue;
    let place = order.length;
    while (place > 0 && margins[label]! > margins[order[place - 1]!]!) place--;
    if (place < RANKED) order.splice(place, 0, label);
    if (order.length > RANKED) order.pop();
  }
  return order;
}

function evidenceOf(
  margins: ArrayLike<number>,
  order: ArrayLike<number>,
  none: number,
  probabilities: ArrayLike<number>,
  near: Nearness,
  coverage: Coverage,
): Evidence {
  const first = margins[order[0]!]!;
  const second = order.length > 1 ? margins[order[1]!]! : first;
  const highest = probabilities[order[0]!]!;
  const notForeign = none === -1 ? 0 : -margins[none]!;
  return [highest, first - second, first, near.any, near.best, coverage.words, coverage.pieces, notForeign];
}

/** A text asked about while it was held out. */
type HeldOut = { row: number; fold: number; vector: Vector; margins: Float32Array };

/** Encodes each held-out row as its fold's classifier would: what only held-out rows contain is unknown. */
function encodeHeldOut(
  texts: readonly Features[],
  foldOf: Int32Array,
  folds: number,
  vocabulary: Vocabulary,
  frequencies: ReadonlyMap<number, number>,
  classes: number,
): HeldOut[] {
  const encoder = createEncoder(vocabulary);
  const total = Int32Array.from(vocabulary.hashes, (hash) => frequencies.get(hash)!);
  const held: HeldOut[] = [];
  for (let fold = 0; fold < folds; fold++) {
    const members = [...foldOf.keys()].filter((row) => foldOf[row] === fold);
    const inside = documentFrequencies(members.map((row) => texts[row]!));
    const left = total.map((count, column) => count - (inside.get(vocabulary.hashes[column]!) ?? 0));
    for (const row of members) {
      const vector = encoder.encode(texts[row]!, (column) => left[column]! > 0);
      held.push({ row, fold, vector, margins: new Float32Array(classes) });
    }
  }
  return held;
}

/**
 * Trains on the examples and the intents' titles: one linear SVM for each intent against all others, a temperature
 * that makes its margins probabilities, and a scale of familiarity, both from texts held out in turn. Seconds of work:
 * see `trainInThread`. The same rows in any order give the same model.
 */
export function trainClassifier(rows: readonly Example[], options: TrainingOptions): ClassifierModel {
  const canonical = canonicalRows(rows, options.titles);
  const labels = [...new Set(canonical.map((row) => row.label))];
  const labelIndex = new Map(labels.map((label, index) => [label, index]));
  const labelled = canonical.map(({ label, title }) => ({ label: labelIndex.get(label)!, title }));
  const labelOf = Int32Array.from(labelled, ({ label }) => label);

  const texts = canonical.map((row) => featuresOf(row.text));
  const frequencies = documentFrequencies(texts);
  const none = labels.indexOf(NONE);
  const own = documentFrequencies(texts.filter((_, row) => labelOf[row] !== none));
  const minRows = texts.length > PLENTY * labels.length ? 2 : 1;
  const vocabulary = buildVocabulary(frequencies, own, texts.length, minRows);
  const width = vocabulary.hashes.length;
  const encoder = createEncoder(vocabulary);
  const examples = stackRows(texts.map((text) => encoder.encode(text)));
  const exampleStarts = Int32Array.from({ length: labels.length + 1 }, (_, label) =>
    label === labels.length ? texts.length : labelOf.indexOf(label),
  );

  const { folds, foldOf } = assignFolds(labelled, options.seed);
  const held = encodeHeldOut(texts, foldOf, folds, vocabulary, frequencies, labels.length);
  const heldRows = stackRows(held.map(({ vector }) => vector));
  const rowsWhere = (test: (fold: number) => boolean): Int32Array =>
    Int32Array.from([...foldOf.keys()].filter((row) => test(foldOf[row]!)));
  const everyRow = rowsWhere(() => true);
  const splits = Array.from({ length: folds }, (_, fold) => ({
    left: rowsWhere((other) => other === fold),
    kept: rowsWhere((other) => other !== fold),
  }));

  const random = createRandom(options.seed);
  const scales = rowScales(examples);
  const weights = new Float32Array((width + 1) * labels.length);
  for (let label = 0; label < labels.length; label++) {
    const problem = { rows: examples, scales, labels: labelOf, label };
    const svm: BinarySvm = { weights: new Float64Array(width + 1), alphas: new Float64Array(texts.length) };
    descend(svm, { ...problem, among: everyRow }, random);
    for (let column = 0; column <= width; column++) weights[column * labels.length + label] = svm.weights[column]!;
    for (const [fold, { left, kept }] of splits.entries()) {
      const apart = withoutRows(svm, problem, left);
      descend(apart, { ...problem, among: kept }, random, WARM_PASSES);
      for (const [index, one] of held.entries()) {
        if (one.fold === fold) one.margins[label] = margin(heldRows, index, apart.weights);
      }
    }
  }

  const unseen = held.map(({ margins, row }): Unseen => ({ margins, label: labelOf[row]! }));
  const temperature = fitTemperature(unseen);
  const nearest = createNearest({ examples, starts: exampleStarts, width, none });
  const evidence = held
    .filter(({ row }) => labelOf[row] !== none)
    .map(({ fold, vector, margins }) => {
      const order = rank(margins, none);
      const near = nearest(vector, order[0]!, (row) => foldOf[row] === fold && fold !== NEVER_HELD_OUT);
      return evidenceOf(margins, order, none, softmax(margins, temperature), near, vector.coverage);
    });
  const reject = fitRejectScale(evidence);
  const hash = classifierHash(rows, options);
  return { hash, labels, temperature, reject, vocabulary, weights, examples, exampleStarts };
}

/** Makes a classifier of a trained model. */
export function createClassifier(model: ClassifierModel): Classifier {
  const { labels, temperature, reject, vocabulary, weights } = model;
  const encoder = createEncoder(vocabulary);
  const width = vocabulary.hashes.length;
  const classes = labels.length;
  const none = labels.indexOf(NONE);
  const nearest = createNearest({ examples: model.examples, starts: model.exampleStarts, width, none });

  function marginsOf({ columns, values }: Vector): Float64Array {
    const margins = new Float64Array(classes);
    const bias = width * classes;
    for (let label = 0; label < classes; label++) margins[label] = weights[bias + label]!;
    for (let at = 0; at < columns.length; at++) {
      const value = values[at]!;
      const start = columns[at]! * classes;
      for (let label = 0; label < classes; label++) margins[label]! += value * weights[start + label]!;
    }
    return margins;
  }

  function predict(text: string): Prediction {
    const vector = encoder.encode(featuresOf(text));
    const margins = marginsOf(vector);
    const order = rank(margins, none);
    if (order.length === 0) return { ranking: [], reject: 0, inScope: false };
    const probabilities = softmax(margins, temperature);
    const near = nearest(vector, order[0]!);
    const score = rejectScore(evidenceOf(margins, order, none, probabilities, near, vector.coverage), reject);
    const ranking = order.map((label) => ({ intent: labels[label]!, probability: probabilities[label]! }));
    const foreign = none !== -1 && probabilities[none]! > 0.5;
    const familiar = vector.columns.length > 0 && !foreign && score >= reject.threshold;
    return { ranking, reject: score, inScope: familiar };
  }

  return { hash: model.hash, intents: labels.filter((label) => label !== NONE), predict };
}
