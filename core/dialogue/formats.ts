import { RE2JS } from 're2js';
import { clean } from '#core/understanding/text.ts';
import type { SlotFormat } from './vocabulary.schema.ts';

/** Longest value of a slot, in UTF-16 units: what is longer stands in the transcript. */
export const MAX_SLOT = 400;

const compiled = new Map<string, { pattern: RE2JS; last: { text: string; found: boolean } | undefined }>();

function compiledOf(source: string) {
  let known = compiled.get(source);
  if (!known) {
    known = { pattern: RE2JS.compile(source, RE2JS.CASE_INSENSITIVE), last: undefined };
    if (compiled.size > 500) compiled.clear();
    compiled.set(source, known);
  }
  return known;
}

/** A pattern in RE2 syntax, which runs in time linear to its text; letters match in either case. Throws on a bad pattern. */
export const patternOf = (source: string): RE2JS => compiledOf(source).pattern;

/** Whether the pattern occurs in the text. */
export function matches(source: string, text: string): boolean {
  const known = compiledOf(source);
  // XState asks each guard twice: whether there is a way, and then which.
  if (known.last?.text !== text) known.last = { text, found: known.pattern.matcher(clean(text)).find() };
  return known.last.found;
}

const MONTH =
  '(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)';
/** `2026-12-05`, `12/5`, `12 月 5 日`, `2026 年 12 月 5 號`, `December 5th, 2026`, `5 December`. */
const DATES = [
  '\\d{4}[-/.]\\d{1,2}[-/.]\\d{1,2}',
  '(?:\\d{4} ?年 ?)?\\d{1,2} ?月 ?\\d{1,2} ?[日號号]?',
  '\\d{1,2}/\\d{1,2}(?:/\\d{4})?',
  `\\b${MONTH}\\.? \\d{1,2}(?:st|nd|rd|th)?\\b(?:,? \\d{4})?`,
  `\\d{1,2}(?:st|nd|rd|th)?(?: of)? ${MONTH}\\b(?:,? \\d{4})?`,
];

/** Ours, so they may run on the engine's own expressions: none of them backtracks more than linearly. */
const BUILT_IN = {
  email: /[\w.+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,5}/,
  phone: /(?<![\w@-])(?:\+?\d[\d -]{6,17}\d)(?![\w@-])/,
  number: /(?<![\w.])\d{1,12}(?:\.\d{1,4})?(?![\w.])/,
  date: new RegExp(`(?<!\\d)(?:${DATES.join('|')})(?!\\d)`, 'i'),
} as const;

const DIGITS = '零一二三四五六七八九';
const WORDS = 'zero one two three four five six seven eight nine ten eleven twelve'.split(' ');
/** With what is counted behind it, or alone: `三個人`, `十二位`, `兩`. */
const HAN_NUMBER =
  /(?<![第\p{N}零一二三四五六七八九十百千萬])([一二三四五六七八九])?(十)?([一二兩三四五六七八九])?(?=\s*(?:[位個个人名件張张組组包份支枝隻只盒杯瓶罐袋套次天月年]|[。.]?$))/u;

/** A small number in words, as digits. */
function numberInWords(text: string): string | undefined {
  const trimmed = text.trim();
  const english = WORDS.findIndex((word) => new RegExp(`\\b${word}\\b`, 'i').test(trimmed));
  if (english >= 0) return String(english);
  for (const [found, tens, ten, ones] of trimmed.matchAll(new RegExp(HAN_NUMBER, 'gu'))) {
    if (found === '' || (tens && !ten && ones)) continue;
    const one = (digit: string | undefined): number => (digit === '兩' ? 2 : digit ? DIGITS.indexOf(digit) : 0);
    return String(ten ? 10 * (tens ? one(tens) : 1) + one(ones) : one(tens ?? ones));
  }
  return undefined;
}

/** The value of a slot inside a sentence, or undefined. `asked`: it is the answer to a question for this slot. */
export function findIn(text: string, format: SlotFormat, asked = false): string | undefined {
  const cleaned = clean(text);
  if ('pattern' in format) {
    if (asked && format.whole !== undefined) {
      const whole = cleaned.trim().replace(/[。.]$/, '');
      if (patternOf(format.whole).matches(whole)) return `${format.prefix ?? ''}${whole}`.slice(0, MAX_SLOT);
    }
    const matcher = patternOf(format.pattern).matcher(cleaned);
    if (!matcher.find()) return undefined;
    const found = matcher.group() ?? '';
    return (format.upper ? found.toUpperCase() : found).slice(0, MAX_SLOT) || undefined;
  }
  if (format.format === 'text' || format.format === 'file') return undefined;
  const found = BUILT_IN[format.format].exec(cleaned)?.[0];
  if (format.format === 'number' && found === undefined) return numberInWords(cleaned);
  if (format.format === 'phone' && found && found.replace(/\D/g, '').length < 8) return undefined;
  return found?.trim();
}

/** Whether a slot of this format can be recognised inside a sentence. */
export const isFindable = (format: SlotFormat): boolean =>
  'pattern' in format || format.format === 'email' || format.format === 'phone';
