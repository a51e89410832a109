import { useEffect } from 'react';

/** Names the browser's tab after the page; a count stands first, where a narrow tab still shows it. */
export function usePageTitle(title: string, count = 0): void {
  useEffect(() => {
    document.title = `${count > 0 ? `(${count}) ` : ''}${title} · Frontdesk`;
  }, [title, count]);
}
