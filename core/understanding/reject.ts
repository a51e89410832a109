import { quantile } from './calibration.ts';

/**
 * What speaks for a text being one of ours, in this order: probability of the best intent; its margin's lead; its
 * margin; cosine to the nearest example of any intent; to the nearest of the best intent; share of known words; of
 * known pieces; distance from the foreign examples, 0 where there are none.
 */
export type Evidence = readonly [number, number, number, number, number, number, number, number];

/**
 * How much each counts, once scaled. Fixed: weights learned by leaving intents out changed their signs where intents
 * share vocabulary, and were nowhere better.
 */
const IMPORTANCE: Evidence = [1, 0.3, 0.7, 0.5, 0.7, 0.7, 0.7, 2];

/** The share of our own texts that may be taken for foreign ones. */
const FALSE_REJECTION = 0.05;

/** Mean and spread of each piece of evidence over unseen texts of ours, and the score below which a text is foreign. */
export type RejectScale = { means: number[]; deviations: number[]; threshold: number };

/** The sum of the scaled evidence: 0 is usual for our own texts, lower is stranger. */
export function rejectScore(evidence: Evidence, { means, deviations }: Omit<RejectScale, 'threshold'>): number {
  let score = 0;
  for (let at = 0; at < evidence.length; at++) {
    score += (IMPORTANCE[at]! * (evidence[at]! - means[at]!)) / deviations[at]!;
  }
  return score;
}

/** The scale from the evidence of texts that are ours and were not trained on; with none, nothing is rejected. */
export function fitRejectScale(seen: readonly Evidence[]): RejectScale {
  const means: number[] = [];
  const deviations: number[] = [];
  for (let at = 0; at < IMPORTANCE.length; at++) {
    const mean = seen.reduce((sum, evidence) => sum + evidence[at]!, 0) / Math.max(1, seen.length);
    const square = seen.reduce((sum, evidence) => sum + (evidence[at]! - mean) ** 2, 0) / Math.max(1, seen.length);
    means.push(mean);
    // Where all texts agree (a single intent has probability 1), the evidence must not count without bound.
    deviations.push(Math.max(Math.sqrt(square), 0.01));
  }
  const scores = seen.map((evidence) => rejectScore(evidence, { means, deviations }));
  return { means, deviations, threshold: quantile(scores, FALSE_REJECTION) };
}
