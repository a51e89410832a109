import type { Locale } from '#core/conversation/content.schema.ts';
import { parseMarkdown, type Block, type Inline } from '../markdown.ts';
import { foreignLang, WORDS } from '../words.ts';
import { h, hidden, link } from './dom.ts';

/** A text with its Markdown as elements, each made one by one from a closed list. */
export function richText(text: string, locale: Locale): HTMLElement {
  return h(
    'div',
    { class: 'text', lang: foreignLang(text, locale) },
    ...parseMarkdown(text).map((block) => blockOf(block, locale)),
  );
}

function blockOf(block: Block, locale: Locale): HTMLElement {
  if (block.kind === 'paragraph') return h('p', {}, ...inlines(block.inside, locale));
  if (block.kind === 'code') return h('pre', { tabindex: 0 }, h('code', {}, block.text));
  const items = block.items.map((item) => h('li', {}, ...inlines(item, locale)));
  return block.ordered ? h('ol', { start: block.start }, ...items) : h('ul', {}, ...items);
}

function inlines(parts: readonly Inline[], locale: Locale): Node[] {
  return parts.map((part) => {
    switch (part.kind) {
      case 'text':
        return document.createTextNode(part.text);
      case 'code':
        return h('code', {}, part.text);
      case 'strong':
        return h('strong', {}, ...inlines(part.inside, locale));
      case 'emphasis':
        return h('em', {}, ...inlines(part.inside, locale));
      case 'break':
        return h('br');
      default:
        return link(part.address, {}, ...inlines(part.inside, locale), hidden(WORDS[locale].newWindow));
    }
  });
}
