import type { Locale } from '#core/conversation/content.schema.ts';
import { localeOf } from './words.ts';

export type Theme = 'light' | 'dark' | 'auto';

/** What the page asks of the chat, by attributes of its script tag. */
export type Settings = {
  /** Where the chat server is: the origin that the script came from, or `data-server`. */
  origin: string;
  /** `data-locale`; null: the page's language, else the visitor's. */
  locale: Locale | null;
  theme: Theme;
  /** `data-title`, and `data-title-en` or `data-title-zh-tw` where they differ by language. */
  titles: Readonly<Partial<Record<Locale | 'any', string>>>;
  /** `data-subtitle…`, likewise: instead of our own line about how soon an answer comes. */
  subtitles: Readonly<Partial<Record<Locale | 'any', string>>>;
  /** `data-privacy`: the page that says what happens to what is written. */
  privacy: string | null;
  /** `data-invite…`: a word of welcome beside the button for visitors who have not written yet. */
  invitations: Readonly<Partial<Record<Locale | 'any', string>>>;
  inviteAfterMs: number;
};

const INVITE_AFTER_MS = 10_000;

export function readSettings(script: HTMLScriptElement | null, page: Location): Settings {
  const data = script?.dataset ?? {};
  const own = script?.src ? new URL(script.src, page.href).origin : page.origin;
  const theme = data['theme'];
  const seconds = Number(data['inviteAfter'] ?? '');
  return {
    origin: data['server'] ? new URL(data['server'], page.href).origin : own,
    locale: localeOf(data['locale']),
    theme: theme === 'light' || theme === 'dark' ? theme : 'auto',
    titles: byLanguage(data, 'title'),
    subtitles: byLanguage(data, 'subtitle'),
    privacy: data['privacy'] ? new URL(data['privacy'], page.href).href : null,
    invitations: byLanguage(data, 'invite'),
    inviteAfterMs: data['inviteAfter'] && Number.isFinite(seconds) ? seconds * 1_000 : INVITE_AFTER_MS,
  };
}

/** The text for a language: its own, else the one for all. */
export function inLanguage(texts: Readonly<Partial<Record<Locale | 'any', string>>>, locale: Locale): string | null {
  return texts[locale] ?? texts.any ?? null;
}

function byLanguage(data: DOMStringMap, name: string): Partial<Record<Locale | 'any', string>> {
  const any = data[name];
  const zh = data[`${name}ZhTw`];
  const en = data[`${name}En`];
  return { ...(any ? { any } : {}), ...(zh ? { 'zh-TW': zh } : {}), ...(en ? { en } : {}) };
}
