import type { EntityManager } from '@mikro-orm/core';
import type { Locale } from '#core/conversation/content.schema.ts';
import type { SearchHit } from './faq.schema.ts';
import type { KnowledgeHit, KnowledgeQuery } from './hit.ts';
import { FaqRow } from './knowledge.entity.ts';
import type { SearchDocument, SearchHit as IndexHit, SearchIndex } from './search-index.ts';

/** What can be found, held in this process: every published FAQ. */
export type KnowledgeBase = {
  /** Brings the index to what PostgreSQL holds; what is found stays found meanwhile. */
  load(): Promise<void>;
  /** Whether `load` has been through once. */
  readonly loaded: boolean;
  /** Best first, at once. */
  search(query: KnowledgeQuery): readonly KnowledgeHit[];
  /** The same for people: with the parts of the text that the query touches. */
  find(query: KnowledgeQuery): SearchHit[];
  /** Reads one FAQ again: call it after every commit that wrote or removed it, in every process. A read that fails is told to `onError`, and made up for by the next `load`. */
  changed: (id: string) => Promise<void>;
};

/** FAQs read at once; between two such pages others have the processor. */
const PAGE = 500;

type Published = Pick<FaqRow, 'id' | 'question' | 'answer' | 'category'> & { locale: string; alternatives: string[] };

export function createKnowledgeBase(tools: {
  em: () => EntityManager;
  index: SearchIndex;
  onError: (error: unknown) => void;
}): KnowledgeBase {
  const { index } = tools;
  const known = new Map<string, SearchDocument>();
  // One after the other: a row that was read before a commit must not be put in after one that was read later.
  let tail: Promise<void> = Promise.resolve();
  let loaded = false;

  function put(row: Published): void {
    const document: SearchDocument = {
      id: row.id,
      locale: row.locale as Locale,
      category: row.category,
      questions: [row.question, ...row.alternatives],
      answer: row.answer,
    };
    known.set(row.id, document);
    index.put(document);
  }
  function remove(id: string): void {
    known.delete(id);
    index.remove(id);
  }
  function inOrder(work: () => Promise<void>): Promise<void> {
    const done = tail.then(work);
    tail = done.catch(() => {});
    return done;
  }

  async function readAll(): Promise<void> {
    const gone = new Set(known.keys());
    const em = tools.em();
    for (let after: string | undefined; ;) {
      const rows = await em.find(
        FaqRow,
        { status: 'published', ...(after === undefined ? {} : { id: { $gt: after } }) },
        { orderBy: { id: 'asc' }, limit: PAGE, disableIdentityMap: true },
      );
      for (const row of rows) {
        put(row);
        gone.delete(row.id);
      }
      if (rows.length < PAGE) break;
      after = rows.at(-1)!.id;
      await new Promise(setImmediate);
    }
    for (const id of gone) remove(id);
    loaded = true;
  }

  const ask = ({ text, locale, category, limit }: KnowledgeQuery): { hit: IndexHit; document: SearchDocument }[] =>
    index
      .search(text, { locale, limit, ...(category === undefined ? {} : { category }) })
      .map((hit) => ({ hit, document: known.get(hit.id)! }));

  return {
    load: () => inOrder(readAll),
    get loaded() {
      return loaded;
    },
    search: (query) => ask(query).map(({ hit, document }) => ({ ...shown(hit, document), exact: hit.exact })),
    find: (query) => ask(query).map(({ hit, document }) => ({ ...shown(hit, document), highlight: hit.highlight })),
    changed: (id) =>
      inOrder(async () => {
        const row = await tools.em().findOne(FaqRow, { id, status: 'published' });
        if (row) put(row);
        else remove(id);
      }).catch(tools.onError),
  };
}

const shown = ({ score, match }: IndexHit, { id, questions, answer, category, locale }: SearchDocument) => ({
  source: 'faq' as const,
  id,
  title: questions[0]!,
  answer,
  category,
  locale,
  match,
  score,
});
