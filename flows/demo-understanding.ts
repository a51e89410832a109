import { Locale } from '#core/conversation/content.schema.ts';
import { createChoiceCache } from '#core/understanding/choice-cache.ts';
import { createClassifier, trainClassifier } from '#core/understanding/classifier.ts';
import { foreignExamples } from '#core/understanding/foreign-examples.ts';
import type { TaughtIntent } from '#core/understanding/catalogue.ts';
import { createUnderstanding, type Understanding } from '#core/understanding/understand.ts';
import { NONE, type Example } from '#core/understanding/classifier-model.ts';
import { loadDemoFaqs, loadDemoIntents, loadDemoOutOfScope } from './demo/demo-content.ts';

/** The demo shop's intents as the catalogue holds them. */
export const demoIntents = (): TaughtIntent[] => loadDemoIntents().map((intent) => ({ ...intent, threshold: null }));

/** What the classifier learns from in an installation with the demo content: examples, FAQs of the intents' categories, and what is nobody's business. */
function demoRows(intents: readonly TaughtIntent[]): Example[] {
  const byCategory = new Map(
    intents.flatMap(({ name, route }) => (route.kind === 'answer' ? [[route.category, name] as const] : [])),
  );
  const labelled = (label: string | undefined, texts: readonly string[]): Example[] =>
    label === undefined ? [] : texts.map((text) => ({ text, label }));
  return [
    ...intents.flatMap(({ name, examples }) => labelled(name, Object.values(examples).flat())),
    ...loadDemoFaqs().flatMap((faq) =>
      Locale.options.flatMap((locale) =>
        labelled(byCategory.get(faq.category), [faq[locale].question, ...faq[locale].alternatives]),
      ),
    ),
    ...labelled(NONE, Object.values(loadDemoOutOfScope()).flat()),
    ...foreignExamples(),
  ];
}

/** How a model takes part, and how much time it is given: as in `createUnderstanding`. */
type Asked = Pick<Parameters<typeof createUnderstanding>[0], 'model' | 'skipModelAbove' | 'within' | 'onFault'>;

/** Understanding for the demo shop, trained here: a second of work. Without `asked` no model takes part. */
export function demoUnderstanding(asked?: Asked): Understanding {
  const intents = demoIntents();
  const titles = Object.fromEntries(intents.map(({ name, title }) => [name, Object.values(title)]));
  const classifier = createClassifier(trainClassifier(demoRows(intents), { titles, seed: 1 }));
  const catalogue = { version: '1', intents };
  return createUnderstanding({
    classifier: () => classifier,
    catalogue: () => catalogue,
    cache: createChoiceCache(),
    mask: (text) => text,
    clock: () => performance.now(),
    onFault: () => undefined,
    ...asked,
  });
}
