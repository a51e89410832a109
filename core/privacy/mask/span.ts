/** A stretch of a text, from `start` up to but not including `end`, in UTF-16 units. */
export type Span = { start: number; end: number };

/**
 * Every match of a global pattern that `judge` accepts: whole (`true`), in part (a span), or not at all (`false`). The
 * pattern must be bounded: after a refusal the search goes on at the next character, for one may stand inside another.
 */
export function matches(pattern: RegExp, text: string, judge: (match: RegExpExecArray) => boolean | Span): Span[] {
  const found: Span[] = [];
  pattern.lastIndex = 0;
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
    const verdict = judge(match);
    const span = verdict === true ? { start: match.index, end: match.index + match[0].length } : verdict;
    if (span) found.push(span);
    pattern.lastIndex = span ? span.end : match.index + 1;
  }
  return found;
}

/** The span of a match's last group, where that group ends the match. */
export function lastGroup(match: RegExpExecArray): Span {
  const end = match.index + match[0].length;
  return { start: end - match.at(-1)!.length, end };
}

/** How many digits a text has. */
export function digitsIn(text: string): number {
  let count = 0;
  for (let at = 0; at < text.length; at++) if (isDigit(text.charCodeAt(at))) count++;
  return count;
}

/** Whether a UTF-16 unit is one of `0`–`9`. */
export const isDigit = (unit: number): boolean => unit >= 48 && unit <= 57;
