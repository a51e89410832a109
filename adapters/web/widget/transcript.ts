import type { Locale } from '#core/conversation/content.schema.ts';
import type { Message } from '#core/conversation/conversation.schema.ts';
import { dayKey, timeOfDay } from './format.ts';
import type { TimelineEntry } from './timeline.ts';
import { WORDS } from './words.ts';

/** The conversation as a text file: one message a line, with its time and speaker. */
export function transcriptOf(entries: readonly TimelineEntry[], title: string, locale: Locale): string {
  const words = WORDS[locale];
  const lines = entries.flatMap((entry) => {
    if (entry.kind !== 'message') return [];
    const { message } = entry;
    const { author } = message;
    const named = author.name ?? (author.kind === 'agent' ? words.person : words.bot);
    const speaker = author.kind === 'customer' ? words.you : named;
    const at = new Date(message.createdAt);
    return [`${dayKey(at)} ${timeOfDay(at)} ${words.speaks(speaker)}${saidIn(message, locale)}`];
  });
  return `${title} · ${words.transcriptHead}\n\n${lines.join('\n')}\n`;
}

function saidIn(message: Message, locale: Locale): string {
  const words = WORDS[locale];
  const { content } = message;
  if (message.deletedAt) return words.deleted;
  const source = 'source' in content && content.source ? words.inBrackets(words.source + content.source.title) : '';
  switch (content.kind) {
    case 'action':
      return content.label ?? content.id;
    case 'command':
      return `/${content.name}`;
    case 'rating':
      return [words.rated(content.score), content.comment].filter(Boolean).join(' ');
    case 'reaction':
      return content.value === 'up' ? words.yes : words.no;
    case 'location':
      return content.title ?? `${content.latitude}, ${content.longitude}`;
    case 'contact':
      return [content.name, content.phone, content.email].filter(Boolean).join(' · ');
    case 'card':
      return [content.title, content.subtitle, content.text].filter(Boolean).join(' · ');
    case 'carousel':
      return [content.text, ...content.cards.map((card) => card.title)].filter(Boolean).join(' · ');
    case 'link':
      return `${content.text} ${content.label} ${content.url}`;
    default:
  }
  if ('values' in content)
    return Object.entries(content.values)
      .map(([name, value]) => `${name}: ${value}`)
      .join(', ');
  if ('attachment' in content)
    return [content.attachment.name, 'caption' in content ? content.caption : ''].filter(Boolean).join(' · ');
  return 'text' in content ? content.text + source : words.unknown;
}
