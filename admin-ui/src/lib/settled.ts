import { useEffect, useState } from 'react';

const PAUSE_MS = 250;

/** A typed value once its writer pauses: what is searched for, without a request for every key. */
export function useSettled<T>(value: T): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}
