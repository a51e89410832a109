import { useEffect, useId, useRef, type ReactNode } from 'react';
import { useWords } from '../lib/locale.tsx';
import { useReturnFocus } from '../lib/return-focus.ts';
import { Icon } from './icon.tsx';
import { sharedWords } from './shared-words.ts';

type Props = {
  title: ReactNode;
  /** Chips beside the title. */
  state?: ReactNode;
  onClose: () => void;
  children: ReactNode;
  foot?: ReactNode;
  /** Covers the page and keeps the focus inside; else it stands beside a list that stays usable. */
  modal?: boolean;
};

/** A page's editor at its right edge. Escape closes it; the focus goes back where it came from. */
export function Drawer({ title, state, onClose, children, foot, modal = false }: Props) {
  const t = useWords(sharedWords);
  const titleId = useId();
  const box = useRef<HTMLElement>(null);
  useReturnFocus(true);
  useEffect(() => box.current?.focus(), []);
  return (
    <>
      {modal && <div className="drawer-backdrop" onClick={onClose} aria-hidden="true" />}
      <section
        className={modal ? 'drawer drawer-modal' : 'drawer'}
        role={modal ? 'dialog' : 'region'}
        {...(modal ? { 'aria-modal': true } : {})}
        aria-labelledby={titleId}
        tabIndex={-1}
        ref={box}
        onKeyDown={(event) => {
          if (event.key === 'Escape' && !event.nativeEvent.isComposing) {
            event.stopPropagation();
            onClose();
          }
          if (modal && event.key === 'Tab') keepInside(event, box.current);
        }}
      >
        <header className="drawer-head">
          <h2 className="fd-clip" id={titleId}>
            {title}
          </h2>
          {state}
          <span className="fd-fill" />
          <button
            type="button"
            className="btn btn-quiet btn-sm btn-icon"
            aria-label={t.close}
            title={t.close}
            onClick={onClose}
          >
            <Icon name="x-lg" />
          </button>
        </header>
        <div className="drawer-body">{children}</div>
        {foot && <footer className="drawer-foot">{foot}</footer>}
      </section>
    </>
  );
}

const FOCUSABLE =
  'a[href], button:not(:disabled), input:not(:disabled), select:not(:disabled), textarea:not(:disabled)';

function keepInside(event: React.KeyboardEvent, box: HTMLElement | null): void {
  const inside = [...(box?.querySelectorAll<HTMLElement>(FOCUSABLE) ?? [])];
  const edge = event.shiftKey ? inside[0] : inside.at(-1);
  const on = document.activeElement;
  if (on !== edge && !(event.shiftKey && on === box)) return;
  event.preventDefault();
  (event.shiftKey ? inside.at(-1) : inside[0])?.focus();
}
