import type { Store } from '../storage.ts';

/** One browser's storage as several tabs see it: each tab hears of what the others write, as the platform has it. */
export function createBrowserStorage(): { tab: () => Store } {
  const texts = new Map<string, string>();
  const tabs: { hear: (key: string | null) => void }[] = [];
  return {
    tab() {
      const listeners = new Set<(key: string | null) => void>();
      const tab = { hear: (key: string | null) => listeners.forEach((listener) => listener(key)) };
      tabs.push(tab);
      const tell = (key: string): void => tabs.forEach((other) => other !== tab && other.hear(key));
      return {
        read: (key) => texts.get(key) ?? null,
        write(key, value) {
          texts.set(key, value);
          tell(key);
        },
        remove(key) {
          if (texts.delete(key)) tell(key);
        },
        keys: (start) => [...texts.keys()].filter((key) => key.startsWith(start)),
        onChange(listener) {
          listeners.add(listener);
          return () => void listeners.delete(listener);
        },
      };
    },
  };
}
