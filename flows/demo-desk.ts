import { DEFAULT_THRESHOLDS } from '#core/dialogue/meaning.ts';
import type { DialogueTools } from '#core/dialogue/dialogue.ts';
import { createSearchIndex } from '#core/knowledge/search-index.ts';
import type { KnowledgeHit, KnowledgeQuery } from '#core/knowledge/hit.ts';
import { Locale } from '#core/conversation/content.schema.ts';
import { loadDemoFaqs, loadDemoShop } from './demo/demo-content.ts';

/** The demo shop's knowledge, by the keys of its FAQs (`abroad-japan.en`). */
export function demoSearch(): (query: KnowledgeQuery) => KnowledgeHit[] {
  const index = createSearchIndex();
  const known = new Map<string, Pick<KnowledgeHit, 'title' | 'answer' | 'category' | 'locale'>>();
  for (const faq of loadDemoFaqs())
    for (const locale of Locale.options) {
      const { question, alternatives, answer } = faq[locale];
      const id = `${faq.key}.${locale}`;
      known.set(id, { title: question, answer, category: faq.category, locale });
      index.put({ id, locale, category: faq.category, questions: [question, ...alternatives], answer });
    }
  return ({ text, locale, category, limit }) =>
    index
      .search(text, { locale, limit, ...(category !== undefined && { category }) })
      .map(({ id, score, match, exact }) => ({ source: 'faq', id, score, match, exact, ...known.get(id)! }));
}

/** Settings, delays and thresholds of a dialogue for the demo shop. */
export function demoTuning(): Pick<DialogueTools, 'settings' | 'delays' | 'thresholds'> {
  const shop = loadDemoShop();
  return {
    settings: {
      shop: shop.name,
      timeZone: shop.serviceHours.timeZone,
      ordersUrl: 'http://orders.example/orders',
      replyWithin: { 'zh-TW': '一個工作天內', en: 'within one working day' },
    },
    delays: { rateAfter: 2 * 60_000, remindAfter: 10 * 60_000, closeAfter: 20 * 60_000 },
    thresholds: DEFAULT_THRESHOLDS,
  };
}
