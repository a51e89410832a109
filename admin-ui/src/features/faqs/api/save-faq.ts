import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Faq } from '#core/knowledge/faq.schema.ts';
import { useTools } from '../../../lib/tools.tsx';
import type { FaqDraft } from '../faq-draft.ts';
import { faqKey } from './read-faq.ts';

/** Writes a new FAQ, or the version after the one that was read. */
export function useSaveFaq(faq: Faq | undefined) {
  const { api } = useTools();
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: FaqDraft & { status: Faq['status'] }) =>
      faq
        ? api.send<Faq>('PUT', `/knowledge/faq/${faq.id}`, { body, ifMatch: faq.version })
        : api.send<Faq>('POST', '/knowledge/faq', { body }),
    onSuccess: (saved) => client.setQueryData(faqKey(saved.id), saved),
    onError: () => faq && void client.invalidateQueries({ queryKey: faqKey(faq.id) }),
    onSettled: () => void client.invalidateQueries({ queryKey: ['faqs'] }),
  });
}
