import { useEffect, useId, useRef, type ReactNode } from 'react';
import { useWords } from '../lib/locale.tsx';
import { useReturnFocus } from '../lib/return-focus.ts';
import { sharedWords } from './shared-words.ts';

type Props = {
  title: string;
  children: ReactNode;
  /** The act, as its button names it. */
  act: string;
  danger?: boolean;
  onAct: () => void;
  onClose: () => void;
};

/** Asks once more before what cannot be undone, and names it. */
export function Dialog({ title, children, act, danger = false, onAct, onClose }: Props) {
  const t = useWords(sharedWords);
  const titleId = useId();
  const cancel = useRef<HTMLButtonElement>(null);
  const go = useRef<HTMLButtonElement>(null);
  useReturnFocus(true);
  useEffect(() => cancel.current?.focus(), []);
  return (
    <div className="dialog-backdrop">
      <div
        className="dialog-box"
        role="alertdialog"
        aria-modal="true"
        aria-labelledby={titleId}
        onKeyDown={(event) => {
          if (event.key === 'Escape') {
            event.stopPropagation();
            onClose();
          }
          if (event.key === 'Tab') {
            event.preventDefault();
            (document.activeElement === cancel.current ? go : cancel).current?.focus();
          }
        }}
      >
        <h2 id={titleId}>{title}</h2>
        <div>{children}</div>
        <div className="fd-row justify-content-end">
          <button type="button" className="btn btn-outline-secondary" ref={cancel} onClick={onClose}>
            {t.cancel}
          </button>
          <button
            type="button"
            className={danger ? 'btn btn-outline-danger' : 'btn btn-primary'}
            ref={go}
            onClick={onAct}
          >
            {act}
          </button>
        </div>
      </div>
    </div>
  );
}
