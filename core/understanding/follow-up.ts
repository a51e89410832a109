import { ASPECTS, ATTRIBUTES, FALSE_PARTICLES, LINKS, PARTICLES, PLACES, PLANS, SENDING } from './follow-up-words.ts';
import { isFunctionWord } from './function-words.ts';
import { once, patternOf } from './phrase-pattern.ts';
import { recalling } from './recalling.ts';
import { clean, hasHan, runs, wordsOf } from './text.ts';

/** One part of a question and the part it plays in it; `unknown` while it is still being cut. */
type Part = { text: string; role: 'aspect' | 'attribute' | 'place' | 'subject' | 'filler' | 'unknown' };

type Question = {
  /** Without the word that ties it to the last one, and without a final particle. */
  body: string;
  linked: boolean;
  /** Ends as a fragment does: `日本呢？`. */
  open: boolean;
  parts: readonly Part[];
};

/** After these 那 means “that”: `那個杯子` ties to nothing. */
const MEASURES = '個个邊边裡里種种些支款樣样張张台臺位隻只件組组把條条間间次天';

/** Longer ones say what they are about. */
const LONGEST_FOLLOW_UP = 60;

const patterns = once(() => {
  const link = patternOf(LINKS);
  return {
    link: new RegExp(`^(?:${link.source})(?![${MEASURES}])[\\s,，、]*`, 'u'),
    roles: [
      ['place', patternOf(PLACES)],
      ['subject', patternOf(FALSE_PARTICLES)],
      ['attribute', patternOf(ATTRIBUTES)],
      ['aspect', patternOf(ASPECTS)],
      ['filler', patternOf(PARTICLES)],
    ] as const,
    plan: patternOf(PLANS),
    sending: patternOf(SENDING),
  };
});

/** Cuts a text into parts by the first list that knows a word; what none knows is subject, if it is more than grammar. */
function partsOf(text: string): Part[] {
  let parts: Part[] = [{ text, role: 'unknown' }];
  for (const [role, pattern] of patterns().roles) {
    const cut: Part[] = [];
    for (const part of parts) {
      if (part.role === 'unknown') cutBy(pattern, role, part.text, cut);
      else cut.push(part);
    }
    parts = cut;
  }
  return parts.flatMap((part) => (part.role === 'unknown' ? subjectsOf(part.text) : [part]));
}

/** Adds the parts of a text: what the pattern finds, and what lies between. */
function cutBy(pattern: RegExp, role: Part['role'], text: string, into: Part[]): void {
  let from = 0;
  pattern.lastIndex = 0;
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
    if (match.index > from) into.push({ text: text.slice(from, match.index), role: 'unknown' });
    into.push({ text: match[0], role });
    from = match.index + match[0].length;
  }
  if (from < text.length) into.push({ text: text.slice(from), role: 'unknown' });
}

function subjectsOf(text: string): Part[] {
  return runs(text).flatMap((run): Part[] => {
    if (run.han) return [{ text: run.text, role: 'subject' }];
    const grammar = wordsOf(run.text).every(isFunctionWord);
    return [{ text: run.text, role: grammar ? 'filler' : 'subject' }];
  });
}

/** A question is read for its context, for its query, and for whether it leans on the last one. */
const REMEMBERED = 50;

const read = recalling(readAnew, REMEMBERED);

function readAnew(text: string): Question {
  const plain = clean(text).toLowerCase().trim();
  const withoutLink = plain.replace(patterns().link, '');
  const body = withoutLink.replace(/[\s?？!！。.~～…]+$/u, '');
  const open = body.endsWith('呢');
  const trimmed = open ? body.slice(0, -1) : body;
  return { body: trimmed, linked: withoutLink !== plain, open, parts: partsOf(trimmed) };
}

const has = ({ parts }: Question, role: Part['role']): boolean => parts.some((part) => part.role === role);

/** A place and at most a verb of sending: `寄到日本`, `to Japan`; not `do you ship to Japan`, which says it all. */
const isBarePlace = ({ parts }: Question): boolean =>
  parts.some(({ role }) => role === 'place') &&
  parts.every(({ role, text }) => role === 'place' || text.replace(patterns().sending, '').trim() === '');

function leansOnLast(text: string, question: Question): boolean {
  if (text.length > LONGEST_FOLLOW_UP || question.body === '') return false;
  const hasSubject = has(question, 'subject') || has(question, 'place');
  if (!hasSubject && !has(question, 'attribute')) return has(question, 'aspect');
  if (isBarePlace(question)) return true;
  if (question.body.match(patterns().plan)) return false;
  return (question.linked || question.open) && !(hasSubject && has(question, 'aspect')) && sizeOf(question.body) <= 8;
}

/** Length in words, each pair of Han characters counted as one. */
const sizeOf = (text: string): number =>
  runs(text).reduce((sum, { text, han }) => sum + (han ? text.length / 2 : 1), 0);

/** Whether a question needs the one before it to be understood: `那寄到國外呢？`, `幾天會到`, `how long does that take`. */
export const isFollowUp = (text: string): boolean => leansOnLast(text, read(text));

/** The parts of the wanted roles in their order, neighbours written together as they were. */
function keep({ parts }: Question, ...roles: Part['role'][]): string {
  let kept = '';
  let apart = true;
  for (const { text, role } of parts) {
    if (!roles.includes(role)) {
      apart = true;
      continue;
    }
    const joined = !apart && (hasHan(text) || text.startsWith(' '));
    kept += joined ? text : ` ${text.trim()}`;
    apart = false;
  }
  return kept.trim();
}

/** `運費怎麼算` asks for 運費; where no such noun stands, the way of asking has to do. */
const whatWasAsked = (question: Question): string => keep(question, 'attribute') || keep(question, 'aspect');

const join = (...texts: string[]): string => texts.filter((text) => text !== '').join(' ');

/**
 * The query that finds what a question means after the customer's last ones (newest last; two are used). One that
 * brings a new subject takes over what was asked (`運費怎麼算？`, `那寄到日本呢`); one that asks something new takes over
 * the subject (`幾天會到` is still about Japan); a complete question stays as it is.
 */
export function withContext(text: string, lastQuestions: readonly string[]): string {
  const [lastText, beforeText] = lastQuestions.slice(-2).reverse();
  if (lastText === undefined) return text;
  const question = read(text);
  const leans = leansOnLast(text, question);
  const bareAttribute = has(question, 'attribute') && !has(question, 'subject') && !has(question, 'place');
  if (!leans && !bareAttribute) return text;

  const last = read(lastText);
  const earlier = beforeText !== undefined && leansOnLast(lastText, last) ? read(beforeText) : undefined;

  if (!leans) {
    const placed = [last, earlier].find((each) => each && has(each, 'place'));
    return placed ? join(keep(placed, 'place'), text) : text;
  }

  const newPlace = has(question, 'place');
  if (has(question, 'subject') || newPlace) {
    const asked = [last, earlier].map((each) => (each ? whatWasAsked(each) : '')).find((each) => each !== '');
    if (asked) return join(asked, question.body);
    const roles: Part['role'][] = newPlace ? ['subject', 'filler'] : ['subject', 'filler', 'place'];
    return join(keep(last, ...roles), question.body);
  }

  const subject = keep(last, 'subject', 'place');
  const onlyPlace = isBarePlace(last) || subject === '';
  const olderRoles: Part['role'][] = has(last, 'place') ? ['subject'] : ['subject', 'place'];
  const older = earlier && onlyPlace ? keep(earlier, ...olderRoles) : '';
  return join(older, subject, question.body);
}
