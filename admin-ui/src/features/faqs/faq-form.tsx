import { useRef } from 'react';
import type { Locale } from '#core/conversation/content.schema.ts';
import { Icon } from '../../components/icon.tsx';
import { sharedWords } from '../../components/shared-words.ts';
import { useWords } from '../../lib/locale.tsx';
import type { FaqDraft } from './faq-draft.ts';
import { faqWords } from './words.ts';

const LONGEST_QUESTION = 300;
const LONGEST_ANSWER = 4_000;
const LONGEST_CATEGORY = 60;
const MOST_ALTERNATIVES = 50;

type Field = 'question' | 'answer' | 'category';
type Props = {
  draft: FaqDraft;
  onChange: (draft: FaqDraft) => void;
  readOnly: boolean;
  missing: readonly Field[];
};

/** The fields of a FAQ. */
export function FaqForm({ draft, onChange, readOnly, missing }: Props) {
  const t = useWords(faqWords);
  const shared = useWords(sharedWords);
  const set = (change: Partial<FaqDraft>): void => onChange({ ...draft, ...change });
  const faults: Readonly<Record<Field, string>> = {
    question: t.questionMissing,
    answer: t.answerMissing,
    category: t.categoryMissing,
  };
  const controlled = (field: Field) => ({
    id: `faq-${field}`,
    className: missing.includes(field) ? 'form-control is-invalid' : 'form-control',
    value: draft[field],
    readOnly,
    required: true,
    'aria-invalid': missing.includes(field),
    'aria-describedby': `faq-${field}-fault`,
  });
  const fault = (field: Field) => (
    <div id={`faq-${field}-fault`} className="invalid-feedback" aria-live="polite">
      {missing.includes(field) && faults[field]}
    </div>
  );
  return (
    <form className="drawer-form" aria-label={t.content} onSubmit={(event) => event.preventDefault()} noValidate>
      <div className="field">
        <label className="form-label" htmlFor="faq-question">
          {t.question}
        </label>
        <input
          {...controlled('question')}
          maxLength={LONGEST_QUESTION}
          onChange={(event) => set({ question: event.target.value })}
        />
        {fault('question')}
      </div>
      <Alternatives
        alternatives={draft.alternatives}
        onChange={(alternatives) => set({ alternatives })}
        readOnly={readOnly}
      />
      <div className="field">
        <label className="form-label" htmlFor="faq-answer">
          {t.answer} <small>{t.answerWhat(draft.answer.length)}</small>
        </label>
        <textarea
          {...controlled('answer')}
          rows={7}
          maxLength={LONGEST_ANSWER}
          onChange={(event) => set({ answer: event.target.value })}
        />
        {fault('answer')}
      </div>
      <div className="row g-3">
        <div className="col-6">
          <label className="form-label" htmlFor="faq-category">
            {t.category}
          </label>
          <input
            {...controlled('category')}
            maxLength={LONGEST_CATEGORY}
            onChange={(event) => set({ category: event.target.value })}
          />
          {fault('category')}
        </div>
        <div className="col-6">
          <label className="form-label" htmlFor="faq-locale">
            {t.locale}
          </label>
          <select
            id="faq-locale"
            className="form-select"
            value={draft.locale}
            disabled={readOnly}
            onChange={(event) => set({ locale: event.target.value as Locale })}
          >
            <option value="zh-TW">{shared.zhTW}</option>
            <option value="en">{shared.en}</option>
          </select>
        </div>
      </div>
    </form>
  );
}

type AlternativesProps = {
  alternatives: readonly string[];
  onChange: (alternatives: string[]) => void;
  readOnly: boolean;
};

/** Other wordings of the question, one a line. Enter begins the next. */
function Alternatives({ alternatives, onChange, readOnly }: AlternativesProps) {
  const t = useWords(faqWords);
  const list = useRef<HTMLDivElement>(null);
  const add = (): void => {
    onChange([...alternatives, '']);
    // The new line exists after the next drawing.
    requestAnimationFrame(() => [...(list.current?.querySelectorAll('input') ?? [])].at(-1)?.focus());
  };
  return (
    <div className="field" role="group" aria-label={t.alternatives}>
      <div className="form-label">
        {t.alternatives} <small>{t.alternativesWhat(alternatives.length)}</small>
      </div>
      <div ref={list}>
        {alternatives.map((text, at) => (
          <div key={at} className="alt">
            <input
              value={text}
              aria-label={t.alternative(at + 1)}
              maxLength={LONGEST_QUESTION}
              readOnly={readOnly}
              onChange={(event) => onChange(alternatives.with(at, event.target.value))}
              onKeyDown={(event) => {
                if (event.key === 'Enter' && !event.nativeEvent.isComposing) {
                  event.preventDefault();
                  add();
                }
              }}
            />
            {!readOnly && (
              <button
                type="button"
                className="btn btn-quiet btn-icon"
                aria-label={t.remove(text)}
                title={t.remove(text)}
                onClick={() => onChange(alternatives.toSpliced(at, 1))}
              >
                <Icon name="x-lg" small />
              </button>
            )}
          </div>
        ))}
      </div>
      {!readOnly && alternatives.length < MOST_ALTERNATIVES && (
        <button type="button" className="btn btn-quiet btn-sm mt-1" onClick={add}>
          <Icon name="plus-lg" small />
          {t.addAlternative}
        </button>
      )}
    </div>
  );
}
