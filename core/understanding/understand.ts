import { createHash } from 'node:crypto';
import type { Belief, Reliability } from './agreement.ts';
import { believedSlots, FOUND_BY_CODE } from './believed-slots.ts';
import { indexCatalogue, shortlist, type CatalogueIndex, type IntentCatalogue } from './catalogue.ts';
import type { ChoiceCache } from './choice-cache.ts';
import type { Classifier } from './classifier.ts';
import { isFollowUp, withContext } from './follow-up.ts';
import type { IntentChoice, IntentModel, IntentQuestion } from './intent-model.ts';
import { decide, type Limits, type ModelState, type Situation } from './ladder.ts';
import { createNearestExamples } from './nearest-examples.ts';
import { createSharedCalls, untilAborted } from './shared-calls.ts';
import { detectCommand, detectLocale, detectMood } from './signals.ts';
import { comparisonKey } from './text.ts';
import type { UnderstandQuery, Understood } from './understood.ts';

/** Says what messages mean. */
export type Understanding = {
  /** What can be said inside the process, at once; undefined: the model has to be asked. */
  now: (query: UnderstandQuery) => Understood | undefined;
  /** Asks the model where the ladder wants it; past its budget, or when it fails, the classifier answers. Rejects only when `signal` aborts. */
  ask: (query: UnderstandQuery, signal?: AbortSignal) => Promise<Understood>;
};

/** Most intents a model chooses among: the right one is among the classifier's ten likeliest in 90 to 97 of 100 texts. */
const SHORTLIST = 10;
const EXAMPLES_EACH = 3;
/** From there on the classifier's word is good enough where no model decides. */
const ACCEPT_ABOVE = 0.5;

/** A text as it is before anybody was asked. */
type Reading = Omit<Situation, 'model'> & {
  query: UnderstandQuery;
  index: CatalogueIndex;
  /** The text with the question before it that it leans on. */
  joined: string;
  locale: Understood['locale'];
  followUp: boolean;
  begun: number;
};

/**
 * Understanding as the dialogue asks for it. `clock` in milliseconds, never going back; `within` gives the signal that
 * aborts after so many of them; `mask` hides personal data from the model; `onFault` hears why a model's answer was not
 * used. Without a model everything is said at once.
 */
