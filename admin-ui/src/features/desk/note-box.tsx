import type { Note } from '#core/desk/desk.schema.ts';
import { Icon } from '../../components/icon.tsx';
import { Time } from '../../components/time.tsx';
import { textLang } from '../../lib/format.ts';
import { useWords } from '../../lib/locale.tsx';
import { threadWords } from './thread-words.ts';

/** A note that only colleagues see. */
export function NoteBox({ note }: { note: Note }) {
  const t = useWords(threadWords);
  return (
    <article className="fd-note">
      <Icon name="lock-fill" />
      <div>
        <div className="fd-by">
          <b>{t.internalNote}</b>
          <span>{note.author.name}</span>
          <Time at={note.createdAt} />
        </div>
        <p className="as-written" lang={textLang(note.text)}>
          {note.text}
        </p>
      </div>
    </article>
  );
}
