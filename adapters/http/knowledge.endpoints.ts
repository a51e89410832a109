import { z } from 'zod';
import { can } from '#core/access/roles.ts';
import { Faq, FaqFilter, FaqRequest, SearchHit, SearchQuery } from '#core/knowledge/faq.schema.ts';
import type { FaqReader, Faqs, FaqWriter } from '#core/knowledge/faqs.ts';
import type { KnowledgeBase } from '#core/knowledge/knowledge-base.ts';
import { byId, del, get, post, put, type Caller, type Endpoint } from './endpoint.ts';
import { userOf } from './router.ts';

const ById = byId('faq_id');
const Found = z.object({ items: z.array(SearchHit), nextCursor: z.null() }).meta({ id: 'SearchAnswer' });
const FaqList = z.object({ items: z.array(Faq), nextCursor: z.string().nullable() }).meta({ id: 'FaqList' });

const readerOf = (caller: Caller): FaqReader => ({
  drafts: caller.kind === 'user' && can(caller.roles, 'knowledge.read-drafts'),
});
const writerOf = ({ caller, ip }: { caller: Caller; ip: string }): FaqWriter => ({
  userId: userOf(caller).id,
  origin: ip,
});

/** The knowledge base: anyone asks it, those who may write it. */
export function knowledgeEndpoints({
  faqs,
  knowledge,
}: {
  faqs: Faqs;
  knowledge: Pick<KnowledgeBase, 'find'>;
}): Endpoint[] {
  return [
    get(
      '/knowledge/search',
      {
        summary: 'What answers a question, the best first. `match` is how sure that is, from 0 to 1.',
        allow: 'anyone',
        query: SearchQuery,
        returns: Found,
        problems: ['invalid'],
        limit: 'searches',
      },
      ({ query }) => ({
        items: knowledge.find({ text: query.q, locale: query.locale, limit: query.limit }),
        nextCursor: null,
      }),
    ),
    get(
      '/knowledge/faq',
      {
        summary: 'FAQs, the newest first. Drafts are for those who write them.',
        allow: 'anyone',
        query: FaqFilter,
        returns: FaqList,
        problems: ['invalid', 'forbidden'],
      },
      ({ query, caller }) =>
        faqs.list(readerOf(caller), {
          limit: query.limit,
          ...(query.locale ? { locale: query.locale } : {}),
          ...(query.status ? { status: query.status } : {}),
          ...(query.category ? { category: query.category } : {}),
          ...(query.q ? { text: query.q } : {}),
          ...(query.cursor ? { cursor: query.cursor } : {}),
        }),
    ),
    get(
      '/knowledge/faq/{faq_id}',
      { summary: 'One FAQ.', allow: 'anyone', params: ById, returns: Faq, problems: ['not-found'] },
      ({ params, caller }) => faqs.one(readerOf(caller), params.faq_id),
    ),
    post(
      '/knowledge/faq',
      {
        summary: 'Write a FAQ. As soon as it is published it is found.',
        allow: 'knowledge.write',
        body: FaqRequest,
        returns: Faq,
        problems: ['invalid', 'forbidden'],
      },
      (call) => faqs.create(writerOf(call), call.body),
    ),
    put(
      '/knowledge/faq/{faq_id}',
      {
        summary: 'Write a FAQ anew. With If-Match only the version that it names is changed.',
        allow: 'knowledge.write',
        params: ById,
        body: FaqRequest,
        returns: Faq,
        problems: ['invalid', 'forbidden', 'not-found', 'stale'],
      },
      (call) => faqs.change(writerOf(call), call.params.faq_id, call.body, call.ifMatch),
    ),
    del(
      '/knowledge/faq/{faq_id}',
      {
        summary: 'Remove a FAQ.',
        allow: 'knowledge.write',
        params: ById,
        returns: 'nothing',
        problems: ['forbidden', 'not-found', 'stale'],
      },
      (call) => faqs.remove(writerOf(call), call.params.faq_id, call.ifMatch),
    ),
  ];
}
