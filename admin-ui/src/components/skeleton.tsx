import { useEffect, useState, type ReactNode } from 'react';
import { useWords } from '../lib/locale.tsx';
import { sharedWords } from './shared-words.ts';

/** What is faster than this shows no skeleton at all: a flash of grey is worse than a short nothing. */
const SHOWN_AFTER_MS = 150;

/** Stands in for what is being loaded; read out as "loading", once. */
export function Loading({ children }: { children: ReactNode }) {
  const t = useWords(sharedWords);
  const [shown, setShown] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setShown(true), SHOWN_AFTER_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div role="status" aria-label={t.loading}>
      {shown && <div aria-hidden="true">{children}</div>}
    </div>
  );
}

/** A grey line of text, as wide as `width` says. */
export function Skeleton({ width, height }: { width: string; height?: string }) {
  return <span className="fd-skeleton" style={height === undefined ? { width } : { width, height }} />;
}
