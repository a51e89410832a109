import { Converter } from 'opencc-js/t2cn';
import { recalling } from './recalling.ts';

/** A stretch of one script: Han characters, or letters and digits of any other script. `start` counts UTF-16 units. */
export type Run = { text: string; start: number; han: boolean };

const HAN = /\p{Script=Han}/u;
/** `\p{L}` includes Han: taken together, `iPhone壞了` and `2015年的` would be one word each, and neither ever found again. */
const WORD = /[\p{L}\p{N}\p{M}]/u;
/** What a character is; of the first plane looked up but once, since a pattern for each character of each text takes long. */
const [UNSEEN, OTHER, HAN_CHARACTER, WORD_CHARACTER] = [0, 1, 2, 3];
const kinds = new Uint8Array(0x10000);

function look(code: number): number {
  const character = String.fromCodePoint(code);
  return HAN.test(character) ? HAN_CHARACTER : WORD.test(character) ? WORD_CHARACTER : OTHER;
}

function kindOf(code: number): number {
  if (code >= kinds.length) return look(code);
  const kind = kinds[code]!;
  return kind === UNSEEN ? (kinds[code] = look(code)) : kind;
}

/** Soft hyphens, zero-width and direction marks, variation selectors, tag characters: seen by no reader. */
const INVISIBLE =
  /\u034F|[\u00AD\u061C\u180E\u200B-\u200F\u202A-\u202E\u2060-\u206F\uFEFF]|[\uFE00-\uFE0F]|[\u{E0000}-\u{E0FFF}]/gu;

const APOSTROPHE = 0x27;
const ENDINGS = /^(.+?)(n't|'s|'re|'ve|'ll|'d|'m)$/;

let converter: ((text: string) => string) | undefined;

/** The dictionary costs 7 ms to build, so only a process that meets Chinese text pays for it, once. */
function toSimplified(text: string): string {
  const convert = (converter ??= Converter({ from: 'tw', to: 'cn' }));
  return convert(text);
}

/** Texts remembered: those of the turn under way. What is kept longer costs the garbage collector more than it saves. */
const REMEMBERED = 50;

/** Whether the text holds a Han character. */
export function hasHan(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.codePointAt(at)!;
    if (kindOf(code) === HAN_CHARACTER) return true;
    if (code > 0xffff) at++;
  }
  return false;
}

/** The text without characters that no reader sees, with the full-width and other compatibility forms made plain. */
export const clean = recalling(
  (text) =>
    text
      .normalize('NFKC')
      .replace(INVISIBLE, '')
      .replace(/[‘’ʼ`´]/g, "'")
      .replace(/[“”]/g, '"'),
  REMEMBERED,
);

/** The form in which texts are compared: cleaned, lower case, Simplified Chinese. For machines, never shown. */
export const normalize = recalling((text) => {
  const folded = clean(text).toLowerCase();
  return hasHan(folded) ? toSimplified(folded) : folded;
}, REMEMBERED);

/** The runs of the normalized text. */
export const normalRuns = recalling((text): readonly Run[] => runs(normalize(text)), REMEMBERED);

/** Normalized, and only letters and digits: two texts with the same key differ in punctuation and spaces alone. */
export const comparisonKey = recalling((text) => keyOf(normalRuns(text)), REMEMBERED);

/** The comparison key of a text that is normalized already. */
export const normalKey = (normal: string): string => keyOf(runs(normal));

function keyOf(runs: readonly Run[]): string {
  let key = '';
  let afterHan = true;
  for (const run of runs) {
    key += afterHan || run.han ? run.text : ` ${run.text}`;
    afterHan = run.han;
  }
  return key;
}

/**
 * The text cut where the script changes or neither letter nor digit stands; expects cleaned or normalized text. A word
 * may hold apostrophes (`don't`), not begin or end with one.
 */
export function runs(text: string): Run[] {
  const found: Run[] = [];
  let start = 0;
  let inside = OTHER;
  let apostrophe = false;
  const cut = (end: number): void => {
    if (inside !== OTHER) found.push({ text: text.slice(start, end), start, han: inside === HAN_CHARACTER });
  };
  for (let at = 0; at < text.length; at++) {
    const code = text.codePointAt(at)!;
    const kind = kindOf(code);
    if (kind !== inside) {
      // The one before was an apostrophe: within a word only if the word goes on.
      if (apostrophe) cut(at - 1);
      else if (code === APOSTROPHE && inside === WORD_CHARACTER) {
        apostrophe = true;
        continue;
      } else cut(at);
      start = at;
      inside = kind;
    }
    apostrophe = false;
    if (code > 0xffff) at++;
  }
  cut(apostrophe ? text.length - 1 : text.length);
  return found;
}

/** The words of one run that is not Han, with English endings apart: `don't` gives `do` and `n't`. */
export function wordsOf(run: string): string[] {
  const parts = run.includes("'") ? ENDINGS.exec(run) : null;
  return parts ? [parts[1]!, parts[2]!] : [run];
}
