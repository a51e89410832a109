import type { Locale } from '#core/conversation/content.schema.ts';
import { recalling } from '#core/understanding/recalling.ts';

/** Where the paths of templates and guards begin. */
export type Scope = {
  slots: Readonly<Record<string, string>>;
  /** The flow's own memory. */
  context: Readonly<Record<string, unknown>>;
  /** What the flow was started with. */
  input: Readonly<Record<string, unknown>>;
  event: unknown;
  settings: Readonly<Record<string, unknown>>;
  facts: Readonly<Record<string, unknown>>;
  counts: Readonly<Record<string, number>>;
  locale: Locale;
};

const FORBIDDEN = new Set(['__proto__', 'constructor', 'prototype']);

/** Paths come from published flows: there are few. */
const keysOf = recalling((path) => path.split('.'), 1_000);

/** The value at `slots.order`, or undefined; reads own properties only. A value per language gives the one of the scope. */
export function valueAt(scope: Scope, path: string): unknown {
  let value: unknown = scope;
  for (const key of keysOf(path)) {
    if (typeof value !== 'object' || value === null || FORBIDDEN.has(key) || !Object.hasOwn(value, key))
      return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  if (typeof value === 'object' && value !== null && Object.hasOwn(value, scope.locale))
    return (value as Record<string, unknown>)[scope.locale];
  return value;
}

const formats = new Map<string, Intl.DateTimeFormat>();
function format(locale: Locale, timeZone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${locale} ${timeZone} ${JSON.stringify(options)}`;
  let made = formats.get(key);
  if (!made) {
    // A time zone that this machine does not know must not stop an answer.
    const known = (() => {
      try {
        return new Intl.DateTimeFormat(locale, { timeZone }).resolvedOptions().timeZone;
      } catch {
        return 'UTC';
      }
    })();
    formats.set(key, (made = new Intl.DateTimeFormat(locale, { ...options, timeZone: known })));
  }
  return made;
}

const ISO_TIME = /^\d{4}-\d{2}-\d{2}T/;

function moment(value: unknown, { locale, settings }: Scope): string {
  const date = new Date(plain(value));
  if (!ISO_TIME.test(plain(value)) || Number.isNaN(date.getTime())) return plain(value);
  const zone = typeof settings['timeZone'] === 'string' ? settings['timeZone'] : 'Asia/Taipei';
  const part = (options: Intl.DateTimeFormatOptions): string => format(locale, zone, options).format(date);
  const time = part({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  if (locale === 'en') return `${part({ weekday: 'long', day: 'numeric', month: 'long' })}, ${time}`;
  const { month, day } = Object.fromEntries(
    format(locale, zone, { month: 'numeric', day: 'numeric' })
      .formatToParts(date)
      .map(({ type, value }) => [type, value]),
  );
  return `${month} 月 ${day} 日（${part({ weekday: 'long' })}）${time}`;
}

function duration(value: unknown, { locale }: Scope): string {
  const seconds = Number(value);
  const minutes = Math.max(1, Math.round(seconds / 60));
  if (!Number.isFinite(seconds)) return '';
  if (locale === 'en') return minutes === 1 ? 'about a minute' : `about ${minutes} minutes`;
  return `約 ${minutes} 分鐘`;
}

const FILTERS: Record<string, (value: unknown, scope: Scope) => string> = {
  /** Seconds as minutes in words. */
  duration,
  /** An ISO time as day and time in the installation's time zone. */
  datetime: moment,
  upper: (value) => plain(value).toUpperCase(),
  /** How many, of a list in one slot. */
  count: (value) => String(plain(value) === '' ? 0 : plain(value).split(',').length),
};
/** Names of the filters a template may use, beside `or:words`. */
export const FILTER_NAMES: readonly string[] = Object.keys(FILTERS);

type Hole = { path: string; filters: readonly string[]; or: string };
type Parsed = readonly (string | Hole)[];

const HOLE = /\{\{\s*([^{}|]+?)\s*((?:\|[^{}]*)?)\}\}/g;
const PATH = /^(slots|context|input|event|settings|facts|counts|locale)(\.[A-Za-z0-9_]+){0,6}$/;

/** What is wrong with a template, in words; null when nothing is. */
export function templateFault(text: string): string | null {
  const rest = text.replace(HOLE, (_, path: string, pipes: string) => {
    if (!PATH.test(path)) return `{{${path}}}`;
    const unknown = filtersOf(pipes).find((name) => !name.startsWith('or:') && !Object.hasOwn(FILTERS, name));
    return unknown === undefined ? '' : `{{|${unknown}}}`;
  });
  const fault = /\{\{[^{}]*\}\}?/.exec(rest)?.[0];
  if (fault === undefined) return rest.includes('{{') ? 'A {{ is not closed by }}.' : null;
  if (fault.startsWith('{{|'))
    return `There is no filter “${fault.slice(3, -2)}”; there are ${FILTER_NAMES.join(', ')} and or:words.`;
  return `${fault} is no path: begin with slots, context, input, event, settings, facts, counts or locale.`;
}

const filtersOf = (pipes: string): string[] =>
  pipes
    .split('|')
    .slice(1)
    .map((name) => name.trim());

const parsed = new Map<string, Parsed>();
function parse(text: string): Parsed {
  const known = parsed.get(text);
  if (known) return known;
  const parts: (string | Hole)[] = [];
  let end = 0;
  for (const match of text.matchAll(HOLE)) {
    if (match.index > end) parts.push(text.slice(end, match.index));
    const filters = filtersOf(match[2] ?? '');
    const or = filters.find((name) => name.startsWith('or:'))?.slice(3) ?? '';
    parts.push({ path: match[1]!, filters: filters.filter((name) => !name.startsWith('or:')), or });
    end = match.index + match[0].length;
  }
  if (end < text.length) parts.push(text.slice(end));
  // Texts come from published flows, so there are few; a simulator that is fed endless drafts must not fill the memory.
  if (parsed.size > 5_000) parsed.clear();
  parsed.set(text, parts);
  return parts;
}

const plain = (value: unknown): string =>
  typeof value === 'string' ? value : typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';

/** The text with its holes filled; an unknown path gives its `or:` words or nothing. `encode` is applied to what comes from outside (all but settings). */
export function render(text: string, scope: Scope, encode?: (value: string) => string): string {
  if (!text.includes('{{')) return text;
  let result = '';
  for (const part of parse(text)) {
    if (typeof part === 'string') {
      result += part;
      continue;
    }
    let value = valueAt(scope, part.path);
    for (const name of part.filters)
      if (name === 'count' || (value !== undefined && value !== null)) value = FILTERS[name]?.(value, scope);
    const words = plain(value) || part.or;
    result += encode && !part.path.startsWith('settings.') ? encode(words) : words;
  }
  return result;
}
