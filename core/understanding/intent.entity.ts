import { defineEntity, p, type InferEntity } from '@mikro-orm/core';
import type { IntentRoute } from './understood.ts';

/** What a customer may want, and where that leads. */
export const Intent = defineEntity({
  name: 'Intent',
  tableName: 'intents',
  properties: {
    id: p.uuid().primary().defaultRaw('uuidv7()'),
    name: p.text().unique(),
    title: p.json<Record<string, string>>(),
    description: p.json<Record<string, string>>(),
    route: p.json<IntentRoute>(),
    slots: p.array(),
    threshold: p.float().nullable(),
    enabled: p.boolean().default(true),
    createdAt: p.datetime().defaultRaw('now()'),
  },
});
export type Intent = InferEntity<typeof Intent>;

/** One way in which people say it. Without an intent: an example of what is out of scope. */
export const IntentExample = defineEntity({
  name: 'IntentExample',
  tableName: 'intent_examples',
  uniques: [{ properties: ['intent', 'locale', 'text'] }],
  properties: {
    id: p.uuid().primary().defaultRaw('uuidv7()'),
    intent: () => p.manyToOne(Intent).nullable().deleteRule('cascade'),
    locale: p.text(),
    text: p.text(),
  },
});

/** A trained classifier, by the hash of its examples and of the code that trained it. */
export const ClassifierModelRow = defineEntity({
  name: 'ClassifierModelRow',
  tableName: 'classifier_models',
  properties: { hash: p.text().primary(), bytes: p.blob(), createdAt: p.datetime().defaultRaw('now()') },
});
