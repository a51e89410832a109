/** A piece of a line. */
export type Inline =
  | { kind: 'text'; text: string }
  | { kind: 'code'; text: string }
  | { kind: 'strong' | 'emphasis'; inside: Inline[] }
  | { kind: 'link'; address: string; inside: Inline[] }
  | { kind: 'break' };

/** A block of a text. */
export type Block =
  | { kind: 'paragraph'; inside: Inline[] }
  | { kind: 'code'; text: string }
  | { kind: 'list'; ordered: boolean; start: number; items: Inline[][] };

/** Deeper nesting is text: nobody writes it, and a hostile text must not cost us the stack. */
const DEEPEST = 6;
const LIST_ITEM = /^\s{0,3}(?:([-*•])|(\d{1,4})[.)、])\s+(.*)$/;

/** Reads our Markdown subset: bold, italic, code, lists, links. Everything else stays the text that it was; HTML too. */
export function parseMarkdown(text: string): Block[] {
  const blocks: Block[] = [];
  let paragraph: string[] = [];
  let list = null as Extract<Block, { kind: 'list' }> | null;
  const endParagraph = (): void => {
    if (paragraph.length > 0) blocks.push({ kind: 'paragraph', inside: lines(paragraph) });
    paragraph = [];
  };
  const rows = text.replace(/\r\n?/g, '\n').split('\n');
  for (let index = 0; index < rows.length; index++) {
    const row = rows[index]!;
    if (/^\s{0,3}```/.test(row)) {
      const end = rows.findIndex((later, at) => at > index && /^\s{0,3}```\s*$/.test(later));
      if (end > index) {
        endParagraph();
        list = null;
        blocks.push({ kind: 'code', text: rows.slice(index + 1, end).join('\n') });
        index = end;
        continue;
      }
    }
    const item = LIST_ITEM.exec(row);
    if (item) {
      endParagraph();
      const ordered = item[2] !== undefined;
      if (list?.ordered !== ordered) {
        list = { kind: 'list', ordered, start: ordered ? Number(item[2]) : 1, items: [] };
        blocks.push(list);
      }
      list.items.push(inline(item[3]!, 0));
    } else if (row.trim() === '') {
      endParagraph();
      list = null;
    } else {
      list = null;
      paragraph.push(row);
    }
  }
  endParagraph();
  return blocks;
}

/** A Markdown text without its marks, for one line of notice. */
export function plainText(text: string): string {
  const flat = (parts: readonly Inline[]): string =>
    parts.map((part) => (part.kind === 'break' ? ' ' : 'inside' in part ? flat(part.inside) : part.text)).join('');
  return parseMarkdown(text)
    .map((block) => {
      if (block.kind === 'code') return block.text;
      return block.kind === 'list' ? block.items.map(flat).join(' ') : flat(block.inside);
    })
    .join(' ');
}

function lines(rows: readonly string[]): Inline[] {
  return rows.flatMap((row, index): Inline[] =>
    index === 0 ? inline(row, 0) : [{ kind: 'break' }, ...inline(row, 0)],
  );
}

function inline(text: string, depth: number): Inline[] {
  const found: Inline[] = [];
  let plain = '';
  const flush = (): void => {
    if (plain) found.push({ kind: 'text', text: plain });
    plain = '';
  };
  for (let at = 0; at < text.length;) {
    const piece = depth < DEEPEST ? pieceAt(text, at, depth) : null;
    if (piece) {
      flush();
      found.push(piece.inline);
      at = piece.end;
    } else if (text[at] === '\\' && /[\\`*_[\]()#+\-.!>~|]/.test(text[at + 1] ?? '')) {
      plain += text[at + 1];
      at += 2;
    } else {
      plain += text[at];
      at++;
    }
  }
  flush();
  return found;
}

type Piece = { inline: Inline; end: number };

function pieceAt(text: string, at: number, depth: number): Piece | null {
  switch (text[at]) {
    case '`':
      return codeAt(text, at);
    case '*':
    case '_':
      return emphasisAt(text, at, depth);
    case '[':
      return linkAt(text, at);
    case 'h':
      return addressAt(text, at);
    default:
      return null;
  }
}

function codeAt(text: string, at: number): Piece | null {
  const end = text.indexOf('`', at + 1);
  return end > at + 1 ? { inline: { kind: 'code', text: text.slice(at + 1, end) }, end: end + 1 } : null;
}

function emphasisAt(text: string, at: number, depth: number): Piece | null {
  const sign = text[at]!;
  const fence = text[at + 1] === sign ? sign + sign : sign;
  const start = at + fence.length;
  // snake_case is a word, not an emphasis.
  if (sign === '_' && isWord(text[at - 1])) return null;
  if (!text[start] || /\s/.test(text[start])) return null;
  for (let end = text.indexOf(fence, start); end !== -1; end = text.indexOf(fence, end + 1)) {
    const after = text[end + fence.length];
    const closes =
      end > start &&
      !/\s/.test(text[end - 1]!) &&
      text[end - 1] !== '\\' &&
      (sign === '*' || !isWord(after)) &&
      (fence.length === 2 || (after !== sign && text[end - 1] !== sign));
    if (closes)
      return {
        inline: {
          kind: fence.length === 2 ? 'strong' : 'emphasis',
          inside: inline(text.slice(start, end), depth + 1),
        },
        end: end + fence.length,
      };
  }
  return null;
}

function linkAt(text: string, at: number): Piece | null {
  const middle = text.indexOf('](', at + 1);
  if (middle <= at + 1) return null;
  const label = text.slice(at + 1, middle);
  if (label.includes('[') || label.length > 300) return null;
  let end = middle + 2;
  for (let open = 0; end < text.length; end++) {
    const sign = text[end];
    if (sign === '(') open++;
    else if (sign === ')' && open-- === 0) break;
    else if (sign === ' ') return null;
  }
  if (text[end] !== ')') return null;
  return {
    inline: { kind: 'link', address: text.slice(middle + 2, end), inside: [{ kind: 'text', text: label }] },
    end: end + 1,
  };
}

/** A bare address becomes a link; the full stop after it does not. */
function addressAt(text: string, at: number): Piece | null {
  if (isWord(text[at - 1])) return null;
  const match = /^https?:\/\/[^\s<>"'`，。、；：！？（）「」『』]+/.exec(text.slice(at, at + 2_000));
  const address = match?.[0].replace(/[.,;:!?*_)\]]+$/, '');
  if (!address || address.length < 10) return null;
  return { inline: { kind: 'link', address, inside: [{ kind: 'text', text: address }] }, end: at + address.length };
}

const isWord = (letter: string | undefined): boolean => letter !== undefined && /[\p{L}\p{N}_]/u.test(letter);
