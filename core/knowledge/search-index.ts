import type { Locale } from '#core/conversation/content.schema.ts';
import { comparisonKey } from '#core/understanding/text.ts';
import { createBm25, highestScore } from './bm25.ts';
import { createHighlighter, type Highlighter, type Span } from './highlight.ts';
import { matchOf } from './match.ts';
import { termsOf } from './terms.ts';

/** What can be found: all the ways to ask stand in one document, the one shown to people first. */
export type SearchDocument = {
  id: string;
  locale: Locale;
  category: string;
  questions: readonly string[];
  answer: string;
};

/** One found document. */
export type SearchHit = {
  id: string;
  /** BM25: only to be compared within one answer. */
  score: number;
  /** The probability that it answers the query, 0 to 1: quote from 0.6, offer from 0.3. */
  match: number;
  /** The query is one of its questions, but for case, width, script, spaces and punctuation. */
  exact: boolean;
  /** What the query touches in its first question and in its answer; worked out when read, as few readers want it. */
  readonly highlight: { title: Span[]; answer: Span[] };
};

/** Without `locale` all languages are searched, with `category` only that one. */
type SearchOptions = { locale?: Locale; category?: string; limit: number };

/** The search index of one process, held in memory; every change takes effect at once. */
export type SearchIndex = {
  /** Adds a document, or replaces the one with its id. */
  put: (document: SearchDocument) => void;
  remove: (id: string) => void;
  /** The best documents, those asked for word by word first. */
  search: (query: string, options: SearchOptions) => SearchHit[];
  readonly size: number;
};

type Entry = { document: SearchDocument; slot: number; keys: ReadonlySet<string> };

/** What is asked stands in the first of these UTF-16 units. */
const LONGEST_QUERY = 1_000;

/** A highlighter that reads the query when first used. */
function lazyHighlighter(query: string): Highlighter {
  let made: Highlighter | undefined;
  return (text) => (made ??= createHighlighter(query))(text);
}

const hitOf = (
  { id, questions, answer }: SearchDocument,
  score: number,
  match: number,
  exact: boolean,
  highlight: Highlighter,
): SearchHit => ({
  id,
  score,
  match,
  exact,
  get highlight() {
    return { title: highlight(questions[0] ?? ''), answer: highlight(answer) };
  },
});

/** The documents of one language. Apart, because rarity must be counted among texts of the same language. */
function createShelf() {
  const bm25 = createBm25();
  const entries = new Map<string, Entry>();
  const bySlot: (Entry | undefined)[] = [];
  const freeSlots: number[] = [];
  const byKey = new Map<string, Set<Entry>>();

  function put(document: SearchDocument): void {
    remove(document.id);
    const slot = freeSlots.pop() ?? bySlot.length;
    const entry: Entry = { document, slot, keys: new Set(document.questions.map(comparisonKey)) };
    bm25.add(slot, termsOf(document.questions.join('\n')), termsOf(document.answer));
    entries.set(document.id, entry);
    bySlot[slot] = entry;
    for (const key of entry.keys) byKey.set(key, (byKey.get(key) ?? new Set()).add(entry));
  }

  function remove(id: string): void {
    const entry = entries.get(id);
    if (!entry) return;
    bm25.remove(entry.slot);
    entries.delete(id);
    bySlot[entry.slot] = undefined;
    freeSlots.push(entry.slot);
    for (const key of entry.keys) {
      const sharing = byKey.get(key)!;
      sharing.delete(entry);
      if (sharing.size === 0) byKey.delete(key);
    }
  }

  function search(query: string, category: string | undefined, limit: number): SearchHit[] {
    const terms = bm25.weigh(termsOf(query.slice(0, LONGEST_QUERY)));
    let asked = 0;
    for (const { weight, grammar } of terms) if (!grammar) asked += weight;
    const highest = highestScore(terms);
    const fits = (entry: Entry): boolean => category === undefined || entry.document.category === category;
    // One more than asked for: the lead of the first needs a rival.
    const scored = bm25.search(terms, limit + 1, (slot) => fits(bySlot[slot]!));
    const [best, second] = scored;
    const highlight = lazyHighlighter(query);
    const hits: SearchHit[] = [];
    const add = ({ document }: Entry, score: number, match: number, exact: boolean): void => {
      if (hits.length < limit) hits.push(hitOf(document, score, match, exact, highlight));
    };
    const exact = exactly(query).filter(fits);
    for (const entry of exact) add(entry, scored.find(({ slot }) => slot === entry.slot)?.score ?? 0, 1, true);
    for (const one of scored) {
      const entry = bySlot[one.slot]!;
      if (exact.includes(entry)) continue;
      const rival = one === best ? second : best;
      const lead = rival ? Math.log(one.score / rival.score) : Infinity;
      add(entry, one.score, matchOf({ asked, held: one.held, strength: one.score / highest, lead }), false);
    }
    return hits;
  }

  /** The documents of which the query is a question, word for word. */
  function exactly(query: string): Entry[] {
    const key = comparisonKey(query);
    return key === '' ? [] : [...(byKey.get(key) ?? [])];
  }

  return { put, remove, search, size: () => entries.size };
}

/** An empty index. */
export function createSearchIndex(): SearchIndex {
  const shelves = new Map<Locale, ReturnType<typeof createShelf>>();
  const shelfOf = new Map<string, Locale>();

  function remove(id: string): void {
    const locale = shelfOf.get(id);
    if (!locale) return;
    shelves.get(locale)!.remove(id);
    shelfOf.delete(id);
  }

  function put(document: SearchDocument): void {
    remove(document.id);
    if (!shelves.has(document.locale)) shelves.set(document.locale, createShelf());
    shelves.get(document.locale)!.put(document);
    shelfOf.set(document.id, document.locale);
  }

  function search(query: string, { locale, category, limit }: SearchOptions): SearchHit[] {
    const asked = locale ? [shelves.get(locale)].filter((shelf) => shelf !== undefined) : [...shelves.values()];
    const hits = asked.flatMap((shelf) => shelf.search(query, category, limit));
    if (asked.length < 2) return hits;
    // Scores of two languages do not compare; probabilities do.
    return hits.sort((a, b) => Number(b.exact) - Number(a.exact) || b.match - a.match).slice(0, limit);
  }

  return {
    put,
    remove,
    search,
    get size() {
      return shelfOf.size;
    },
  };
}
