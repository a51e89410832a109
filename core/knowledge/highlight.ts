import { isFunctionWord } from '#core/understanding/function-words.ts';
import { stem } from '#core/understanding/stemmer.ts';
import { normalize, normalRuns, runs, wordsOf } from '#core/understanding/text.ts';

/** A part of a text, from its first UTF-16 unit (included) to its last (excluded). */
export type Span = [from: number, to: number];

/** Marks in a text what a query touches. */
export type Highlighter = (text: string) => Span[];

/** Function words of English are left out, and single Han characters: `的` stands in every text. */
export function createHighlighter(query: string): Highlighter {
  const stems = new Set<string>();
  const pairs = new Set<string>();
  const singles = new Set<string>();
  for (const run of normalRuns(query)) {
    const characters = Array.from(run.text);
    if (!run.han) {
      const [word] = wordsOf(run.text);
      if (!isFunctionWord(word!)) stems.add(stem(word!));
    } else if (characters.length === 1) singles.add(run.text);
    else for (let at = 1; at < characters.length; at++) pairs.add(characters[at - 1]! + characters[at]!);
  }

  return (text) => {
    const spans: Span[] = [];
    const mark = (from: number, to: number): void => {
      const last = spans.at(-1);
      if (last && from <= last[1]) last[1] = Math.max(last[1], to);
      else spans.push([from, to]);
    };
    for (const run of runs(text)) {
      if (!run.han) {
        if (stems.has(stem(wordsOf(normalize(run.text))[0] ?? ''))) mark(run.start, run.start + run.text.length);
        continue;
      }
      let at = run.start;
      let previous: { character: string; at: number } | undefined;
      for (const original of run.text) {
        const character = normalize(original);
        if (previous && pairs.has(previous.character + character)) mark(previous.at, at + original.length);
        else if (singles.has(character)) mark(at, at + original.length);
        previous = { character, at };
        at += original.length;
      }
    }
    return spans;
  };
}
