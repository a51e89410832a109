import { infiniteQueryOptions, keepPreviousData } from '@tanstack/react-query';
import type { Locale } from '#core/conversation/content.schema.ts';
import type { Faq } from '#core/knowledge/faq.schema.ts';
import type { Api } from '../../../lib/api.ts';

/** Which FAQs a list shows. */
export type FaqListFilter = { q: string; status: Faq['status'] | ''; locale: Locale | '' };

type Answer = { items: Faq[]; nextCursor: string | null };

export const faqsQuery = (api: Api, filter: FaqListFilter) =>
  infiniteQueryOptions({
    queryKey: ['faqs', filter],
    queryFn: ({ pageParam, signal }) => api.get<Answer>('/knowledge/faq', { ...filter, cursor: pageParam }, signal),
    initialPageParam: '',
    getNextPageParam: (last) => last.nextCursor ?? undefined,
    placeholderData: keepPreviousData,
  });
