import { useEffect, useId, useRef, useState, type ReactNode } from 'react';

type Props = {
  /** What the button shows, and what it is called. */
  button: ReactNode;
  label: string;
  className: string;
  /** Where the panel opens, seen from the button. */
  place: 'below' | 'above' | 'beside';
  /** `close` gives the focus back to the button. */
  children: (close: () => void) => ReactNode;
};

/** A button with a panel: opened by it, closed by Escape, by a choice, or by going elsewhere. */
export function Popup({ button, label, className, place, children }: Props) {
  const [open, setOpen] = useState(false);
  const id = useId();
  const box = useRef<HTMLDivElement>(null);
  const opener = useRef<HTMLButtonElement>(null);
  const close = (): void => {
    setOpen(false);
    opener.current?.focus();
  };
  useEffect(() => {
    if (!open) return undefined;
    const outside = (event: Event): void => {
      if (event.target instanceof Node && !box.current?.contains(event.target)) setOpen(false);
    };
    document.addEventListener('pointerdown', outside);
    document.addEventListener('focusin', outside);
    return () => {
      document.removeEventListener('pointerdown', outside);
      document.removeEventListener('focusin', outside);
    };
  }, [open]);
  return (
    <div
      className="popup"
      ref={box}
      onKeyDown={(event) => {
        if (open && event.key === 'Escape') {
          event.stopPropagation();
          close();
        }
      }}
    >
      <button
        type="button"
        ref={opener}
        className={className}
        aria-label={label}
        title={label}
        aria-expanded={open}
        aria-controls={id}
        onClick={() => setOpen(!open)}
      >
        {button}
      </button>
      {open && (
        <div id={id} className="popup-panel" data-place={place}>
          {children(close)}
        </div>
      )}
    </div>
  );
}
