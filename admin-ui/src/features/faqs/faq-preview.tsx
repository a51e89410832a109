import { BotAvatar } from '../../components/marks.tsx';
import { Markdown } from '../../components/markdown.tsx';
import { textLang } from '../../lib/format.ts';
import { useWords } from '../../lib/locale.tsx';
import { faqWords } from './words.ts';

/** An answer as customers read it in the web chat. */
export function FaqPreview({ answer }: { answer: string }) {
  const t = useWords(faqWords);
  return (
    <div className="faq-preview">
      <h3>
        {t.preview} <small>{t.previewWhat}</small>
      </h3>
      {answer.trim() === '' ? (
        <p className="fd-muted fd-sm">{t.previewEmpty}</p>
      ) : (
        <div className="preview-message">
          <BotAvatar />
          <div className="fd-bubble" lang={textLang(answer)}>
            <Markdown text={answer.trim()} />
          </div>
        </div>
      )}
    </div>
  );
}
