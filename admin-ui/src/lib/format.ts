import type { Locale } from '#core/conversation/content.schema.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const sameDay = (a: Date, b: Date): boolean => a.toDateString() === b.toDateString();
const two = (value: number): string => String(value).padStart(2, '0');
const englishMonth = (date: Date): string => new Intl.DateTimeFormat('en', { month: 'short' }).format(date);

/** `13:57` */
export const clockTime = (date: Date): string => `${two(date.getHours())}:${two(date.getMinutes())}`;

/** `11 月 21 日`, with the year when it is another one than `now`'s. */
export function day(date: Date, now: Date, locale: Locale): string {
  const other = date.getFullYear() !== now.getFullYear();
  if (locale === 'en') return `${date.getDate()} ${englishMonth(date)}${other ? ` ${date.getFullYear()}` : ''}`;
  return `${other ? `${date.getFullYear()} 年 ` : ''}${date.getMonth() + 1} 月 ${date.getDate()} 日`;
}

/** How long ago: within the hour in minutes, then today's time, then the day. */
export function ago(date: Date, now: Date, locale: Locale): string {
  const past = now.getTime() - date.getTime();
  if (past < MINUTE) return locale === 'en' ? 'just now' : '剛剛';
  if (past < HOUR)
    return locale === 'en' ? `${Math.floor(past / MINUTE)} min ago` : `${Math.floor(past / MINUTE)} 分前`;
  return sameDay(date, now) ? clockTime(date) : day(date, now, locale);
}

/** A day's heading in a conversation: `今天 · 11 月 23 日 星期一`. */
export function dayHeading(date: Date, now: Date, locale: Locale): string {
  const weekday = new Intl.DateTimeFormat(locale, { weekday: 'long' }).format(date);
  const whole = locale === 'en' ? `${weekday} ${day(date, now, locale)}` : `${day(date, now, locale)} ${weekday}`;
  if (!sameDay(date, now)) return whole;
  return `${locale === 'en' ? 'Today' : '今天'} · ${whole}`;
}

/** `3 分 12 秒`; hours only when there are some. */
export function duration(milliseconds: number, locale: Locale): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1_000));
  const [h, m, s] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60];
  const [hour, minute, second] = locale === 'en' ? ['h', 'min', 's'] : ['時', '分', '秒'];
  if (h > 0) return `${h} ${hour} ${m} ${minute}`;
  if (m > 0) return `${m} ${minute} ${s} ${second}`;
  return `${s} ${second}`;
}

/** Date and time in full, for tooltips. */
export const fullTime = (date: Date, locale: Locale): string =>
  new Intl.DateTimeFormat(locale, { dateStyle: 'full', timeStyle: 'medium' }).format(date);

/** `84 kB`, `1.8 MB` */
export function fileSize(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${Math.round(bytes / 1_000)} kB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** One letter for a round mark: people of ours are called by the end of a Chinese name (小安), customers by its beginning. */
export function initial(name: string, of: 'customer' | 'agent'): string {
  const letters = Array.from(new Intl.Segmenter().segment(name.trim()), ({ segment }) => segment);
  const han = /\p{Script=Han}/u.test(name);
  const letter = of === 'agent' && han ? letters.at(-1) : letters[0];
  return letter?.toUpperCase() ?? '?';
}

/** The language that a text is probably in, for its `lang`: what has no Han character is not Chinese. */
export const textLang = (text: string): string => (/\p{Script=Han}/u.test(text) ? 'zh-Hant-TW' : 'en');
