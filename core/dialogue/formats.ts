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

/** Ours, so they may run on the engine's own expressions: none of them backtracks more than linearly. */
const BUILT_IN = {
  email: /[\w.+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,5}/,
  phone: /(?<![\w@-])(?:\+?\d[\d -]{6,17}\d)(?![\w@-])/,
  number: /(?<![\w.])\d{1,12}(?:\.\d{1,4})?(?![\w.])/,
  date: /(?<!\d)\d{4}[-/.]\d{1,2}[-/.]\d{1,2}(?!\d)/,
} as const;

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
  if (format.format === 'phone' && found && found.replace(/\D/g, '').length < 8) return undefined;
  return found?.trim();
}

/** Whether a slot of this format can be recognised inside a sentence. */
export const isFindable = (format: SlotFormat): boolean =>
  'pattern' in format || format.format === 'email' || format.format === 'phone';
