import type { Message } from '#core/conversation/conversation.schema.ts';
import type { Choice, InboundContent, OutboundContent } from '#core/conversation/content.schema.ts';

/** What a reply looks like in a terminal, and the buttons that a number chooses. */
export type View = { lines: string[]; choices: Choice[] };

/** Shows any content in words; buttons are numbered from 1. */
export function viewContent(content: OutboundContent | InboundContent): View {
  const { lines, choices } = describe(content);
  return { lines: [...lines, ...choices.map(({ label }, index) => `  ${index + 1}. ${label}`)], choices };
}

/** Who wrote a message, as the terminal names them. */
export function authorOf({ author }: Message): string {
  if (author.kind === 'bot') return author.name ?? 'Frontdesk';
  return author.name ?? author.kind;
}

function describe(content: OutboundContent | InboundContent): View {
  switch (content.kind) {
    case 'text':
      return view([content.text, ...sourceOf('source' in content ? content.source : undefined)]);
    case 'quick_replies':
      return view([content.text, ...sourceOf(content.source)], content.choices);
    case 'card':
      return cardView(content);
    case 'carousel': {
      const cards = content.cards.map(cardView);
      return view(
        [...present(content.text), ...cards.flatMap(({ lines }) => lines)],
        cards.flatMap(({ choices }) => choices),
      );
    }
    case 'form':
      if ('values' in content) return view(Object.entries(content.values).map(([name, value]) => `${name}: ${value}`));
      return view([content.text, ...content.fields.map(({ label }) => `  ${label}: ____`)], [content.submit]);
    case 'confirm':
      return view([content.text], [content.confirm, content.cancel]);
    case 'link':
      return view([content.text, `${content.label}: ${content.url}`]);
    case 'csat':
      return view([content.text], content.choices);
    case 'handoff_notice':
    case 'system':
      return view([content.text]);
    case 'image':
    case 'file':
    case 'audio':
    case 'video':
      return view([`[${content.attachment.name}]`, ...present(content.caption)]);
    case 'voice':
      return view([`[${content.attachment.name}]`, ...present(content.transcript)]);
    case 'action':
      return view([content.label ?? content.id]);
    case 'command':
      return view([`/${content.name} ${content.argument ?? ''}`.trimEnd()]);
    case 'location':
      return view([`${content.latitude}, ${content.longitude}`]);
    case 'contact':
      return view([content.name]);
    case 'rating':
      return view([`${content.score}/5`, ...present(content.comment)]);
    default: // a reaction; another kind would not compile
      return view([content.value === 'up' ? '+1' : '-1']);
  }
}

function cardView(card: Omit<Extract<OutboundContent, { kind: 'card' }>, 'kind'>): View {
  const links = (card.links ?? []).map(({ label, url }) => `  ${label}: ${url}`);
  return view([card.title, ...present(card.subtitle), ...present(card.text), ...links], card.choices);
}

const view = (lines: string[], choices: readonly Choice[] = []): View => ({ lines, choices: [...choices] });
const present = (words: string | undefined): string[] => (words === undefined ? [] : [words]);
const sourceOf = (source: { title: string; url?: string | undefined } | undefined): string[] =>
  source ? [`  (${[source.title, source.url].filter(Boolean).join(', ')})`] : [];
