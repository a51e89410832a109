import { addressesEn, addressesZh } from './mask/addresses.ts';
import { emails } from './mask/emails.ts';
import { namesIn } from './mask/names.ts';
import { accounts, cards, ids, phones } from './mask/numbers.ts';
import { digitsIn, type Span } from './mask/span.ts';

type Marker = '⟨email⟩' | '⟨phone⟩' | '⟨card⟩' | '⟨id⟩' | '⟨account⟩' | '⟨address⟩' | '⟨name⟩';

type Mark = Span & { marker: Marker };

/** One kind of personal data: `worth` is a cheap look whether a text may hold it at all. */
type Kind = { marker: Marker; worth: (text: string, digits: number) => boolean; find: (text: string) => Span[] };

const CARRIER = /載具|條碼/;
const LINE = /line/i;

// The longer and surer come first: what one kind has taken, the next ones do not see.
const KINDS: readonly Kind[] = [
  { marker: '⟨email⟩', worth: (text) => text.includes('@') || text.includes('at'), find: emails },
  { marker: '⟨id⟩', worth: (text, digits) => digits >= 5 || CARRIER.test(text), find: ids },
  { marker: '⟨card⟩', worth: (_, digits) => digits >= 3, find: cards },
  { marker: '⟨account⟩', worth: (text, digits) => digits >= 6 || LINE.test(text), find: accounts },
  { marker: '⟨phone⟩', worth: (_, digits) => digits >= 7, find: phones },
  { marker: '⟨address⟩', worth: (text) => text.includes('號') || text.includes('号'), find: addressesZh },
  { marker: '⟨address⟩', worth: (_, digits) => digits >= 1, find: addressesEn },
];

const WIDE = /[\uff01-\uff5e\u3000\u00a0\u2010-\u2015\u2212]/g;
const BLANK = '\0';

/**
 * The text with personal data replaced by markers: ⟨email⟩ ⟨phone⟩ ⟨card⟩ ⟨id⟩ ⟨account⟩ ⟨address⟩, and ⟨name⟩ for `names`, the
 * contact's own. Order numbers, prices and dates stay. It errs towards hiding; it is the second net, sealing is the first.
 * Time grows with the length of the text alone, whatever stands in it.
 */
export function mask(text: string, { names = [] }: { names?: readonly string[] } = {}): string {
  // As long as the text itself, so that a place in one is the same place in the other.
  let view = narrow(text);
  const digits = digitsIn(view);
  const marks: Mark[] = [];
  const take = (spans: Span[], marker: Marker): void => {
    if (spans.length === 0) return;
    const taken = apart(spans, view);
    view = replaced(view, taken, ({ start, end }) => BLANK.repeat(end - start));
    for (const span of taken) marks.push({ ...span, marker });
  };
  for (const { marker, worth, find } of KINDS) if (worth(view, digits)) take(find(view), marker);
  if (names.length > 0) take(namesIn(view, names.map(narrow)), '⟨name⟩');
  if (marks.length === 0) return text;
  marks.sort((a, b) => a.start - b.start);
  return replaced(text, marks, ({ marker }) => marker);
}

/** Full-width signs and long dashes as the plain ones they stand for, unit by unit. */
function narrow(text: string): string {
  return text.replace(WIDE, (sign) => {
    const unit = sign.charCodeAt(0);
    if (unit >= 0xff01) return String.fromCharCode(unit - 0xfee0);
    return unit === 0x3000 || unit === 0xa0 ? ' ' : '-';
  });
}

/** In order, without those that overlap: two patterns of one kind may find the same, the longer one holds. */
function apart(spans: Span[], view: string): Span[] {
  const kept: Span[] = [];
  let from = 0;
  for (const span of spans.sort((a, b) => a.start - b.start || b.end - a.end)) {
    if (span.start < from || view.slice(span.start, span.end).includes(BLANK)) continue;
    kept.push(span);
    from = span.end;
  }
  return kept;
}

/** The text with each span, in order and apart, replaced by its stand-in. */
function replaced<S extends Span>(text: string, spans: readonly S[], standIn: (span: S) => string): string {
  let out = '';
  let from = 0;
  for (const span of spans) {
    out += text.slice(from, span.start) + standIn(span);
    from = span.end;
  }
  return out + text.slice(from);
}
