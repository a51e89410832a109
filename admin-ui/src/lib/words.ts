import type { Locale } from '#core/conversation/content.schema.ts';

/** A text, or what makes one of values. */
type Loose<W> = { [K in keyof W]: W[K] extends (...values: infer V) => string ? (...values: V) => string : string };

/** Texts of one subject in both languages; one that is missing in a language does not compile. */
export type Words<W> = Readonly<Record<Locale, Readonly<Loose<W>>>>;

export const words = <W>(zhTW: W, en: Loose<NoInfer<W>>): Words<W> => ({ 'zh-TW': zhTW as Loose<W>, en });

/** A name inside a Chinese sentence: one space on each side where it begins or ends with a Latin letter or a digit. */
export function amid(name: string): string {
  const before = /^[\x21-\x7e]/.test(name) ? ' ' : '';
  const after = /[\x21-\x7e]$/.test(name) ? ' ' : '';
  return `${before}${name}${after}`;
}

/** English: `1 message`, `2 messages`. Chinese needs none. */
export const plural = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`;
