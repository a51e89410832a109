import { DEFAULT_THRESHOLDS } from '#core/dialogue/meaning.ts';
import type { DialogueTools } from '#core/dialogue/dialogue.ts';
import { createSearchIndex } from '#core/knowledge/search-index.ts';
import type { KnowledgeHit, KnowledgeQuery } from '#core/knowledge/hit.ts';
import { Locale } from '#core/conversation/content.schema.ts';
import type { DeskStatus, HttpAnswer } from '#core/dialogue/turn.ts';
import { loadDemoFaqs, loadDemoOrders, loadDemoShop, type DemoShop } from './demo/demo-content.ts';

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

const DAYS: readonly DemoShop['serviceHours']['days'][number]['day'][] = [
  'sunday',
  'monday',
  'tuesday',
  'wednesday',
  'thursday',
  'friday',
  'saturday',
];
/** Taipei has no summer time. */
const TAIPEI_MS = 8 * 3_600_000;
const DAY_MS = 24 * 3_600_000;

const minutesOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));

/** The demo shop's desk at a moment: in its hours two people are there and a handoff takes three minutes. */
export function deskAt(now: Date): DeskStatus {
  const { days } = loadDemoShop().serviceHours;
  const here = new Date(now.getTime() + TAIPEI_MS);
  const minutes = here.getUTCHours() * 60 + here.getUTCMinutes();
  const hoursOn = (date: Date) => days.find(({ day }) => day === DAYS[date.getUTCDay()]);
  const today = hoursOn(here);
  if (today && minutes >= minutesOf(today.from) && minutes < minutesOf(today.to))
    return { open: true, agents: 2, place: 1, waitSeconds: 180, opensAt: null };
  for (let ahead = 0; ahead < 8; ahead++) {
    const date = new Date(here.getTime() + ahead * DAY_MS);
    const hours = hoursOn(date);
    if (!hours || (ahead === 0 && minutes >= minutesOf(hours.from))) continue;
    const midnight = Math.floor(date.getTime() / DAY_MS) * DAY_MS;
    const opensAt = new Date(midnight + minutesOf(hours.from) * 60_000 - TAIPEI_MS).toISOString();
    return { open: false, agents: 0, place: 1, waitSeconds: null, opensAt };
  }
  return { open: false, agents: 0, place: 1, waitSeconds: null, opensAt: null };
}

/** What the demo shop's order service says to `…/orders/SQ-20451`. */
export function orderAnswer(url: string): HttpAnswer {
  const order = loadDemoOrders().find(({ number }) => url.endsWith(`/${number}`));
  return order ? { ok: true, body: order } : { ok: false, status: 404 };
}
