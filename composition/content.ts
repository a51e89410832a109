import { createAuditLog } from '#adapters/postgres/audit-log.ts';
import { createFlowStore } from '#adapters/postgres/flow-store.ts';
import { createIntentStore } from '#adapters/postgres/intent-store.ts';
import { seed } from '#adapters/postgres/seed.ts';
import type { Live } from '#core/conversation/live.ts';
import { createFaqs } from '#core/knowledge/faqs.ts';
import { createKnowledgeBase } from '#core/knowledge/knowledge-base.ts';
import { createSearchIndex } from '#core/knowledge/search-index.ts';
import { loadDemoFaqs, loadDemoIntents, loadDemoOutOfScope } from '#flows/demo/demo-content.ts';
import { loadShippedFlows } from '#flows/flows.ts';
import type { Foundation, Progress } from './foundation.ts';

/** What was taught and written down: flows, intents, knowledge. */
export type Content = Awaited<ReturnType<typeof loadContent>>;

/** Reads the content; an installation that begins empty gets the flows that ship, and the demo shop where `demo` asks for it. */
export async function loadContent(
  { database, onError }: Foundation,
  { live, demo, onProgress }: { live: Live; demo: boolean; onProgress: Progress },
) {
  const flows = createFlowStore({ pool: database.pool });
  await flows.publish(loadShippedFlows());
  if (demo && (await seed(database.pool, demoContent()))) onProgress('Demo shop: content loaded');
  await flows.load();
  const intents = createIntentStore({ pool: database.pool });
  await intents.load(onProgress);
  const knowledge = createKnowledgeBase({ em: () => database.orm.em.fork(), index: createSearchIndex(), onError });
  await knowledge.load();
  live.subscribe((event) => {
    if (event.type === 'knowledge') void knowledge.changed(event.faqId);
  });
  const faqs = createFaqs({
    em: () => database.orm.em.fork(),
    audit: createAuditLog({ pool: database.pool, now: () => new Date() }),
    onChange: async (faqId) => {
      await knowledge.changed(faqId);
      live.publish({ type: 'knowledge', faqId });
    },
  });
  return { flows, intents, knowledge, faqs };
}

/** What the demo shop brings along. */
const demoContent = () => ({
  intents: loadDemoIntents(),
  outOfScope: loadDemoOutOfScope(),
  faqs: loadDemoFaqs(),
  settings: {},
});
