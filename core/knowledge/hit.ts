import type { Locale } from '#core/conversation/content.schema.ts';

/** One thing found in the knowledge base, best first. */
export type KnowledgeHit = {
  source: 'faq' | 'document';
  id: string;
  /** The question of a FAQ, the title of a document. */
  title: string;
  answer: string;
  category: string;
  locale: Locale;
  /** How sure we are that it answers the query, 0 to 1. */
  match: number;
  /** The query is one of its questions, but for case, width, script and punctuation. */
  exact: boolean;
  score: number;
};

/** `text` is the whole query, context already joined to it. */
export type KnowledgeQuery = { text: string; locale: Locale; category?: string; limit: number };
