import type { InboundContent, OutboundContent } from './content.schema.ts';

/** The words of any content, for search, lists, masks and channels that know nothing else. Never empty. */
export function plainText(content: InboundContent | OutboundContent): string {
  switch (content.kind) {
    case 'text':
    case 'quick_replies':
    case 'confirm':
    case 'handoff_notice':
    case 'system':
    case 'csat':
      return content.text;
    case 'link':
      return `${content.text} ${content.url}`;
    case 'card':
      return [content.title, content.subtitle, content.text].filter(Boolean).join('\n');
    case 'carousel':
      return [content.text, ...content.cards.map((card) => card.title)].filter(Boolean).join('\n');
    case 'action':
      return content.label ?? '⟨button⟩';
    case 'command':
      return content.argument ? `/${content.name} ${content.argument}` : `/${content.name}`;
    case 'image':
    case 'file':
    case 'audio':
    case 'video':
      return content.caption ? `${content.caption} [${content.attachment.name}]` : `[${content.attachment.name}]`;
    case 'voice':
      return content.transcript ?? `[${content.attachment.name}]`;
    case 'location':
      return content.title ?? `${content.latitude}, ${content.longitude}`;
    case 'contact':
      return [content.name, content.phone, content.email].filter(Boolean).join(' ');
    case 'form':
      return 'fields' in content
        ? content.text
        : Object.entries(content.values)
            .map(([name, value]) => `${name}: ${value}`)
            .join('\n') || '⟨form⟩';
    case 'rating':
      return content.comment ? `${content.score}/5 ${content.comment}` : `${content.score}/5`;
    case 'reaction':
      return content.value === 'up' ? '👍' : '👎';
  }
}
