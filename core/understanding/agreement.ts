/** A probability that an intent is meant. */
export type Belief = { intent: string; confidence: number };

/** How often each of the two is right about the texts that a model is asked about: those the classifier is not sure of. */
export type Reliability = {
  /** Share of the model's choices that are right. */
  model: number;
  /** Share of texts for which the classifier's probabilities mean something; for the others any candidate is as likely. */
  classifier: number;
};

/** Assumed until an evaluation on an installation's own conversations says otherwise. */
const USUAL_RELIABILITY: Reliability = { model: 0.85, classifier: 0.7 };

/**
 * What to believe after a model chose, by Bayes' rule: the classifier's calibrated probabilities are the prior, the
 * choice is a witness of known reliability whose errors fall on any other candidate alike. Agreement makes it nearly
 * certain, contradiction leaves a little more belief in the model than in all others together (that is why it may
 * decide), and what the model says of its own certainty is never read. The two are not independent, so the figures lean
 * towards too sure. `prior`: best first; what its probabilities leave over belongs to “none of them”. `chosen` null: none.
 */
export function beliefAfter(
  prior: readonly Belief[],
  chosen: string | null,
  { model, classifier }: Reliability = USUAL_RELIABILITY,
): Belief[] {
  const known = prior.some(({ intent }) => intent === chosen);
  // Untrained, the classifier says nothing: what was chosen and “none of them” are then equally likely beforehand.
  const unheard = prior.length > 0 ? 0 : 0.5;
  const candidates = chosen === null || known ? prior : [...prior, { intent: chosen, confidence: unheard }];
  const answers = candidates.length + 1;
  const smoothed = (probability: number): number => classifier * probability + (1 - classifier) / answers;
  const weight = (probability: number, said: boolean): number =>
    smoothed(probability) * (said ? model : (1 - model) / Math.max(1, answers - 1));

  const left = Math.max(0, 1 - candidates.reduce((sum, { confidence }) => sum + confidence, 0));
  const weights = candidates.map(({ intent, confidence }) => weight(confidence, intent === chosen));
  const sum = weights.reduce((total, each) => total + each, weight(left, chosen === null));
  return candidates
    .map(({ intent }, at) => ({ intent, confidence: weights[at]! / sum }))
    .sort((a, b) => b.confidence - a.confidence);
}
