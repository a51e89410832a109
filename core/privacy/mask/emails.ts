import { isDigit, type Span } from './span.ts';

const LONGEST_NAME = 64;
const LONGEST_DOMAIN = 253;
const DOMAIN = /^(?:[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?\.){1,8}[a-z]{2,24}/i;
const SPELT_AT = / ?(?:\(at\)|\[at\]) ?/gi;

/** E-mail addresses, found from their `@` outwards so that no text makes it slow; also `amy (at) example.com`. */
export function emails(text: string): Span[] {
  const found: Span[] = [];
  for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) addAround(text, at, at + 1, found);
  if (/\(at\)|\[at\]/i.test(text))
    for (const match of text.matchAll(SPELT_AT)) addAround(text, match.index, match.index + match[0].length, found);
  return found;
}

function addAround(text: string, nameEnd: number, domainStart: number, found: Span[]): void {
  // People put a space on either side of the sign.
  const end = text[nameEnd - 1] === ' ' ? nameEnd - 1 : nameEnd;
  const begin = text[domainStart] === ' ' ? domainStart + 1 : domainStart;
  let start = end;
  while (start > 0 && end - start < LONGEST_NAME && isNameUnit(text.charCodeAt(start - 1))) start--;
  if (start === end) return;
  const domain = DOMAIN.exec(text.slice(begin, begin + LONGEST_DOMAIN));
  if (domain) found.push({ start, end: begin + domain[0].length });
}

/** ASCII alone: Chinese text runs on without a space before an address. */
function isNameUnit(unit: number): boolean {
  return (
    isDigit(unit) ||
    (unit >= 97 && unit <= 122) ||
    (unit >= 65 && unit <= 90) ||
    unit === 46 || // .
    unit === 95 || // _
    unit === 43 || // +
    unit === 45 || // -
    unit === 37 // %
  );
}
