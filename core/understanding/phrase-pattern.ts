import { hasHan, normalize } from './text.ts';

/** Phrases split at bars. Chinese ones are written as in Taiwan; patterns find their Simplified form too. */
export const phrases = (barred: string): string[] =>
  barred
    .split('|')
    .map((phrase) => phrase.trim().replace(/\s+/g, ' '))
    .filter((phrase) => phrase !== '');

/** One pattern that finds any of the phrases in lower-case text, the longest first; English ones as whole words. */
export function patternOf(list: readonly string[]): RegExp {
  const forms = new Set(list.flatMap((phrase) => [phrase, normalize(phrase)]));
  const parts = [...forms]
    .toSorted((a, b) => b.length - a.length)
    .map((phrase) => (hasHan(phrase) ? phrase : `(?<![a-z'-])${phrase}(?![a-z'-])`));
  return new RegExp(parts.join('|'), 'gu');
}

/** Works a value out when it is first asked for: patterns take a while to build, and importing a file must do nothing. */
export function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}
