import type { Locale } from '#core/conversation/content.schema.ts';
import type { TaughtIntent } from './catalogue.ts';
import { featuresOf } from './features.ts';

/** Finds the examples of an intent that are nearest to a text; of its language first where none is near. */
export type NearestExamples = (intent: TaughtIntent, text: string, locale: Locale, most: number) => string[];

type Known = { text: string; locale: Locale; pieces: Set<number> };

const piecesOf = (text: string): Set<number> => new Set(featuresOf(text).pieces);

/** Cosine of two sets. */
function likeness(a: ReadonlySet<number>, b: ReadonlySet<number>): number {
  if (a.size === 0 || b.size === 0) return 0;
  const [small, large] = a.size < b.size ? [a, b] : [b, a];
  let shared = 0;
  for (const piece of small) if (large.has(piece)) shared++;
  return shared / Math.sqrt(a.size * b.size);
}

/** Compares pieces of words, as the classifier sees them. An intent's examples are read once, when first asked about. */
export function createNearestExamples(): NearestExamples {
  const known = new WeakMap<TaughtIntent, readonly Known[]>();
  const read = (intent: TaughtIntent): readonly Known[] => {
    const before = known.get(intent);
    if (before) return before;
    const examples = Object.entries(intent.examples) as [Locale, readonly string[]][];
    const now = examples.flatMap(([locale, texts]) => texts.map((text) => ({ text, locale, pieces: piecesOf(text) })));
    known.set(intent, now);
    return now;
  };
  return (intent, text, locale, most) => {
    const pieces = piecesOf(text);
    return read(intent)
      .map((example) => ({ example, near: likeness(pieces, example.pieces) }))
      .sort((a, b) => b.near - a.near || Number(b.example.locale === locale) - Number(a.example.locale === locale))
      .slice(0, most)
      .map(({ example }) => example.text);
  };
}
