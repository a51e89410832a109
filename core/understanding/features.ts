import { hashEnd, hashPieces, hashStep, hashText } from './hash.ts';
import { normalRuns, wordsOf } from './text.ts';

/**
 * What the classifier sees of a text, as 32-bit hashes with repetitions: words and pairs of words, and pieces of words.
 * Hashes instead of strings: the model is then plain numbers, and reading a text allocates no substrings. Among 200,000
 * features about five share a hash with another one.
 */
export type Features = { words: number[]; pieces: number[] };

/** A text beyond this many UTF-16 units says nothing new about what its writer wants; it only takes time. */
const MAX_LENGTH = 2_000;

const WORD = 0x51ed270b;
const PAIR = 0x2545f491;
const LATIN_PIECE = 0x1b873593;
const HAN_PIECE = 0x6c078965;
const LATIN_LENGTHS = [2, 5] as const;
const HAN_LENGTHS = [1, 3] as const;

/**
 * The features of a text as it came: its words, where each Han character counts as one, and pairs of neighbours; pieces
 * of 2 to 5 letters within a word and of 1 to 3 Han characters within a run, their borders marked.
 */
export function featuresOf(text: string): Features {
  const words: number[] = [];
  const pieces: number[] = [];
  const addPiece = (hash: number): void => void pieces.push(hash);
  let previous = 0;
  const addWord = (word: string): void => {
    const hash = hashText(WORD, word);
    words.push(hash);
    if (previous !== 0) words.push(hashEnd(hashStep(hashStep(PAIR, previous), hash)));
    previous = hash;
  };
  for (const run of normalRuns(text.slice(0, MAX_LENGTH))) {
    if (run.han) {
      for (const character of run.text) addWord(character);
      hashPieces(HAN_PIECE, `^${run.text}$`, HAN_LENGTHS, addPiece);
    } else {
      for (const word of wordsOf(run.text)) {
        addWord(word);
        hashPieces(LATIN_PIECE, `_${word}_`, LATIN_LENGTHS, addPiece);
      }
    }
  }
  return { words, pieces };
}
