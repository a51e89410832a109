import { queryOptions } from '@tanstack/react-query';
import type { Faq } from '#core/knowledge/faq.schema.ts';
import type { Api } from '../../../lib/api.ts';

export const faqKey = (id: string) => ['faq', id] as const;

export const faqQuery = (api: Api, id: string) =>
  queryOptions({
    queryKey: faqKey(id),
    queryFn: ({ signal }) => api.get<Faq>(`/knowledge/faq/${id}`, {}, signal),
  });
