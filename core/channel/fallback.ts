import type { AnswerSource, Attachment, Choice, Locale, OutboundContent } from '#core/conversation/content.schema.ts';
import { SHORTEST_TEXT } from './capability.ts';
import { splitText } from './split-text.ts';

type Form = Extract<OutboundContent, { kind: 'form' }>;
type Card = Extract<OutboundContent, { kind: 'carousel' }>['cards'][number];

const WORDS = {
  'zh-TW': {
    reply: (range: string) => `請回覆 ${range}`,
    danger: (yes: string, no: string) => `確定的話請輸入「${yes}」，不要的話請輸入「${no}」。`,
    labelled: (label: string, value: string) => `${label}：${value}`,
    image: '圖片',
    file: '檔案',
    source: '資料來源',
    optional: '（可以略過，請回覆「略過」）',
    date: '（例如 2026-11-24）',
  },
  en: {
    reply: (range: string) => `Reply ${range}`,
    danger: (yes: string, no: string) => `To go on, type “${yes}”. To stop, type “${no}”.`,
    labelled: (label: string, value: string) => `${label}: ${value}`,
    image: 'Picture',
    file: 'File',
    source: 'Source',
    optional: '(optional: reply “skip” to leave it out)',
    date: '(for example 2026-11-24)',
  },
} as const satisfies Record<Locale, unknown>;
type Words = (typeof WORDS)[Locale];

/** What a plain text can be told: `most` UTF-16 units a message, and where an attachment can be fetched (signed, expiring). */
export type FallbackOptions = { most?: number; linkTo?: (attachment: Attachment) => string };

/**
 * Any content as plain texts that are legal on every channel, in the order to send them. Choices are numbered through, as
 * the dialogue hears numbers; a form becomes one question a message, and answering the last one submits it.
 */
export function fallbackText(content: OutboundContent, locale: Locale, options: FallbackOptions = {}): string[] {
  const { most = SHORTEST_TEXT, linkTo } = options;
  return messages(content, WORDS[locale], linkTo).flatMap((message) => splitText(message.trim() || '…', most));
}

/** The questions of a form, each a message of its own. */
export const formQuestions = (form: Form, locale: Locale): string[] => questions(form, WORDS[locale]);

function messages(content: OutboundContent, words: Words, linkTo: FallbackOptions['linkTo']): string[] {
  switch (content.kind) {
    case 'text':
      return [lines(unmarked(content.text), ...source(content.source, words))];
    case 'quick_replies':
      return [
        lines(unmarked(content.text), ...source(content.source, words)) + '\n\n' + numbered(content.choices, words),
      ];
    case 'csat':
      return [lines(unmarked(content.text), '', numbered(content.choices, words))];
    case 'confirm':
      return [
        content.danger
          ? lines(unmarked(content.text), words.danger(content.confirm.label, content.cancel.label))
          : lines(unmarked(content.text), '', numbered([content.confirm, content.cancel], words)),
      ];
    case 'card':
      return [cards([content], words)];
    case 'carousel':
      return [
        content.text === undefined
          ? cards(content.cards, words)
          : lines(unmarked(content.text), '', cards(content.cards, words)),
      ];
    case 'image':
    case 'file':
      return [attached(content, words, linkTo)];
    case 'form':
      return [unmarked(content.text), ...questions(content, words)];
    case 'link':
      return [lines(unmarked(content.text), words.labelled(content.label, content.url))];
    case 'handoff_notice':
    case 'system':
      return [unmarked(content.text)];
  }
}

const lines = (...parts: readonly (string | undefined)[]): string =>
  parts.filter((part) => part !== undefined).join('\n');

const source = (from: AnswerSource | undefined, words: Words): string[] =>
  from ? [words.labelled(words.source, from.url ? `${from.title} ${from.url}` : from.title)] : [];

const range = (count: number): string => (count === 1 ? '1' : `1–${count}`);

const numbered = (choices: readonly Pick<Choice, 'label'>[], words: Words): string =>
  lines(...choices.map(({ label }, index) => `${index + 1}. ${label}`), words.reply(range(choices.length)));

/** Buttons of all cards are numbered through: a number means one button. */
function cards(all: readonly Card[], words: Words): string {
  let count = 0;
  const blocks = all.map((card) =>
    lines(
      all.length > 1 ? `• ${card.title}` : card.title,
      card.subtitle,
      card.text && unmarked(card.text),
      card.image && words.labelled(card.image.alt || words.image, card.image.url),
      ...(card.links ?? []).map(({ label, url }) => words.labelled(label, url)),
      ...(card.choices ?? []).map(({ label }) => `${++count}. ${label}`),
    ),
  );
  return [...blocks, ...(count ? [words.reply(range(count))] : [])].join('\n\n');
}

function attached(
  content: Extract<OutboundContent, { kind: 'image' | 'file' }>,
  words: Words,
  linkTo: FallbackOptions['linkTo'],
): string {
  const { name, bytes } = content.attachment;
  return lines(
    content.caption && unmarked(content.caption),
    words.labelled(words[content.kind], `${name} (${size(bytes)})`),
    linkTo?.(content.attachment),
  );
}

const size = (bytes: number): string =>
  bytes < 1_000
    ? `${bytes} B`
    : bytes < 1_000_000
      ? `${Math.round(bytes / 1_000)} kB`
      : `${(bytes / 1_000_000).toFixed(1)} MB`;

function questions({ fields }: Form, words: Words): string[] {
  return fields.map((field, index) => {
    const count = fields.length > 1 ? `${index + 1}/${fields.length} ` : '';
    const hints = [field.type === 'date' && words.date, !field.required && words.optional].filter(Boolean).join(' ');
    return lines(
      `${count}${field.label}`,
      hints || undefined,
      field.options?.length ? numbered(field.options, words) : undefined,
    );
  });
}

/** A text without the marks of our Markdown subset, which would be read as they stand; links keep their address. */
export function unmarked(text: string): string {
  return text
    .replace(/\[([^[\]\n]{1,300})\]\(((?:https?:\/\/|mailto:)[^\s()]*(?:\([^\s()]*\)[^\s()]*)*)\)/g, (_, label, url) =>
      label === url ? url : `${label} (${url})`,
    )
    .replace(/\*\*([^*\s](?:[^*\n]*[^*\s])?)\*\*/g, '$1')
    .replace(/(?<![\w*])\*([^*\s](?:[^*\n]*[^*\s])?)\*(?![\w*])/g, '$1')
    .replace(/(?<![\p{L}\p{N}_])_([^_\s](?:[^_\n]*[^_\s])?)_(?![\p{L}\p{N}_])/gu, '$1')
    .replace(/`([^`\n]+)`/g, '$1');
}
