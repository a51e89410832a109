import { createContext, useContext, useEffect, useMemo, useState, type ReactNode } from 'react';
import { useTools } from './tools.tsx';

const KEY = 'frontdesk.theme';
const THEMES = ['system', 'light', 'dark'] as const;

/** Light, dark, or as the system has it. */
export type Theme = (typeof THEMES)[number];

type Choice = { theme: Theme; choose: (theme: Theme) => void };
const ThemeContext = createContext<Choice | undefined>(undefined);

export function ThemeProvider({ children }: { children: ReactNode }) {
  const { storage } = useTools();
  const [theme, setTheme] = useState<Theme>(() => THEMES.find((known) => known === storage.getItem(KEY)) ?? 'system');
  useEffect(() => {
    const system = matchMedia('(prefers-color-scheme: dark)');
    const apply = (): void => {
      const dark = theme === 'dark' || (theme === 'system' && system.matches);
      document.documentElement.dataset.bsTheme = dark ? 'dark' : 'light';
    };
    apply();
    system.addEventListener('change', apply);
    return () => system.removeEventListener('change', apply);
  }, [theme]);
  const choice = useMemo(
    () => ({
      theme,
      choose(next: Theme) {
        storage.setItem(KEY, next);
        setTheme(next);
      },
    }),
    [theme, storage],
  );
  return <ThemeContext value={choice}>{children}</ThemeContext>;
}

/** The chosen theme, and how to change it. */
export function useTheme(): Choice {
  const choice = useContext(ThemeContext);
  if (!choice) throw new Error('useTheme needs a ThemeProvider above it.');
  return choice;
}