export function createUnderstanding(tools: {
  /** The newest classifier: it is trained again while people write. */
  classifier: () => Classifier;
  catalogue: () => IntentCatalogue;
  model?: IntentModel | undefined;
  cache: ChoiceCache;
  mask: (text: string) => string;
  clock: () => number;
  within?: (ms: number) => AbortSignal;
  onFault: (error: unknown) => void;
  skipModelAbove?: number;
  acceptAbove?: number;
  budgetMs?: number;
  reliability?: Reliability;
}): Understanding {
  const { model, cache, mask, clock, onFault, budgetMs = 1_500 } = tools;
  const { within = (ms: number) => AbortSignal.timeout(Math.ceil(ms)) } = tools;
  const { skipModelAbove = 0.9, acceptAbove = ACCEPT_ABOVE, reliability } = tools;
  const nearest = createNearestExamples();
  const shared = createSharedCalls<IntentChoice>();
  let index: CatalogueIndex | undefined;

  function currentIndex(): CatalogueIndex {
    const catalogue = tools.catalogue();
    return index?.catalogue === catalogue ? index : (index = indexCatalogue(catalogue));
  }

  function read(query: UnderstandQuery): Reading {
    const begun = clock();
    const { text, before } = query;
    const index = currentIndex();
    const joined = before.length > 0 ? withContext(text, before) : text;
    const command = detectCommand(text);
    const prediction = tools.classifier().predict(joined);
    return {
      query,
      index,
      begun,
      joined,
      locale: detectLocale(text),
      followUp: before.length > 0 && (joined !== text || isFollowUp(text)),
      exact: index.byTitle.get(comparisonKey(text)) ?? (command === 'person' ? index.handoff : null),
      command: command !== null,
      words: /\p{L}/u.test(text),
      ranking: rankingOf(prediction.ranking, index),
      inScope: prediction.inScope,
    };
  }

  function settle(reading: Reading, model: ModelState): ReturnType<typeof decide> {
    const { index, exact, command, words, ranking, inScope } = reading;
    const thresholdOf: Limits['thresholdOf'] = (intent) => index.byName.get(intent)?.threshold ?? null;
    const limits: Limits = { skipModelAbove, acceptAbove, thresholdOf, ...(reliability && { reliability }) };
    return decide({ exact, command, words, ranking, inScope, model }, limits);
  }

  function say(
    reading: Reading,
    verdict: Exclude<ReturnType<typeof decide>, 'ask-model'>,
    choice?: IntentChoice,
  ): Understood {
    const { query, index, locale, followUp, begun } = reading;
    const slots = believedSlots(query.text, choice?.slots ?? {}, wantedOf(verdict.intent, index));
    const took = clock() - begun;
    return { ...verdict, slots, locale, followUp, mood: detectMood(query.text), took };
  }

  function questionOf({ query, index, joined, locale, ranking }: Reading): IntentQuestion {
    const language = locale ?? query.locale;
    const likeliest = ranking.map(({ intent }) => intent);
    const candidates = shortlist(likeliest, tools.classifier().intents, index, SHORTLIST);
    return {
      text: mask(query.text),
      locale: language,
      before: query.before.map(mask),
      known: Object.keys(query.slots),
      wanted: [...new Set(candidates.flatMap(({ name }) => wantedOf(name, index)))],
      candidates: candidates.map((intent) => ({
        name: intent.name,
        title: intent.title,
        description: intent.description,
        examples: nearest(intent, joined, language, EXAMPLES_EACH),
      })),
    };
  }

  /** What is settled before any model is asked; else its key. */
  function begin(reading: Reading, model: IntentModel): Understood | string {
    const verdict = settle(reading, { kind: 'ready' });
    return verdict === 'ask-model' ? keyOf(model, reading) : say(reading, verdict);
  }

  /** The words of `choice`, unless it names an intent that is gone. */
  function recall(reading: Reading, choice: IntentChoice | undefined): Understood | undefined {
    if (!choice || (choice.intent !== null && !reading.index.byName.has(choice.intent))) return undefined;
    const verdict = settle(reading, said(choice, true));
    return verdict === 'ask-model' ? undefined : say(reading, verdict, choice);
  }

  function alone(reading: Reading, state: 'none' | 'away'): Understood {
    const verdict = settle(reading, { kind: state });
    if (verdict === 'ask-model') throw new Error('The ladder asked for a model that is not there.');
    return say(reading, verdict);
  }

  async function remembered(key: string): Promise<IntentChoice | undefined> {
    try {
      return await cache.get(key);
    } catch {
      return undefined; // A cache that is down costs a question, no answer.
    }
  }

  async function askModel(
    reading: Reading,
    model: IntentModel,
    key: string,
    signal: AbortSignal | undefined,
  ): Promise<Understood> {
    const deadline = within(Math.max(0, budgetMs - (clock() - reading.begun)));
    const ends = signal ? AbortSignal.any([signal, deadline]) : deadline;
    try {
      const known = recall(reading, await untilAborted(remembered(key), ends));
      if (known) return known;
      if (!model.ready()) return alone(reading, 'away');
      const choice = await shared(key, ends, async (signal) => {
        const choice = await model.choose(questionOf(reading), signal);
        if (choice.intent !== null && !reading.index.byName.has(choice.intent))
          throw new Error(`The model chose ${JSON.stringify(choice.intent)}, which is no intent.`);
        cache.set(key, choice);
        return choice;
      });
      const verdict = settle(reading, said(choice, false));
      return verdict === 'ask-model' ? alone(reading, 'away') : say(reading, verdict, choice);
    } catch (error) {
      signal?.throwIfAborted();
      onFault(error);
      return alone(reading, 'away');
    }
  }

  return {
    now(query) {
      const reading = read(query);
      if (!model) return alone(reading, 'none');
      const key = begin(reading, model);
      if (typeof key !== 'string') return key;
      const kept = cache.get(key);
      if (kept instanceof Promise) {
        kept.catch(() => {}); // `ask` asks again, and hears of it.
        return undefined;
      }
      return recall(reading, kept) ?? (model.ready() ? undefined : alone(reading, 'away'));
    },
    async ask(query, signal) {
      signal?.throwIfAborted();
      const reading = read(query);
      if (!model) return alone(reading, 'none');
      const key = begin(reading, model);
      return typeof key === 'string' ? askModel(reading, model, key, signal) : key;
    },
  };
}

/** Everything that the choice depends on, hashed: what customers write stands in no cache. */
function keyOf(model: IntentModel, { query, index }: Reading): string {
  const texts = [query.text, ...query.before].map(comparisonKey);
  const parts = [model.name, index.catalogue.version, texts, Object.keys(query.slots).sort()];
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64');
}

const said = ({ intent }: IntentChoice, remembered: boolean): ModelState => ({ kind: 'said', intent, remembered });

/** The classifier may know intents that are switched off or gone. */
const rankingOf = (ranking: readonly { intent: string; probability: number }[], index: CatalogueIndex): Belief[] =>
  ranking
    .filter(({ intent }) => index.byName.has(intent))
    .map(({ intent, probability }) => ({ intent, confidence: probability }));

const wantedOf = (intent: string | null, index: CatalogueIndex): readonly string[] =>
  (intent === null ? [] : (index.byName.get(intent)?.slots ?? [])).filter((slot) => !FOUND_BY_CODE.includes(slot));
