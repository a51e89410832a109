import type { Locale } from '#core/conversation/content.schema.ts';
import type { Faq } from '#core/knowledge/faq.schema.ts';

/** What is being written of a FAQ; everything but its status. */
export type FaqDraft = {
  question: string;
  alternatives: string[];
  answer: string;
  locale: Locale;
  category: string;
  tags: string[];
};

export const emptyDraft = (locale: Locale): FaqDraft => ({
  question: '',
  alternatives: [],
  answer: '',
  locale,
  category: '',
  tags: [],
});

export const draftOf = ({ question, alternatives, answer, locale, category, tags }: Faq): FaqDraft => ({
  question,
  alternatives,
  answer,
  locale,
  category,
  tags,
});

/** As it is sent: without the empty lines that are left while one writes. */
export const tidied = (draft: FaqDraft): FaqDraft => ({
  ...draft,
  question: draft.question.trim(),
  answer: draft.answer.trim(),
  category: draft.category.trim(),
  alternatives: draft.alternatives.map((one) => one.trim()).filter((one) => one !== ''),
});

export const isSame = (a: FaqDraft, b: FaqDraft): boolean => JSON.stringify(tidied(a)) === JSON.stringify(tidied(b));

/** The fields that must be filled before anything is saved. */
export const missingFields = (draft: FaqDraft): ('question' | 'answer' | 'category')[] =>
  (['question', 'answer', 'category'] as const).filter((field) => draft[field].trim() === '');

const PREFIX = 'frontdesk.faq.';

/** Edits that were not saved, by FAQ: they outlive a closed drawer. */
export const keptEdits = {
  read(storage: Storage, id: string): FaqDraft | undefined {
    const kept = storage.getItem(`${PREFIX}${id}`);
    return kept === null ? undefined : (JSON.parse(kept) as FaqDraft);
  },
  write: (storage: Storage, id: string, draft: FaqDraft): void =>
    storage.setItem(`${PREFIX}${id}`, JSON.stringify(draft)),
  forget: (storage: Storage, id: string): void => storage.removeItem(`${PREFIX}${id}`),
};
