import type { Locale } from '#core/conversation/content.schema.ts';
import { comparisonKey } from './text.ts';
import type { IntentInfo } from './understood.ts';

/** An intent with what was taught about it. */
export type TaughtIntent = IntentInfo & {
  /** Names of the values that it needs (`order`, `product` …). */
  slots: readonly string[];
  /** The probability it asks of whoever decides for it, 0 to 1; null: what holds for all. */
  threshold: number | null;
  /** How people say it. */
  examples: Readonly<Record<Locale, readonly string[]>>;
};

/** The enabled intents at one moment. `version` changes with every change of them: what was decided under another one is void. */
export type IntentCatalogue = { version: string; intents: readonly TaughtIntent[] };

/** What is looked up in a catalogue for every message. */
export type CatalogueIndex = {
  catalogue: IntentCatalogue;
  byName: ReadonlyMap<string, TaughtIntent>;
  /** Names by the comparison key of their titles, in every language. */
  byTitle: ReadonlyMap<string, string>;
  /** The intent that leads to a person: where the bare wish for one goes. */
  handoff: string | null;
};

export function indexCatalogue(catalogue: IntentCatalogue): CatalogueIndex {
  const { intents } = catalogue;
  const titles = intents.flatMap(({ name, title }) =>
    Object.values(title).map((words): [string, string] => [comparisonKey(words), name]),
  );
  return {
    catalogue,
    byName: new Map(intents.map((intent) => [intent.name, intent])),
    byTitle: new Map(titles.filter(([key]) => key !== '')),
    handoff: intents.find(({ route }) => route.kind === 'handoff')?.name ?? null,
  };
}

/** Most candidates before anything is trained, when nobody can say which are likely. */
const UNTRAINED_SHORTLIST = 40;

/**
 * The intents a model may choose among, at most `most`: the classifier's likeliest, of which half make room for those
 * that it has not learned yet (`trained`: the ones that it has). In the catalogue's order: the model is a second
 * witness, and must not read from their order what the first one thinks.
 */
export function shortlist(
  likeliest: readonly string[],
  trained: readonly string[],
  { catalogue }: CatalogueIndex,
  most: number,
): TaughtIntent[] {
  if (likeliest.length === 0) return catalogue.intents.slice(0, UNTRAINED_SHORTLIST);
  const learned = new Set(trained);
  const fresh = catalogue.intents.filter(({ name }) => !learned.has(name)).slice(0, Math.floor(most / 2));
  // The way to a person is always among them, however unlikely it looks.
  const people = catalogue.intents.filter(({ route }) => route.kind === 'handoff');
  const always = [...fresh, ...people].map(({ name }) => name);
  const chosen = new Set([
    ...always,
    ...likeliest.filter((name) => !always.includes(name)).slice(0, most - always.length),
  ]);
  return catalogue.intents.filter(({ name }) => chosen.has(name));
}
