import type { Locale } from '#core/conversation/content.schema.ts';
import { isFunctionWord } from './function-words.ts';
import { once, patternOf } from './phrase-pattern.ts';
import { ANGER, COMMANDS, POLITENESS, type Command } from './phrases.ts';
import { recalling } from './recalling.ts';
import { clean, comparisonKey, hasHan, normalize, normalKey, runs } from './text.ts';

/** Begins only where a word does, and is bounded: a long text without an @ must not be read from each of its letters. */
const EMAIL = /(?<![a-z0-9._%+-])[a-z0-9._%+-]{1,64}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){0,8}\.[a-z]{2,24}/gi;
const URL = /(?:https?:\/\/|www\.)\S+/gi;
const DASHES = '[-\\u2010-\\u2015\\u2212_#\\s]*';
const ORDER = new RegExp(`(?<![a-z])SQ${DASHES}(\\d{4,8})(?!\\d)`, 'gi');
const BARE_ORDER =
  /(?:[訂订][單单](?:[編编][號号]|[號号][碼码])?|[單单][號号]|order(?:\s+(?:number|no\.?|id))?)\s*(?:是|[為为]|is|:|#)?\s*#?(\d{5})(?!\d)/gi;
const TICKET = new RegExp(`(?<![a-z0-9])T${DASHES}(\\d{3,8})(?!\\d)`, 'gi');
const BARE_TICKET =
  /(?:工[單单](?:[編编][號号]|[號号][碼码])?|案件(?:[編编][號号])?|ticket(?:\s+(?:number|no\.?|id))?)\s*(?:是|[為为]|is|:|#)?\s*#?(\d{3,8})(?!\d)/gi;
const TAIWAN_PHONE =
  /(?<![\d+-])(?:(?:\+|00)886[-\s.]*\(?0?\)?|\(?0)(9(?:[-\s.]*\d){8}|[2-8]\)?(?:[-\s.]*\d){7,8})(?![-\s]?\d)/g;
const FOREIGN_PHONE = /(?<![\d+])(?:\+|00)(?!886)[1-9](?:[-\s.()]*\d){6,14}(?!\d)/g;
const NOT_THIS = /(?:不是|而非|並非|not|instead of)\s*$/i;

/** Texts of the turn under way. */
const REMEMBERED = 20;

/** What a customer's text names: each in one form, however it was typed. */
export type FoundSlots = {
  readonly order?: string;
  readonly email?: string;
  readonly phone?: string;
  readonly ticket?: string;
};

/** The last find that is not said to be wrong: people correct themselves forwards. */
function lastFind(text: string, ...patterns: RegExp[]): string | undefined {
  for (const pattern of patterns) {
    const finds = [...text.matchAll(pattern)];
    const meant = finds.filter((find) => !NOT_THIS.test(text.slice(0, find.index)));
    const find = meant.at(-1) ?? finds.at(-1);
    if (find) return find[1] ?? find[0];
  }
  return undefined;
}

/**
 * Order number (`SQ-20451`), e-mail (lower case), phone (Taiwanese ones as dialled at home, digits only; others with
 * `+`) and ticket number (`T-1204`) from a text, also when written small, full-width or with spaces.
 */
export const extractSlots = recalling((text): FoundSlots => {
  const plain = clean(text).replace(/\s+/g, ' ');
  const found: { -readonly [slot in keyof FoundSlots]: string } = {};
  if (!/[\d@]/.test(plain)) return found;
  const order = lastFind(plain, ORDER, BARE_ORDER);
  if (order) found.order = `SQ-${order}`;
  const email = lastFind(plain, EMAIL);
  if (email) found.email = email.toLowerCase();
  const withoutEmails = plain.replace(EMAIL, ' ');
  const taiwanese = lastFind(withoutEmails, TAIWAN_PHONE);
  const foreign = taiwanese ? undefined : lastFind(withoutEmails, FOREIGN_PHONE);
  if (taiwanese) found.phone = `0${taiwanese.replace(/\D/g, '')}`;
  else if (foreign) found.phone = `+${foreign.replace(/\D/g, '').replace(/^00/, '')}`;
  const ticket = lastFind(plain, TICKET, BARE_TICKET);
  if (ticket) found.ticket = `T-${ticket}`;
  return found;
}, REMEMBERED);

/** `ok` is typed in every language, and so are names, brands and model numbers. */
const INTERNATIONAL = new Set(['ok', 'okay', 'k', 'line', 'email', 'e', 'mail', 'app', 'logo', 'sq', 'id']);

const FOREIGN =
  /[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Cyrillic}\p{Script=Arabic}]/gu;

/**
 * The language of a message's larger part. Han characters and English grammar words count most, names and brands
 * little, so a Chinese question about a `Hario V60` stays Chinese. Null: only numbers, addresses, emoji, or a language
 * we do not speak.
 */
export const detectLocale = recalling((text): Locale | null => {
  const words = clean(text).replace(EMAIL, ' ').replace(URL, ' ').replace(ORDER, ' ');
  const foreign = words.match(FOREIGN);
  let [chinese, english] = [0, 0];
  for (const [at, run] of runs(words).entries()) {
    if (run.han) chinese += 1.5 * run.text.length;
    else if (/^[a-z']+$/i.test(run.text)) {
      const lower = run.text.toLowerCase();
      if (INTERNATIONAL.has(lower)) continue;
      if (isFunctionWord(lower)) english += 1.5;
      else english += at > 0 && run.text !== lower ? 0.4 : 1;
    }
  }
  if ((foreign?.length ?? 0) > (chinese + english) / 3) return null;
  if (chinese === 0 && english === 0) return null;
  return chinese >= english ? 'zh-TW' : 'en';
}, REMEMBERED);

const strongAnger = once(() => patternOf(ANGER.strong));
const weakAnger = once(() => patternOf(ANGER.weak));

/** Whether a message is angry, in either language, by its words and by how it is shouted. */
export function detectMood(text: string): 'calm' | 'angry' {
  const plain = normalize(text);
  let score = 2 * (plain.match(strongAnger())?.length ?? 0);
  score += Math.min(2, new Set(plain.match(weakAnger())).size);
  if (/[!?]{2}/.test(plain)) score += 1;
  const words = clean(text).match(/[A-Za-z]{2,}/g) ?? [];
  const shouted = words.filter((word) => word === word.toUpperCase()).length;
  if (shouted >= 3 && shouted > words.length / 2) score += 1;
  return score >= 2 ? 'angry' : 'calm';
}

const commands = once(() => {
  const table = new Map<string, Command>();
  for (const [command, phrases] of Object.entries(COMMANDS) as [Command, readonly string[]][]) {
    for (const phrase of phrases) table.set(comparisonKey(phrase), command);
  }
  return table;
});

const longestFirst = (phrases: readonly string[]): string[] =>
  phrases.map(comparisonKey).toSorted((a, b) => b.length - a.length);

const politeness = once(() => ({ before: longestFirst(POLITENESS.before), after: longestFirst(POLITENESS.after) }));

/** Longer messages are sentences, whatever word they begin with. */
const LONGEST_COMMAND = 60;

/** The instruction that a short message is; null for anything that says more. Who asks for a person in passing asks for a person. */
export function detectCommand(text: string): Command | null {
  if (text.length > LONGEST_COMMAND) return null;
  const whole = commandOf(comparisonKey(text));
  if (whole) return whole;
  const clauses = normalize(text)
    .split(/[,。.!、;]+/)
    .map(normalKey)
    .filter((key) => key !== '');
  // One clause alone was the whole.
  if (clauses.length < 2) return null;
  const [first = null, ...others] = clauses.map(commandOf);
  if (first === 'person' || others.includes('person')) return 'person';
  return others.every((command) => command === first) ? first : null;
}

function commandOf(whole: string): Command | null {
  let key = whole;
  for (;;) {
    const command = commands().get(key);
    if (command) return command;
    const shorter = withoutPoliteness(key);
    if (shorter === key) return null;
    key = shorter;
  }
}

/** Whether a phrase ends where another word begins: Chinese has no spaces, so there every border will do. */
const isApart = (phrase: string, neighbour: string | undefined): boolean =>
  hasHan(phrase) || neighbour === ' ' || (neighbour !== undefined && hasHan(neighbour));

function withoutPoliteness(key: string): string {
  const { before, after } = politeness();
  const first = before.find((phrase) => key.startsWith(phrase) && isApart(phrase, key[phrase.length]));
  if (first !== undefined) return key.slice(first.length).trim();
  const last = after.find((phrase) => key.endsWith(phrase) && isApart(phrase, key.at(-phrase.length - 1)));
  return last === undefined ? key : key.slice(0, -last.length).trim();
}
