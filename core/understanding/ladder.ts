import { beliefAfter, type Belief, type Reliability } from './agreement.ts';
import type { Understood } from './understood.ts';

/** What is known of a text when it is decided who says what it means. */
export type Situation = {
  /** The intent that it names exactly: by its title, or by a command that leads to it. */
  exact: string | null;
  /** A whole-message instruction to the bot (“cancel”), which no model can know more about. */
  command: boolean;
  /** False: no letter in it (a number, an emoji). */
  words: boolean;
  /** The classifier's calibrated probabilities, best first; empty before it is trained. */
  ranking: readonly Belief[];
  /** False: foreign to every intent, as the classifier sees it. */
  inScope: boolean;
  model: ModelState;
};

/** `away`: down, too busy, or past its budget. `said`: what it chose, now or when the same was asked before. */
export type ModelState =
  | { kind: 'none' }
  | { kind: 'ready' }
  | { kind: 'away' }
  | { kind: 'said'; intent: string | null; remembered: boolean };

/** From where on somebody decides, each 0 to 1. */
export type Limits = {
  /** The classifier decides alone, though a model is there; 1: never. */
  skipModelAbove: number;
  /** The classifier decides where no model does; below, the customer is asked. */
  acceptAbove: number;
  /** An intent's own limit, whoever decides; null: none. */
  thresholdOf: (intent: string) => number | null;
  reliability?: Reliability;
};

/** What a text means, and who said so. */
export type Verdict = Pick<Understood, 'rung' | 'intent' | 'confidence' | 'ranking' | 'outOfScope'>;

/** Most intents offered to the customer, and written down. */
const RANKED = 3;

/**
 * Who decides what a text means, from the top: an intent named exactly → what the model said before → a confident
 * classifier → the model (`ask-model`: the caller asks it and comes again with what it said) → the classifier. A null
 * intent that is not out of scope asks for a question back, with the ranking as its buttons. Pure.
 */
export function decide(situation: Situation, limits: Limits): Verdict | 'ask-model' {
  const { exact, command, words, ranking, inScope, model } = situation;
  if (exact !== null) return verdict('command', exact, [{ intent: exact, confidence: 1 }]);
  if (!words) return verdict('classifier', null, []);
  if (model.kind === 'said') return byModel(situation, model, limits);

  const best = ranking[0];
  const confident = best && inScope && limits.skipModelAbove < 1 && best.confidence >= limits.skipModelAbove;
  if (model.kind === 'none' || confident || command) return byClassifier('classifier', situation, limits);
  return model.kind === 'ready' ? 'ask-model' : byClassifier('fallback', situation, limits);
}

function byClassifier(rung: 'classifier' | 'fallback', { ranking, inScope }: Situation, limits: Limits): Verdict {
  const best = ranking[0];
  if (!best) return verdict(rung, null, []);
  if (!inScope) return { ...verdict(rung, null, ranking), outOfScope: true };
  const accepted = best.confidence >= (limits.thresholdOf(best.intent) ?? limits.acceptAbove);
  return verdict(rung, accepted ? best.intent : null, ranking);
}

function byModel(
  { ranking, inScope }: Situation,
  { intent, remembered }: Extract<ModelState, { kind: 'said' }>,
  limits: Limits,
): Verdict {
  const rung = remembered ? 'cache' : 'model';
  const beliefs = beliefAfter(ranking, intent, limits.reliability);
  // Two witnesses are needed for “certainly nothing that we do”: who is told so is not asked back.
  if (intent === null) return { ...verdict(rung, null, beliefs), outOfScope: !inScope && ranking.length > 0 };
  const chosen = beliefs.find((belief) => belief.intent === intent)!;
  const accepted = chosen.confidence >= (limits.thresholdOf(intent) ?? 0);
  return verdict(rung, accepted ? intent : null, [chosen, ...beliefs.filter((belief) => belief !== chosen)]);
}

/** The confidence of a null intent is that of the likeliest one. */
const verdict = (rung: Verdict['rung'], intent: string | null, ranking: readonly Belief[]): Verdict => ({
  rung,
  intent,
  confidence: ranking[0]?.confidence ?? 0,
  ranking: ranking.slice(0, RANKED),
  outOfScope: false,
});
