import type { ReactNode } from 'react';

/** Bold, italic, code and links: the inline part of the Markdown subset in which we write. */
const INLINE =
  /\*\*(.+?)\*\*|(?<![\w*])[*_](?!\s)(.+?)(?<!\s)[*_](?![\w*])|`([^`]+)`|\[([^\]]+)\]\((https?:\/\/[^\s)]+)\)|(https?:\/\/[^\s<>"，。！？、；：「」（）]+)/g;
const ITEM = /^\s*(?:[-*•]|(\d{1,4})[.)、])\s+(.*)$/;

function inline(text: string): ReactNode[] {
  const parts: ReactNode[] = [];
  let done = 0;
  for (const match of text.matchAll(INLINE)) {
    const [whole, bold, italic, code, label, address, bare] = match;
    parts.push(text.slice(done, match.index));
    done = match.index + whole.length;
    const key = match.index;
    if (bold !== undefined) parts.push(<strong key={key}>{inline(bold)}</strong>);
    else if (italic !== undefined) parts.push(<em key={key}>{inline(italic)}</em>);
    else if (code !== undefined) parts.push(<code key={key}>{code}</code>);
    else {
      const url = address ?? bare;
      parts.push(
        <a key={key} href={url} target="_blank" rel="noreferrer noopener">
          {label ?? url}
        </a>,
      );
    }
  }
  parts.push(text.slice(done));
  return parts.filter((part) => part !== '');
}

/** A text of ours as it is read: paragraphs, lists, and the inline marks. It makes elements only, never HTML of others. */
export function Markdown({ text }: { text: string }) {
  const blocks = text.split(/\n{2,}/);
  return blocks.map((block, at) => {
    const lines = block.split('\n');
    const items = lines.map((line) => ITEM.exec(line));
    if (items.every((item) => item !== null)) {
      const rows = items.map((item, index) => <li key={index}>{inline(item[2] ?? '')}</li>);
      const first = items[0]?.[1];
      return first === undefined ? (
        <ul key={at} className="mb-0 ps-3">
          {rows}
        </ul>
      ) : (
        <ol key={at} start={Number(first)} className="mb-0 ps-4">
          {rows}
        </ol>
      );
    }
    return (
      <p key={at}>
        {lines.flatMap((line, index) => (index === 0 ? inline(line) : [<br key={index} />, ...inline(line)]))}
      </p>
    );
  });
}
