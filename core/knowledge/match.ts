/** The terms of one document by number, as a match is judged by them. */
export type Matchable = { questions: readonly Int32Array[]; answer: Int32Array };

/** A query's terms: their weight, and their number if any document has them. */
export type WeighedTerm = { number: number | undefined; weight: number };

/** How a query and a document agree; each 0 to 1 but `lead`. */
export type Agreement = {
  /** Cosine to the nearest of its questions. */
  nearest: number;
  /** Share of the query's weight that its questions hold. */
  asked: number;
  /** Share that its questions or its answer hold. */
  covered: number;
  /** Logarithm of its score over that of the best other document. */
  lead: number;
};

/** Beyond this factor a document's lead says nothing more. */
const LEAD_LIMIT = Math.log(4);

/** Logistic weights, fitted by `bench/match.ts` on questions held out of FAQs and on foreign ones. */
const BIAS = -5;
const WEIGHTS: Agreement = { nearest: 5, asked: 2, covered: 1, lead: 1 };

/** Measures the agreement; `weightOf` weighs the terms of the document as those of the query were weighed. */
export function agreementOf(
  query: readonly WeighedTerm[],
  { questions, answer }: Matchable,
  weightOf: (term: number) => number,
  lead: number,
): Agreement {
  const wanted = new Map<number, number>();
  let [total, square] = [0, 0];
  for (const { number, weight } of query) {
    if (number !== undefined) wanted.set(number, weight);
    total += weight;
    square += weight * weight;
  }
  const asked = new Set<number>();
  let nearest = 0;
  for (const question of questions) {
    let [dot, length] = [0, 0];
    for (const term of question) {
      const weight = weightOf(term);
      length += weight * weight;
      if (!wanted.has(term)) continue;
      asked.add(term);
      dot += weight * weight;
    }
    if (dot > 0) nearest = Math.max(nearest, dot / Math.sqrt(square * length));
  }
  let inQuestions = 0;
  for (const term of asked) inQuestions += wanted.get(term)!;
  let inEither = inQuestions;
  for (const term of answer) if (!asked.has(term)) inEither += wanted.get(term) ?? 0;
  return {
    nearest,
    asked: total > 0 ? inQuestions / total : 0,
    covered: total > 0 ? inEither / total : 0,
    lead: Math.max(-LEAD_LIMIT, Math.min(LEAD_LIMIT, lead)),
  };
}

/** The probability that the document answers the query: from 0.6 it may be quoted, from 0.3 offered. */
export function matchOf({ nearest, asked, covered, lead }: Agreement): number {
  const sum =
    BIAS + WEIGHTS.nearest * nearest + WEIGHTS.asked * asked + WEIGHTS.covered * covered + WEIGHTS.lead * lead;
  return 1 / (1 + Math.exp(-sum));
}
