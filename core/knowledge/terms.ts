import { isFunctionCharacter, isFunctionWord } from '#core/understanding/function-words.ts';
import { hashPieces, hashText } from '#core/understanding/hash.ts';
import { stem } from '#core/understanding/stemmer.ts';
import { normalRuns, wordsOf } from '#core/understanding/text.ts';

/**
 * One term of a text: a 32-bit hash, how often it occurs, how much its kind counts in a query, and whether it is mere
 * grammar, which helps to rank but tells nothing about the subject.
 */
export type Term = { hash: number; count: number; weight: number; grammar: boolean };

const WORD = 0x3c6ef372;
const TRIGRAM = 0x1f83d9ab;
const HAN = 0x510e527f;

/** Single characters carry the recall, pairs of them the order; alone either is worse (R@1 on DRCD: 83.0, 90.5, both 91.4). */
const PAIR_WEIGHT = 0.5;
const TRIGRAM_WEIGHT = 0.3;

/** The terms of a text, each once: single Han characters and pairs of them, stems of words and their letter trigrams. */
export function termsOf(text: string): Term[] {
  const terms = new Map<number, Term>();
  const add = (hash: number, weight: number, grammar: boolean): void => {
    const term = terms.get(hash);
    if (term) term.count++;
    else terms.set(hash, { hash, count: 1, weight, grammar });
  };
  const addTrigram = (hash: number): void => add(hash, TRIGRAM_WEIGHT, false);
  for (const run of normalRuns(text)) {
    if (run.han) {
      let previous = '';
      for (const character of run.text) {
        const grammar = isFunctionCharacter(character);
        add(hashText(HAN, character), 1, grammar);
        if (previous) add(hashText(HAN, previous + character), PAIR_WEIGHT, grammar && isFunctionCharacter(previous));
        previous = character;
      }
    } else {
      for (const word of wordsOf(run.text)) {
        const grammar = isFunctionWord(word);
        add(hashText(WORD, stem(word)), 1, grammar);
        if (!grammar) hashPieces(TRIGRAM, `_${word}_`, [3, 3], addTrigram);
      }
    }
  }
  return [...terms.values()];
}
