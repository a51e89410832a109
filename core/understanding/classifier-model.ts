import { createHash } from 'node:crypto';
import { invalid, type Problem } from '#core/errors.ts';
import type { RejectScale } from './reject.ts';
import type { SparseRows, Vocabulary } from './vectors.ts';

/** Rises with every change that makes the same examples give another model; kept models of older code are then trained anew. */
const CODE_VERSION = 3;

/** The label of examples that belong to no intent (greetings, chit-chat, questions for someone else). Never in a ranking. */
export const NONE = '__none__';

/** One example: what a customer might write, and the intent it expresses. */
export type Example = { text: string; label: string };

/** `titles`: each intent's names, trained on as further examples. `seed`: any number; another one gives an equally good model. */
export type TrainingOptions = { titles: Record<string, readonly string[]>; seed: number };

/** A trained classifier as plain data. */
export type ClassifierModel = {
  /** Of the examples, the options and the code: see `classifierHash`. */
  hash: string;
  labels: string[];
  temperature: number;
  reject: RejectScale;
  vocabulary: Vocabulary;
  /** For each column and, last, for the bias: one weight for each label. */
  weights: Float32Array;
  /** All training texts, those of `labels[l]` in the rows from `exampleStarts[l]` to `exampleStarts[l + 1]`. */
  examples: SparseRows;
  exampleStarts: Int32Array;
};

const byCodeUnits = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** The examples and titles without repetitions and in one order, whatever order the database gave them in. */
export function canonicalRows(
  rows: readonly Example[],
  titles: TrainingOptions['titles'],
): (Example & { title: boolean })[] {
  const known = new Map<string, Example & { title: boolean }>();
  const add = (text: string, label: string, title: boolean): void => {
    const key = JSON.stringify([label, text]);
    if (!known.has(key)) known.set(key, { text, label, title });
  };
  for (const { text, label } of rows) add(text, label, false);
  for (const [label, texts] of Object.entries(titles)) for (const text of texts) add(text, label, true);
  return [...known].sort(([a], [b]) => byCodeUnits(a, b)).map(([, row]) => row);
}

/** Names the model that these examples will give; equal on every machine, whatever their order. */
export function classifierHash(rows: readonly Example[], options: TrainingOptions): string {
  const hash = createHash('sha256').update(JSON.stringify([CODE_VERSION, options.seed]));
  for (const row of canonicalRows(rows, options.titles)) hash.update(JSON.stringify([row.label, row.text, row.title]));
  return hash.digest('hex').slice(0, 32);
}

const MAGIC = 'FDCLASS1';

/** The typed arrays of a model, in the order in which they are written. */
const arraysOf = (model: ClassifierModel): (Int32Array | Float32Array)[] => [
  model.vocabulary.hashes,
  model.vocabulary.weights,
  model.weights,
  model.examples.starts,
  model.examples.columns,
  model.examples.values,
  model.exampleStarts,
];

/** The model as bytes: magic, length of the JSON header, header, then the arrays (little-endian, four bytes each). */
export function modelToBytes(model: ClassifierModel): Uint8Array<ArrayBuffer> {
  const arrays = arraysOf(model);
  const { hash, labels, temperature, reject, vocabulary } = model;
  const lengths = arrays.map((array) => array.length);
  const json = JSON.stringify({
    hash,
    labels,
    temperature,
    reject,
    unseen: vocabulary.unseen,
    ownColumns: vocabulary.ownColumns,
    lengths,
  });
  const header = new TextEncoder().encode(json);
  const dataStart = Math.ceil((MAGIC.length + 4 + header.length) / 4) * 4;
  const bytes = new Uint8Array(dataStart + 4 * lengths.reduce((sum, length) => sum + length, 0));
  bytes.set(new TextEncoder().encode(MAGIC));
  new DataView(bytes.buffer).setUint32(MAGIC.length, header.length, true);
  bytes.set(header, MAGIC.length + 4);
  let at = dataStart;
  for (const array of arrays) {
    bytes.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), at);
    at += array.byteLength;
  }
  return bytes;
}

type Header = Pick<ClassifierModel, 'hash' | 'labels' | 'temperature' | 'reject'> & {
  unseen: number;
  ownColumns: number;
  lengths: number[];
};

const broken = (why: string): Problem =>
  invalid(
    `These bytes are no classifier model (${why}). Delete the kept model: it is trained again from the examples.`,
  );

/** The model that `modelToBytes` wrote; throws `invalid` for anything else. */
export function modelFromBytes(bytes: Uint8Array): ClassifierModel {
  if (bytes.length < MAGIC.length + 4 || new TextDecoder().decode(bytes.subarray(0, MAGIC.length)) !== MAGIC) {
    throw broken('they do not begin with its mark');
  }
  const headerLength = new DataView(bytes.buffer, bytes.byteOffset).getUint32(MAGIC.length, true);
  const headerStart = MAGIC.length + 4;
  let header: Header;
  try {
    header = JSON.parse(new TextDecoder().decode(bytes.subarray(headerStart, headerStart + headerLength))) as Header;
  } catch (cause) {
    throw Object.assign(broken('the header cannot be read'), { cause });
  }
  const dataStart = Math.ceil((headerStart + headerLength) / 4) * 4;
  if (bytes.length !== dataStart + 4 * header.lengths.reduce((sum, length) => sum + length, 0)) {
    throw broken('they are cut short');
  }
  // A copy, since typed arrays must begin at a multiple of four and a database driver's buffer need not. (`Buffer.slice` copies nothing.)
  const data = new Uint8Array(bytes.subarray(dataStart)).buffer;
  let at = 0;
  const next = <T>(make: new (data: ArrayBuffer, start: number, length: number) => T, index: number): T => {
    const length = header.lengths[index]!;
    const array = new make(data, at, length);
    at += 4 * length;
    return array;
  };
  const { hash, labels, temperature, reject, unseen, ownColumns } = header;
  return {
    hash,
    labels,
    temperature,
    reject,
    vocabulary: { hashes: next(Int32Array, 0), weights: next(Float32Array, 1), unseen, ownColumns },
    weights: next(Float32Array, 2),
    examples: { starts: next(Int32Array, 3), columns: next(Int32Array, 4), values: next(Float32Array, 5) },
    exampleStarts: next(Int32Array, 6),
  };
}
