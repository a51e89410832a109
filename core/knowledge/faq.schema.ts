import { z } from 'zod';
import { Locale } from '#core/conversation/content.schema.ts';

export const Faq = z
  .object({
    id: z.uuid(),
    question: z.string(),
    /** Other ways in which people ask it: found as well as the question itself. */
    alternatives: z.array(z.string()),
    answer: z.string(),
    locale: Locale,
    category: z.string(),
    tags: z.array(z.string()),
    status: z.enum(['draft', 'published']),
    version: z.number().int(),
    updatedAt: z.iso.datetime(),
  })
  .meta({ id: 'Faq' });
export type Faq = z.infer<typeof Faq>;

/** Body of `POST /knowledge/faq` and, whole again, of `PUT /knowledge/faq/{faq_id}`. */
export const FaqRequest = z
  .object({
    question: z.string().trim().min(1).max(300),
    alternatives: z.array(z.string().trim().min(1).max(300)).max(50).default([]),
    answer: z.string().trim().min(1).max(4_000),
    locale: Locale,
    category: z.string().trim().min(1).max(60).default('general'),
    tags: z.array(z.string().trim().min(1).max(40)).max(20).default([]),
    status: z.enum(['draft', 'published']).default('draft'),
  })
  .meta({
    id: 'FaqRequest',
    example: {
      question: '可以退貨嗎？',
      alternatives: ['怎麼退貨', '想退貨'],
      answer: '收到商品後 7 天內都可以退貨。',
      locale: 'zh-TW',
      category: 'returns',
      tags: ['退貨'],
      status: 'published',
    },
  });
export type FaqRequest = z.infer<typeof FaqRequest>;

/** Query of `GET /knowledge/faq`. */
export const FaqFilter = z.object({
  locale: Locale.optional(),
  status: z.enum(['draft', 'published']).optional(),
  category: z.string().max(60).optional(),
  q: z.string().trim().max(200).optional(),
  cursor: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(50),
});
/** Query of `GET /knowledge/search`. */
export const SearchQuery = z.object({
  q: z.string().trim().min(1).max(300),
  locale: Locale.default('zh-TW'),
  limit: z.coerce.number().int().min(1).max(20).default(5),
});
export const SearchHit = z
  .object({
    source: z.enum(['faq', 'document']),
    id: z.string(),
    title: z.string(),
    answer: z.string(),
    category: z.string(),
    locale: Locale,
    score: z.number(),
    match: z.number(),
    /** Parts of title and answer that the query touches: `[from, to)` in UTF-16 units. */
    highlight: z.object({
      title: z.array(z.tuple([z.number(), z.number()])),
      answer: z.array(z.tuple([z.number(), z.number()])),
    }),
  })
  .meta({ id: 'SearchHit' });
export type SearchHit = z.infer<typeof SearchHit>;
