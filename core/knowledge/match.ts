/** How one document answers to a query. Weights are those of the query's terms; grammar weighs nothing where it says so. */
export type Agreement = {
  /** Weight of the query beyond its grammar: one that says little is answered by anything. */
  asked: number;
  /** The part of `asked` that the document holds. */
  held: number;
  /** The document's score over the highest that any document could have, 0 to about 1. */
  strength: number;
  /** Logarithm of its score over that of the best other document. */
  lead: number;
};

/** Beyond this factor a document's lead says nothing more. */
const LEAD_LIMIT = Math.log(4);

/**
 * The probability that the document answers the query: from 0.6 it may be quoted, from 0.3 offered. A logistic curve,
 * fitted on the demo shop's questions, each held out of its own FAQ, among 5 to 116 FAQs, against questions whose FAQ
 * was absent and against foreign ones. What comes of it: `bench/understanding.ts`.
 */
export function matchOf({ asked, held, strength, lead }: Agreement): number {
  const covered = asked > 0 ? held / asked : 0;
  const ahead = Math.max(-LEAD_LIMIT, Math.min(LEAD_LIMIT, lead));
  const sum =
    -5.27 + 2.44 * covered + 1.58 * ahead + 2.79 * ahead * covered + 2.29 * strength + 0.66 * Math.log(1 + asked);
  return 1 / (1 + Math.exp(-sum));
}
