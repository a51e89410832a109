import { useEffect, useImperativeHandle, useRef, useState, type KeyboardEvent, type Ref } from 'react';
import type { ConversationDetail } from '#core/desk/desk.schema.ts';
import { Icon } from '../../components/icon.tsx';
import { problemText } from '../../components/problem-text.ts';
import { Segments } from '../../components/segments.tsx';
import { sharedWords } from '../../components/shared-words.ts';
import { useWords } from '../../lib/locale.tsx';
import { useMe } from '../../lib/me.ts';
import { useTools } from '../../lib/tools.tsx';
import { useAddNote } from './api/add-note.ts';
import { useDesk } from './desk-live.tsx';
import { drafts, type DraftKind } from './drafts.ts';
import { whoHasIt } from './ownership.ts';
import { composerWords } from './composer-words.ts';

/** The server is told that somebody types at most this often. */
const TYPING_EVERY_MS = 3_000;

/** What other panes can do with the composer. */
export type ComposerHandle = { insert: (text: string) => void };

/** Where an agent writes: to the customer, or a note to colleagues. One of these is mounted for each conversation. */
export function Composer({ conversation, ref }: { conversation: ConversationDetail; ref: Ref<ComposerHandle> }) {
  const t = useWords(composerWords);
  const { storage, live, now } = useTools();
  const { outbox } = useDesk();
  const { id, customer } = conversation;
  const owner = whoHasIt(conversation, useMe()?.id);
  const mayReply = owner === 'me';
  const [wanted, setWanted] = useState<DraftKind>('reply');
  const kind = mayReply ? wanted : 'note';
  const [texts, setTexts] = useState<Record<DraftKind, string>>(() => ({
    reply: drafts.read(storage, id, 'reply'),
    note: drafts.read(storage, id, 'note'),
  }));
  const text = texts[kind];
  const box = useRef<HTMLTextAreaElement>(null);
  const file = useRef<HTMLInputElement>(null);
  const typedAt = useRef(0);
  const addNote = useAddNote(id);

  function write(what: DraftKind, next: string): void {
    setTexts((before) => ({ ...before, [what]: next }));
    drafts.write(storage, id, what, next);
  }

  useImperativeHandle(ref, () => ({
    insert(added) {
      setWanted('reply');
      write('reply', texts.reply === '' ? added : `${texts.reply.trimEnd()}\n${added}`);
      box.current?.focus();
    },
  }));

  useEffect(() => {
    // The box grows with its text; how far is the style sheet's business.
    const element = box.current;
    if (!element) return;
    element.style.height = 'auto';
    element.style.height = `${element.scrollHeight}px`;
  }, [text, kind]);

  function send(): void {
    const said = text.trim();
    if (said === '' || addNote.isPending) return;
    if (kind === 'note') addNote.mutate(said, { onSuccess: () => write('note', '') });
    else {
      outbox.send(id, { text: said });
      write('reply', '');
    }
    box.current?.focus();
  }

  function onKeyDown(event: KeyboardEvent): void {
    // While an input method composes, Enter belongs to it (Safari says so by the key code 229 alone).
    if (event.nativeEvent.isComposing || event.nativeEvent.keyCode === 229) return;
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      send();
    }
  }

  function onType(next: string): void {
    write(kind, next);
    if (kind === 'note' || now() - typedAt.current < TYPING_EVERY_MS) return;
    typedAt.current = now();
    live.send({ type: 'typing', sessionId: id });
  }

  return (
    <div className={kind === 'note' ? 'composer-box is-note' : 'composer-box'}>
      {addNote.error && <NoteFailure error={addNote.error} />}
      <label className="visually-hidden" htmlFor="composer">
        {kind === 'note' ? t.noteOn(customer.name) : t.replyTo(customer.name)}
      </label>
      <textarea
        id="composer"
        rows={2}
        ref={box}
        value={text}
        {...(kind === 'note' ? { placeholder: t.notePlaceholder } : {})}
        onChange={(event) => onType(event.target.value)}
        onKeyDown={onKeyDown}
      />
      <div className="composer-tools">
        {mayReply && (
          <>
            <Segments
              label={t.kind}
              value={kind}
              onChoose={(next) => {
                setWanted(next);
                box.current?.focus();
              }}
              choices={[
                { value: 'reply', label: t.reply },
                {
                  value: 'note',
                  kind: 'note',
                  label: (
                    <>
                      <Icon name="lock-fill" small />
                      {t.note}
                    </>
                  ),
                },
              ]}
            />
            {kind === 'reply' && (
              <>
                <button
                  type="button"
                  className="btn btn-quiet btn-sm btn-icon"
                  aria-label={t.attach}
                  title={t.attach}
                  onClick={() => file.current?.click()}
                >
                  <Icon name="paperclip" />
                </button>
                <input
                  ref={file}
                  type="file"
                  multiple
                  hidden
                  aria-label={t.attach}
                  onChange={(event) => {
                    for (const one of event.target.files ?? []) outbox.send(id, { file: one });
                    event.target.value = '';
                  }}
                />
              </>
            )}
          </>
        )}
        <span className="fd-fill" />
        <span className="fd-xs fd-muted only-roomy me-2">
          {text !== '' && `${t.draftKept} · `}
          <kbd className="fd-kbd">{isApple() ? '⌘' : 'Ctrl'}</kbd> <kbd className="fd-kbd">Enter</kbd>
        </span>
        <button
          type="button"
          className={kind === 'note' ? 'btn btn-note btn-sm' : 'btn btn-primary btn-sm'}
          onClick={send}
          disabled={text.trim() === '' || addNote.isPending}
        >
          <Icon name={kind === 'note' ? 'lock-fill' : 'send'} />
          {kind === 'note' ? t.saveNote : t.send}
        </button>
      </div>
    </div>
  );
}

function NoteFailure({ error }: { error: Error }) {
  const t = useWords(composerWords);
  const shared = useWords(sharedWords);
  return (
    <div className="fd-failed justify-content-start px-3" role="alert">
      <Icon name="exclamation-triangle-fill" small />
      <span>
        {t.noteFailed} {problemText(error, shared)}
      </span>
    </div>
  );
}

const isApple = (): boolean => /Mac|iPhone|iPad/.test(navigator.userAgent);
