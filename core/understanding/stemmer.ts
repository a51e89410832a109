/** One rule of a step: the suffix, and what takes its place. */
type Rule = readonly [suffix: string, replacement: string];

const rules = (words: string): Rule[] =>
  words
    .trim()
    .split(/\s+/)
    .map((word) => word.split('>') as [string, string]);

const STEP_2 = rules(`
  ational>ate tional>tion enci>ence anci>ance izer>ize bli>ble alli>al entli>ent eli>e ousli>ous ization>ize ation>ate
  ator>ate alism>al iveness>ive fulness>ful ousness>ous aliti>al iviti>ive biliti>ble logi>log`);
const STEP_3 = rules('icate>ic ative> alize>al iciti>ic ical>ic ful> ness>');
const STEP_4 = rules(`
  al> ance> ence> er> ic> able> ible> ant> ement> ment> ent> ion> ou> ism> ate> iti> ous> ive> ize>`);

/** `y` is a vowel after a consonant: in `syzygy` all three are, in `toy` it is none. */
function isVowel(word: string, at: number): boolean {
  const letter = word[at]!;
  if ('aeiou'.includes(letter)) return true;
  return letter === 'y' && at > 0 && !isVowel(word, at - 1);
}

/** Porter's m: how often a consonant follows a vowel. `tree` has 0, `trouble` 1, `private` 2. */
function measure(stem: string): number {
  let count = 0;
  let afterVowel = false;
  for (let at = 0; at < stem.length; at++) {
    const vowel = isVowel(stem, at);
    if (afterVowel && !vowel) count++;
    afterVowel = vowel;
  }
  return count;
}

function hasVowel(stem: string): boolean {
  for (let at = 0; at < stem.length; at++) if (isVowel(stem, at)) return true;
  return false;
}

const endsDouble = (word: string): boolean =>
  word.length > 1 && word.at(-1) === word.at(-2) && !isVowel(word, word.length - 1);

/** Consonant, vowel, consonant at the end, the last not w, x or y: `hop`, so `hoping` needs its `e` back. */
function endsShort(word: string): boolean {
  const last = word.length - 1;
  if (last < 2 || 'wxy'.includes(word[last]!)) return false;
  return !isVowel(word, last) && isVowel(word, last - 1) && !isVowel(word, last - 2);
}

/** The longest suffix that fits decides, even where its stem is too short and the word stays. */
function applyLongest(word: string, step: readonly Rule[], minMeasure: number): string {
  let longest: Rule | undefined;
  for (const rule of step) {
    if (word.endsWith(rule[0]) && rule[0].length > (longest?.[0].length ?? 0)) longest = rule;
  }
  if (!longest) return word;
  const stem = word.slice(0, -longest[0].length);
  if (longest[0] === 'ion' && !/[st]$/.test(stem)) return word;
  return measure(stem) >= minMeasure ? stem + longest[1] : word;
}

function plurals(word: string): string {
  if (word.endsWith('sses') || word.endsWith('ies')) return word.slice(0, -2);
  return word.endsWith('s') && !word.endsWith('ss') ? word.slice(0, -1) : word;
}

function participles(word: string): string {
  if (word.endsWith('eed')) return measure(word.slice(0, -3)) > 0 ? word.slice(0, -1) : word;
  const suffix = word.endsWith('ed') ? 2 : word.endsWith('ing') ? 3 : 0;
  const stem = suffix ? word.slice(0, -suffix) : '';
  if (!hasVowel(stem)) return word;
  if (/(?:at|bl|iz)$/.test(stem)) return `${stem}e`;
  if (endsDouble(stem) && !/[lsz]$/.test(stem)) return stem.slice(0, -1);
  return measure(stem) === 1 && endsShort(stem) ? `${stem}e` : stem;
}

function finalE(word: string): string {
  let stem = word;
  if (word.endsWith('e')) {
    const rest = word.slice(0, -1);
    const size = measure(rest);
    if (size > 1 || (size === 1 && !endsShort(rest))) stem = rest;
  }
  return endsDouble(stem) && stem.endsWith('l') && measure(stem) > 1 ? stem.slice(0, -1) : stem;
}

/**
 * The stem of a lower-case English word by Porter's algorithm of 1980 with its author's two later amendments (`bli`,
 * `logi`): `shipping`, `shipped` and `ships` all give `ship`. Words with other letters than a to z come back as they are.
 */
export function stem(word: string): string {
  if (word.length < 3 || !/^[a-z]+$/.test(word)) return word;
  let result = participles(plurals(word));
  if (result.endsWith('y') && hasVowel(result.slice(0, -1))) result = `${result.slice(0, -1)}i`;
  result = applyLongest(result, STEP_2, 1);
  result = applyLongest(result, STEP_3, 1);
  result = applyLongest(result, STEP_4, 2);
  return finalE(result);
}
