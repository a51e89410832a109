import { createContext, useContext, useEffect, useMemo, useState, type ReactNode } from 'react';
import type { Locale } from '#core/conversation/content.schema.ts';
import { useTools } from './tools.tsx';
import type { Words } from './words.ts';

const KEY = 'frontdesk.locale';

/** The page's `lang` for each language of the interface. */
const LANG: Readonly<Record<Locale, string>> = { 'zh-TW': 'zh-Hant-TW', en: 'en' };

type Choice = { locale: Locale; choose: (locale: Locale) => void };
const LocaleContext = createContext<Choice | undefined>(undefined);

const isLocale = (value: string | null): value is Locale => value === 'zh-TW' || value === 'en';

/** The language that was chosen here before; else the browser's. */
const first = (storage: Storage): Locale => {
  const kept = storage.getItem(KEY);
  if (isLocale(kept)) return kept;
  return navigator.language.toLowerCase().startsWith('zh') ? 'zh-TW' : 'en';
};

export function LocaleProvider({ children }: { children: ReactNode }) {
  const { storage } = useTools();
  const [locale, setLocale] = useState(() => first(storage));
  useEffect(() => {
    document.documentElement.lang = LANG[locale];
  }, [locale]);
  const choice = useMemo(
    () => ({
      locale,
      choose(next: Locale) {
        storage.setItem(KEY, next);
        setLocale(next);
      },
    }),
    [locale, storage],
  );
  return <LocaleContext value={choice}>{children}</LocaleContext>;
}

/** The interface's language, and how to change it. */
export function useLocale(): Choice {
  const choice = useContext(LocaleContext);
  if (!choice) throw new Error('useLocale needs a LocaleProvider above it.');
  return choice;
}

/** One subject's texts in the interface's language. */
export function useWords<W>(table: Words<W>): Words<W>[Locale] {
  return table[useLocale().locale];
}
