import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Faq } from '#core/knowledge/faq.schema.ts';
import { useTools } from '../../../lib/tools.tsx';
import { faqKey } from './read-faq.ts';

/** Deletes a FAQ as it was read. */
export function useDeleteFaq() {
  const { api } = useTools();
  const client = useQueryClient();
  return useMutation({
    mutationFn: (faq: Faq) => api.send<void>('DELETE', `/knowledge/faq/${faq.id}`, { ifMatch: faq.version }),
    onSuccess: (_nothing, faq) => client.removeQueries({ queryKey: faqKey(faq.id) }),
    onError: (_error, faq) => void client.invalidateQueries({ queryKey: faqKey(faq.id) }),
    onSettled: () => void client.invalidateQueries({ queryKey: ['faqs'] }),
  });
}
