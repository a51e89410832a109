import type { Locale } from '#core/conversation/content.schema.ts';
import { WORDS } from './words.ts';

/** Hour and minute by the visitor's clock, 24 hours: `13:57`. */
export function timeOfDay(at: Date): string {
  return `${String(at.getHours()).padStart(2, '0')}:${String(at.getMinutes()).padStart(2, '0')}`;
}

/** The visitor's calendar day as a key, `2026-11-24`. */
export function dayKey(at: Date): string {
  return `${at.getFullYear()}-${String(at.getMonth() + 1).padStart(2, '0')}-${String(at.getDate()).padStart(2, '0')}`;
}

/** A day as its separator names it: 今天, 昨天, 11 月 21 日 星期六; with the year when it is another one. */
export function dayName(at: Date, now: Date, locale: Locale): string {
  const words = WORDS[locale];
  if (dayKey(at) === dayKey(now)) return words.today;
  if (dayKey(at) === dayKey(new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1))) return words.yesterday;
  const otherYear = at.getFullYear() !== now.getFullYear();
  if (locale === 'zh-TW') {
    const weekday = '日一二三四五六'[at.getDay()];
    return `${otherYear ? `${at.getFullYear()} 年 ` : ''}${at.getMonth() + 1} 月 ${at.getDate()} 日 星期${weekday}`;
  }
  return new Intl.DateTimeFormat('en', {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    ...(otherYear ? { year: 'numeric' } : {}),
  }).format(at);
}

/** The whole date and time, for tooltips. */
export function fullTime(at: Date, locale: Locale): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'full', timeStyle: 'medium' }).format(at);
}

/** A file's size in decimal units, as systems show it: `84 kB`. */
export function fileSize(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  if (bytes < 999_500) return `${Math.round(bytes / 1_000)} kB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** What a file is, in short: its ending, else the second half of its type. */
export function fileKind(name: string, type: string): string {
  const ending = /\.([A-Za-z0-9]{1,5})$/.exec(name)?.[1] ?? type.split('/')[1] ?? '';
  return ending.toUpperCase();
}

/** A wait in words: under a minute in tens of seconds, else whole minutes, never too short. */
export function waitName(seconds: number, locale: Locale): string {
  const words = WORDS[locale];
  if (seconds < 60) return words.seconds(Math.max(10, Math.ceil(seconds / 10) * 10));
  return words.minutes(Math.ceil(seconds / 60));
}

/** The one letter of a person's mark: the last character of a Han name (小安 → 安), the first of others. */
export function initial(name: string): string {
  const letters = Array.from(name.trim());
  const last = letters.at(-1) ?? '';
  return /\p{Script=Han}/u.test(last) ? last : (letters[0] ?? '').toUpperCase();
}
