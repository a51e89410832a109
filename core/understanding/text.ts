import { Converter } from 'opencc-js/t2cn';

/** A stretch of one script: Han characters, or letters and digits of any other script. `start` counts UTF-16 units. */
export type Run = { text: string; start: number; han: boolean };

/**
 * `\p{L}` includes Han: without the subtraction `iPhone壞了` and `2015年的` would be one word each, and neither would
 * ever be found again. A word may hold apostrophes (`don't`), not begin or end with one.
 */
const RUN = /\p{Script=Han}+|[[\p{L}\p{N}\p{M}]--\p{Script=Han}]+(?:'[[\p{L}\p{N}\p{M}]--\p{Script=Han}]+)*/gv;
const HAN = /\p{Script=Han}/u;

/** Soft hyphens, zero-width and direction marks, variation selectors, tag characters: seen by no reader. */
const INVISIBLE =
  /\u034F|[\u00AD\u061C\u180E\u200B-\u200F\u202A-\u202E\u2060-\u206F\uFEFF]|[\uFE00-\uFE0F]|[\u{E0000}-\u{E0FFF}]/gu;

const ENDINGS = /^(.+?)(n't|'s|'re|'ve|'ll|'d|'m)$/;

let converter: ((text: string) => string) | undefined;

/** The dictionary costs 7 ms to build, so only a process that meets Chinese text pays for it, once. */
function toSimplified(text: string): string {
  const convert = (converter ??= Converter({ from: 'tw', to: 'cn' }));
  return convert(text);
}

/** Whether the text holds a Han character. */
export const hasHan = (text: string): boolean => HAN.test(text);

/** The text without characters that no reader sees, with the full-width and other compatibility forms made plain. */
export const clean = (text: string): string =>
  text
    .normalize('NFKC')
    .replace(INVISIBLE, '')
    .replace(/[‘’ʼ`´]/g, "'")
    .replace(/[“”]/g, '"');

/** The form in which texts are compared: cleaned, lower case, Simplified Chinese. For machines, never shown. */
export function normalize(text: string): string {
  const folded = clean(text).toLowerCase();
  return HAN.test(folded) ? toSimplified(folded) : folded;
}

/** Normalized, and only letters and digits: two texts with the same key differ in punctuation and spaces alone. */
export function comparisonKey(text: string): string {
  let key = '';
  let afterHan = true;
  for (const run of runs(normalize(text))) {
    key += afterHan || run.han ? run.text : ` ${run.text}`;
    afterHan = run.han;
  }
  return key;
}

/** The text cut where the script changes or neither letter nor digit stands; expects cleaned or normalized text. */
export function runs(text: string): Run[] {
  const found: Run[] = [];
  for (const match of text.matchAll(RUN)) {
    found.push({ text: match[0], start: match.index, han: HAN.test(match[0]) });
  }
  return found;
}

/** The words of one run that is not Han, with English endings apart: `don't` gives `do` and `n't`. */
export function wordsOf(run: string): string[] {
  const parts = run.includes("'") ? ENDINGS.exec(run) : null;
  return parts ? [parts[1]!, parts[2]!] : [run];
}
