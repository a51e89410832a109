const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' });
/** Cuts are looked for in the last part of the room alone: no message is left nearly empty for the sake of a nice cut. */
const LOOKED_AT = 0.5;
/** A cluster that begins in the room is known whole with so many more units; longer ones do not exist outside jokes. */
const BEYOND = 64;

/** Where a text may be cut, the nicest first: after a paragraph, a line, a sentence, a word. */
const NICE_CUTS = [/\n\s*\n/g, /\n/g, /[。！？…；](?:[」』）”"]*)|[.!?](?=\s)/g, /\s+/g];

/**
 * A text in parts of at most `most` UTF-16 units (at least 20), each marked `(1/3)` when there are several. Cut where it
 * reads best, never inside what a reader sees as one character unless that alone is longer than a part.
 */
export function splitText(text: string, most: number): string[] {
  const whole = text.trim();
  if (whole.length <= most) return [whole];
  for (let digits = 1; ; digits++) {
    const parts = cut(whole, most - `(${'9'.repeat(digits)}/${'9'.repeat(digits)}) `.length);
    if (String(parts.length).length <= digits)
      return parts.map((part, index) => `(${index + 1}/${parts.length}) ${part}`);
  }
}

function cut(text: string, room: number): string[] {
  const parts: string[] = [];
  let rest = text;
  while (rest.length > room) {
    const end = cutWithin(rest, room);
    const part = rest.slice(0, end).trimEnd();
    if (part) parts.push(part);
    rest = rest.slice(end).trimStart();
  }
  if (rest) parts.push(rest);
  return parts;
}

function cutWithin(text: string, room: number): number {
  // One unit more: the space after a word that fits exactly.
  const window = text.slice(0, room + 1);
  const fits = (end: number): boolean => end > room * LOOKED_AT && window.slice(0, end).trimEnd().length <= room;
  for (const pattern of NICE_CUTS) {
    const ends = [...window.matchAll(pattern)].map((match) => match.index + match[0].length);
    const end = ends.findLast((one) => fits(one) && clusterStart(text, one) === one);
    if (end) return end;
  }
  return clusterStart(text, room) || wholeCodePoint(text, room);
}

/** Where the cluster that holds the unit at `index` begins. */
const clusterStart = (text: string, index: number): number =>
  graphemes.segment(text.slice(0, index + BEYOND)).containing(index)?.index ?? index;

const wholeCodePoint = (text: string, index: number): number =>
  /[\uD800-\uDBFF]/.test(text[index - 1] ?? '') && /[\uDC00-\uDFFF]/.test(text[index] ?? '') ? index - 1 : index;
