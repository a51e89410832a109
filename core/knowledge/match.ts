/** A query's term: its number if any document has it, how often it occurs, its weight, and whether it carries meaning by itself. */
export type WeighedTerm = { number: number | undefined; count: number; weight: number; content: boolean };

/** How well the query speaks the language of the whole shelf: shares of its weight, 0 to 1, of all terms and of words and pairs alone. */
export type Familiarity = { all: number; content: number };

/** How one document answers to the query. */
export type Agreement = {
  /** Share of the query's weight that the document holds. */
  covered: number;
  /** Logarithm of its score over that of the best other document. */
  lead: number;
};

/** Beyond this factor a document's lead says nothing more. */
const LEAD_LIMIT = Math.log(4);

/** A foreign question has words that no document has: the clearest sign that nothing here answers it. */
export function familiarityOf(query: readonly WeighedTerm[]): Familiarity {
  let [all, allKnown, content, contentKnown] = [0, 0, 0, 0];
  for (const term of query) {
    all += term.weight;
    if (term.number !== undefined) allKnown += term.weight;
    if (!term.content) continue;
    content += term.weight;
    if (term.number !== undefined) contentKnown += term.weight;
  }
  return { all: all > 0 ? allKnown / all : 0, content: content > 0 ? contentKnown / content : 1 };
}

/**
 * The probability that the document answers the query: from 0.6 it may be quoted, from 0.3 offered. Logistic weights,
 * fitted on the demo shop's questions, each held out of its FAQ, in shelves of 5 to 116 FAQs, against questions whose
 * FAQ was absent and against foreign ones; `bench/understanding.ts` shows what became of it.
 */
export function matchOf({ covered, lead }: Agreement, familiarity: Familiarity): number {
  const bounded = Math.max(-LEAD_LIMIT, Math.min(LEAD_LIMIT, lead));
  const sum = -9.48 + 1.62 * covered + 3.55 * bounded + 4.08 * familiarity.all + 3.67 * familiarity.content;
  return 1 / (1 + Math.exp(-sum));
}
