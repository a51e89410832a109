import { useEffect, useRef } from 'react';

/** Gives the focus back to where it was when something opened, once it is closed. */
export function useReturnFocus(open: boolean): void {
  const before = useRef<Element | null>(null);
  useEffect(() => {
    if (!open) return undefined;
    before.current = document.activeElement;
    return () => {
      if (before.current instanceof HTMLElement && before.current.isConnected) before.current.focus();
    };
  }, [open]);
}
