import { createChoiceCache } from '#core/understanding/choice-cache.ts';
import { createClassifier, trainClassifier } from '#core/understanding/classifier.ts';
import { foreignExamples } from '#core/understanding/foreign-examples.ts';
import type { TaughtIntent } from '#core/understanding/catalogue.ts';
import type { IntentModel } from '#core/understanding/intent-model.ts';
import { createUnderstanding, type Understanding } from '#core/understanding/understand.ts';
import { loadDemoIntents } from './demo/demo-content.ts';

/** The demo shop's intents as the catalogue holds them. */
export const demoIntents = (): TaughtIntent[] => loadDemoIntents().map((intent) => ({ ...intent, threshold: null }));

/** Understanding for the demo shop, trained here: about a second of work. With a `model` it decides where the classifier does not. */
export function demoUnderstanding(model?: IntentModel): Understanding {
  const intents = demoIntents();
  const rows = intents.flatMap(({ name, examples }) =>
    Object.values(examples).flatMap((texts) => texts.map((text) => ({ text, label: name }))),
  );
  const titles = Object.fromEntries(intents.map(({ name, title }) => [name, Object.values(title)]));
  const classifier = createClassifier(trainClassifier([...rows, ...foreignExamples()], { titles, seed: 1 }));
  const catalogue = { version: '1', intents };
  return createUnderstanding({
    classifier: () => classifier,
    catalogue: () => catalogue,
    model,
    cache: createChoiceCache(),
    mask: (text) => text,
    clock: () => performance.now(),
    onFault: () => undefined,
  });
}
