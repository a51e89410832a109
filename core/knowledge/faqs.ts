import { OptimisticLockError, raw, type EntityManager, type FilterQuery } from '@mikro-orm/core';
import type { Locale } from '#core/conversation/content.schema.ts';
import { isUuid } from '#core/conversation/uuid.ts';
import { forbidden, foreignCursor, notFound, Problem } from '#core/errors.ts';
import type { AuditTrail } from '#core/privacy/audit-trail.ts';
import type { Faq, FaqRequest } from './faq.schema.ts';
import { FaqRow } from './knowledge.entity.ts';

/** Who reads: drafts are for those who write. */
export type FaqReader = { drafts: boolean };
/** Who writes, and from which network address. */
export type FaqWriter = { userId: string; origin: string };

/** Which FAQs a list shows, the newest first. */
export type FaqQuery = {
  locale?: Locale;
  status?: 'draft' | 'published';
  category?: string;
  /** Part of the question, of another way to ask it, or of the answer. */
  text?: string;
  cursor?: string;
  limit: number;
};

/** FAQs, each change of them on record. A `version` that is not the one at hand is `stale`. */
export type Faqs = {
  list(reader: FaqReader, query: FaqQuery): Promise<{ items: Faq[]; nextCursor: string | null }>;
  one(reader: FaqReader, id: string): Promise<Faq>;
  create(writer: FaqWriter, request: FaqRequest): Promise<Faq>;
  change(writer: FaqWriter, id: string, request: FaqRequest, version: number | undefined): Promise<Faq>;
  remove(writer: FaqWriter, id: string, version: number | undefined): Promise<void>;
};

export function createFaqs(tools: {
  em: () => EntityManager;
  audit: AuditTrail;
  /** Called after the commit: the search index of this process, and word to the others. */
  onChange: (id: string) => Promise<void> | void;
}): Faqs {
  const { audit } = tools;

  /** One change and its entry in the audit trail: both, or neither. */
  async function written<T>(work: (em: EntityManager) => Promise<T>): Promise<T> {
    try {
      return await tools.em().transactional(work);
    } catch (error) {
      if (error instanceof OptimisticLockError) throw changedMeanwhile();
      throw error;
    }
  }

  function record(
    writer: FaqWriter,
    action: 'faq.create' | 'faq.change' | 'faq.delete',
    id: string,
    content: { before?: FaqRequest; after?: FaqRequest },
  ): Promise<void> {
    return audit.record({
      actor: { kind: 'user', id: writer.userId },
      action,
      subject: { kind: 'faq', id },
      origin: writer.origin,
      ...content,
    });
  }

  return {
    async list({ drafts }, query) {
      if (query.status === 'draft' && !drafts) throw forbidden('Drafts are for those who write FAQs.');
      const status = drafts ? query.status : 'published';
      const filter: FilterQuery<FaqRow>[] = [];
      if (status) filter.push({ status });
      if (query.locale) filter.push({ locale: query.locale });
      if (query.category) filter.push({ category: query.category });
      if (query.cursor) filter.push({ id: { $lt: readCursor(query.cursor) } });
      if (query.text) {
        const part = { $ilike: `%${query.text.replaceAll(/[\\%_]/g, String.raw`\$&`)}%` };
        filter.push({
          $or: [{ question: part }, { answer: part }, { [raw(`array_to_string(alternatives, E'\\n')`)]: part }],
        });
      }
      // Ids are UUIDs of version 7: their order is the order of making.
      const rows = await tools.em().find(FaqRow, { $and: filter }, { orderBy: { id: 'desc' }, limit: query.limit + 1 });
      const items = rows.slice(0, query.limit).map(toFaq);
      return { items, nextCursor: rows.length > query.limit ? items.at(-1)!.id : null };
    },

    async one({ drafts }, id) {
      const row = await tools.em().findOne(FaqRow, { id, ...(drafts ? {} : { status: 'published' }) });
      if (!row) throw notFound('FAQ');
      return toFaq(row);
    },

    async create(writer, request) {
      const faq = await written(async (em) => {
        const row = em.create(FaqRow, { ...request });
        await em.flush();
        await record(writer, 'faq.create', row.id, { after: contentOf(row) });
        return toFaq(row);
      });
      await tools.onChange(faq.id);
      return faq;
    },

    async change(writer, id, request, version) {
      const faq = await written(async (em) => {
        const row = await existing(em, id, version);
        const before = contentOf(row);
        em.assign(row, request);
        await em.flush();
        const after = contentOf(row);
        if (JSON.stringify(before) !== JSON.stringify(after)) await record(writer, 'faq.change', id, { before, after });
        return toFaq(row);
      });
      await tools.onChange(id);
      return faq;
    },

    async remove(writer, id, version) {
      await written(async (em) => {
        const row = await existing(em, id, version);
        await em.remove(row).flush();
        await record(writer, 'faq.delete', id, { before: contentOf(row) });
      });
      await tools.onChange(id);
    },
  };
}

async function existing(em: EntityManager, id: string, version: number | undefined): Promise<FaqRow> {
  const row = await em.findOne(FaqRow, { id });
  if (!row) throw notFound('FAQ');
  if (version !== undefined && version !== row.version) throw changedMeanwhile();
  return row;
}

const contentOf = (row: FaqRow): FaqRequest => ({
  question: row.question,
  alternatives: [...row.alternatives],
  answer: row.answer,
  locale: row.locale as Locale,
  category: row.category,
  tags: [...row.tags],
  status: row.status as FaqRequest['status'],
});

const toFaq = (row: FaqRow): Faq => ({
  id: row.id,
  ...contentOf(row),
  version: row.version,
  updatedAt: row.updatedAt.toISOString(),
});

const changedMeanwhile = (): Problem => new Problem('stale', 'Somebody changed this FAQ meanwhile. Read it again.');

function readCursor(cursor: string): string {
  if (isUuid(cursor)) return cursor;
  throw foreignCursor();
}
