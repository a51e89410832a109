import { useEffect, useState } from 'react';
import { useTools } from './tools.tsx';

/** The time, moved on every `everyMs`: for words such as "6 minutes ago". */
export function useNow(everyMs = 10_000): Date {
  const { now } = useTools();
  const [at, setAt] = useState(now);
  useEffect(() => {
    const timer = setInterval(() => setAt(now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs, now]);
  return new Date(at);
}
