import type { Locale } from '#core/conversation/content.schema.ts';

/** Which rung of the ladder decided what a message means. */
export type Rung = 'command' | 'cache' | 'classifier' | 'model' | 'fallback';

/** Values found in a message, by slot name (`order`, `email`, `phone`, `ticket` …). */
export type Slots = Readonly<Record<string, string>>;

/** What one message means. Recorded with the turn. */
export type Understood = {
  rung: Rung;
  /** Name of the intent, or null: none of ours fits. */
  intent: string | null;
  /** Calibrated probability of `intent`, 0 to 1; never a model's own word. */
  confidence: number;
  /** Best first, at most three. */
  ranking: readonly { intent: string; confidence: number }[];
  /** Certainly nothing that we do: a poem, the weather. */
  outOfScope: boolean;
  slots: Slots;
  /** Language of the message's larger part; null when it has none (a number, a picture). */
  locale: Locale | null;
  /** It leans on what was asked before ("and abroad?"). */
  followUp: boolean;
  mood: 'calm' | 'angry';
  /** Milliseconds it took. */
  took: number;
};

/** What is asked of understanding. `before`: the customer's last questions, newest last, at most three. */
export type UnderstandQuery = {
  text: string;
  locale: Locale;
  before: readonly string[];
  slots: Slots;
};

/** An intent as the dialogue needs it: how it is named to people, and where it leads. */
export type IntentRoute = { kind: 'answer'; category: string } | { kind: 'flow'; flow: string } | { kind: 'handoff' };
export type IntentInfo = {
  name: string;
  title: Readonly<Record<Locale, string>>;
  description: Readonly<Record<Locale, string>>;
  route: IntentRoute;
};
