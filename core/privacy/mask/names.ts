import type { Span } from './span.ts';

const HAN = /[\u3400-\u9fff]/;
const WORD = /[\p{L}\p{N}]/u;
/** Parts of names that are words as well: only taken where somebody introduces themselves. */
const ALSO_WORDS = new Set(
  `april art august autumn bill carol chase chip crystal dawn daisy drew faith frank gay gene grace grant guy hazel heather hope
  iris ivy jack jade jasmine jean john josh joy june lance lily mark max may melody mike miles nick olive pat penny pierce ray rich rob robin rose ruby
  sandy sky sue summer tony victor violet ward will wing young long king page law day small best lane`.split(/\s+/),
);
const INTRODUCTION = /(?:\bi(?:'|’)?m|\bi am|\bname(?:'|’)?s|\bname is|\bthis is|\bcall me|我是|我叫|叫我)[ :,]{0,2}$/i;

/** Where a person's own names stand: whole names anywhere, their parts where they cannot be mistaken for other words. */
export function namesIn(text: string, names: readonly string[]): Span[] {
  const found: Span[] = [];
  const folded = inSmallLetters(text);
  for (const name of names) {
    const whole = name.trim();
    if (whole.length < 2) continue;
    if (HAN.test(whole)) found.push(...chineseName(text, whole));
    else found.push(...latinName(text, folded, whole));
  }
  return found;
}

function chineseName(text: string, name: string): Span[] {
  const compact = name.replaceAll(' ', '');
  const found = occurrences(text, name);
  if (compact !== name) found.push(...occurrences(text, compact));
  // A given name of two characters may be a word: 文章, 明白.
  if (compact.length === 3)
    found.push(...occurrences(text, compact.slice(1)).filter(({ start }) => isIntroduced(text, start)));
  return found;
}

function latinName(text: string, folded: string, name: string): Span[] {
  const found = occurrences(folded, name.toLowerCase()).filter((span) => standsAlone(text, span));
  const parts = name.split(/[\s,]+/);
  if (parts.length === 1) return found;
  for (const part of parts) {
    if (part.length < 3) continue;
    const small = part.toLowerCase();
    for (const span of occurrences(folded, small)) {
      if (!standsAlone(text, span)) continue;
      const asWritten = text.slice(span.start, span.end) === part && part !== small && !ALSO_WORDS.has(small);
      if (asWritten || isIntroduced(text, span.start)) found.push(span);
    }
  }
  return found;
}

function occurrences(text: string, needle: string): Span[] {
  const found: Span[] = [];
  for (let start = text.indexOf(needle); start >= 0; start = text.indexOf(needle, start + needle.length))
    found.push({ start, end: start + needle.length });
  return found;
}

/** As long as the text: where a small letter is longer than its capital (İ), the capital stays. */
function inSmallLetters(text: string): string {
  const small = text.toLowerCase();
  if (small.length === text.length) return small;
  return text.replace(/./gsu, (sign) => (sign.toLowerCase().length === sign.length ? sign.toLowerCase() : sign));
}

/** Not a piece of a longer word; Chinese characters may touch it. */
const standsAlone = (text: string, { start, end }: Span): boolean => !joins(text[start - 1]) && !joins(text[end]);

const joins = (sign: string | undefined): boolean => sign !== undefined && WORD.test(sign) && !HAN.test(sign);

const isIntroduced = (text: string, at: number): boolean => INTRODUCTION.test(text.slice(Math.max(0, at - 12), at));
