import { defineEntity, p, type InferEntity } from '@mikro-orm/core';

/** A question that people ask, with its answer. */
export const FaqRow = defineEntity({
  name: 'FaqRow',
  tableName: 'faqs',
  indexes: [{ properties: ['locale', 'status', 'category'] }, { properties: ['updatedAt', 'id'] }],
  properties: {
    id: p.uuid().primary().defaultRaw('uuidv7()'),
    question: p.text(),
    alternatives: p.array(),
    answer: p.text(),
    locale: p.text().check("locale in ('zh-TW', 'en')"),
    category: p.text(),
    tags: p.array(),
    status: p.text().check("status in ('draft', 'published')"),
    helpful: p.integer().default(0),
    unhelpful: p.integer().default(0),
    version: p.integer().version(),
    createdAt: p.datetime().defaultRaw('now()'),
    updatedAt: p
      .datetime()
      .defaultRaw('now()')
      .onUpdate(() => new Date()),
  },
});
export type FaqRow = InferEntity<typeof FaqRow>;

/** A longer document that answers are quoted from. */
export const KnowledgeDocument = defineEntity({
  name: 'KnowledgeDocument',
  tableName: 'knowledge_base',
  indexes: [{ properties: ['locale', 'status'] }],
  properties: {
    id: p.uuid().primary().defaultRaw('uuidv7()'),
    title: p.text(),
    body: p.text(),
    locale: p.text().check("locale in ('zh-TW', 'en')"),
    category: p.text(),
    tags: p.array(),
    url: p.text().nullable(),
    status: p.text().check("status in ('draft', 'published')"),
    version: p.integer().version(),
    createdAt: p.datetime().defaultRaw('now()'),
    updatedAt: p.datetime().defaultRaw('now()'),
  },
});
export type KnowledgeDocument = InferEntity<typeof KnowledgeDocument>;
