import { useEffect } from 'react';

/** Sets how close things stand while a page is shown: `compact` where agents work, else as admins read. */
export function useDensity(density: 'compact'): void {
  useEffect(() => {
    document.documentElement.dataset.fdDensity = density;
    return () => {
      delete document.documentElement.dataset.fdDensity;
    };
  }, [density]);
}
