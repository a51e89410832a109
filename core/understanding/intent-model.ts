import type { Locale } from '#core/conversation/content.schema.ts';
import type { IntentInfo } from './understood.ts';

/** An intent that a model may choose. `examples`: at most three, the nearest to the text first. */
export type Candidate = Pick<IntentInfo, 'name' | 'title' | 'description'> & { examples: readonly string[] };

/** What a model is asked. Texts are masked: no personal data stands in them. */
export type IntentQuestion = {
  text: string;
  locale: Locale;
  /** The customer's last questions, newest last. */
  before: readonly string[];
  /** Names of the values that are known already. */
  known: readonly string[];
  /** Names of the values to look for in the text. */
  wanted: readonly string[];
  candidates: readonly Candidate[];
};

/** What a model chose: the name of a candidate, or null for none of them; values as they stand in the text. */
export type IntentChoice = { intent: string | null; slots: Readonly<Record<string, string>> };

/** A model that chooses among intents. It has no authority: what it chooses is checked, and code acts. */
export type IntentModel = {
  /** The model and what it is told: part of every cache key. */
  name: string;
  /** Whether asking it now could bring an answer in time: false while it is down, loading, or has too much to do. */
  ready: () => boolean;
  /** Rejects when it has no valid answer, and soon after `signal` aborts. */
  choose: (question: IntentQuestion, signal: AbortSignal) => Promise<IntentChoice>;
};
