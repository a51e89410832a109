import type { Message } from '#core/conversation/conversation.schema.ts';
import { fullTime, initial, timeOfDay } from '../format.ts';
import type { Refusal } from '../outbox.ts';
import type { OwnRow, TheirRow } from '../rows.ts';
import type { Words } from '../words.ts';
import type { ViewContext } from './context.ts';
import { bubble, drawContent } from './contents.ts';
import { h, hidden } from './dom.ts';
import { icon, type IconName } from './icons.ts';
import { richText } from './rich-text.ts';

/** A message of the bot, of a person or of the system: who, when, what. */
export function theirMessage(row: TheirRow, context: ViewContext): HTMLElement {
  const { message } = row;
  const words = context.words();
  const speaker = speakerOf(message, words);
  // Whether it helped is asked under the answer, before the buttons that lead on.
  const [first, ...rest] = message.deletedAt ? [h('p', { class: 'gone' }, words.deleted)] : drawContent(row, context);
  return h(
    'div',
    { class: 'msg' },
    row.named ? avatarOf(message) : h('span', { class: 'avatar-space' }),
    h(
      'div',
      { class: 'body' },
      row.named ? byLine(message, context) : hidden(words.speaks(speaker)),
      first,
      message.editedAt && !message.deletedAt ? h('p', { class: 'meta' }, words.edited) : null,
      row.feedback && !message.deletedAt ? feedbackOf(row, row.feedback, context) : null,
      ...rest,
    ),
  );
}

/** The name line above, for typing and streamed answers too. */
export function byLine(
  message: Pick<Message, 'author'> & Partial<Message>,
  context: ViewContext,
  note?: string,
): HTMLElement {
  const words = context.words();
  return h(
    'div',
    { class: 'by' },
    h('b', {}, speakerOf(message, words)),
    message.author.kind === 'agent' && h('span', {}, words.agent),
    note && h('span', {}, note),
    message.createdAt ? timeOf(new Date(message.createdAt), context) : null,
  );
}

export function avatarOf({ author }: Pick<Message, 'author'>): HTMLElement {
  return author.kind === 'agent'
    ? h('span', { class: 'avatar avatar-agent', 'aria-hidden': 'true' }, initial(author.name ?? '') || icon('headset'))
    : h('span', { class: 'avatar avatar-bot', 'aria-hidden': 'true' }, icon('robot'));
}

export function timeOf(at: Date, context: ViewContext): HTMLElement {
  return h('time', { datetime: at.toISOString(), title: fullTime(at, context.locale()) }, timeOfDay(at));
}

function speakerOf({ author }: Pick<Message, 'author'>, words: Words): string {
  if (author.kind === 'agent') return author.name ?? words.person;
  return author.name ?? words.bot;
}

function feedbackOf(row: TheirRow, feedback: 'ask' | 'up' | 'down', context: ViewContext): HTMLElement {
  const words = context.words();
  const to = row.message.seq;
  if (feedback !== 'ask') return h('p', { class: 'meta' }, words.thanks);
  const thumb = (name: IconName, value: 'up' | 'down', label: string): HTMLElement =>
    h(
      'button',
      {
        type: 'button',
        class: 'tool',
        'aria-label': label,
        title: label,
        onclick: () => {
          context.send({ kind: 'reaction', to, value });
          context.announce(words.thanks);
        },
      },
      icon(name),
    );
  return h(
    'div',
    { class: 'feedback', role: 'group', 'aria-label': words.helpful },
    h('span', {}, words.helpful),
    thumb('hand-thumbs-up', 'up', words.yes),
    thumb('hand-thumbs-down', 'down', words.no),
  );
}

/** What the visitor said. */
export function ownMessage(row: OwnRow, context: ViewContext): HTMLElement {
  const words = context.words();
  return h(
    'div',
    { class: 'own-body' },
    hidden(words.speaks(words.you)),
    row.deleted ? h('p', { class: 'gone' }, words.deleted) : bubble(...ownContent(row, context)),
    row.edited && !row.deleted ? h('p', { class: 'meta' }, words.edited) : null,
  );
}

function ownContent(row: OwnRow, context: ViewContext): (Node | string)[] {
  const words = context.words();
  const { content } = row;
  switch (content.kind) {
    case 'text':
      return [richText(content.text, context.locale())];
    case 'action':
      return [row.label ?? content.id];
    case 'form':
      return [formAnswers(row, content.values, words)];
    case 'image':
      return [row.waits ? context.files.waitingTile(content.attachment) : context.files.picture(content.attachment)];
    case 'file':
    case 'audio':
    case 'video':
    case 'voice':
      return [row.waits ? context.files.waitingTile(content.attachment) : context.files.tile(content.attachment)];
    case 'location':
      return [icon('geo-alt'), ` ${content.title ?? `${content.latitude}, ${content.longitude}`}`];
    case 'contact':
      return [[content.name, content.phone, content.email].filter(Boolean).join(' · ')];
    default:
      return [words.unknown];
  }
}

function formAnswers(row: OwnRow, values: Readonly<Record<string, string>>, words: Words): HTMLElement {
  const fields = row.form?.fields ?? [];
  const answers = Object.entries(values).map(([name, value]) => {
    const field = fields.find((one) => one.name === name);
    return { label: field?.label ?? name, value: field?.options?.find((one) => one.value === value)?.label ?? value };
  });
  if (answers.length === 0) return h('span', {}, words.formSent);
  return h(
    'dl',
    { class: 'answers' },
    ...answers.map((answer) => h('div', {}, h('dt', {}, answer.label), h('dd', {}, answer.value))),
  );
}

/** How far it came; and, when it did not, why and what can be done. */
export function ownMeta(row: OwnRow, offline: boolean, context: ViewContext): HTMLElement | null {
  const words = context.words();
  const time = timeOfDay(row.at);
  switch (row.status) {
    case 'none':
      return null;
    case 'delivered':
      return h('p', { class: 'meta' }, words.delivered(time));
    case 'read':
      return h('p', { class: 'meta' }, icon('check2-all', 'small'), words.read(time));
    case 'waiting':
    case 'uploading': {
      const text = row.status === 'uploading' ? words.uploading : words.waiting;
      return h(
        'p',
        { class: offline ? 'meta late' : 'meta' },
        icon('clock', 'small'),
        offline ? words.waitingOffline : text,
      );
    }
    default: {
      const id = row.waits ?? '';
      return h(
        'div',
        { class: 'meta failed', role: 'alert' },
        h('span', {}, icon('exclamation-circle', 'small'), words.refused(reasonOf(row.refusal, words))),
        h('button', { type: 'button', class: 'link', onclick: () => context.resend(id) }, words.resend),
        h('button', { type: 'button', class: 'link', onclick: () => context.discard(id) }, words.discard),
      );
    }
  }
}

/** Why it was refused, in the visitor's language where we know the case, else in the server's words. */
function reasonOf(refusal: Refusal | null, words: Words): string {
  switch (refusal?.status) {
    case undefined:
      return '';
    case 0:
      return words.refusedNetwork;
    case 409:
    case 410:
      return words.refusedClosed;
    case 413:
      return words.refusedTooLarge;
    case 415:
      return words.refusedType;
    case 429:
      return words.refusedTooMany;
    case 502:
    case 503:
    case 504:
      return words.refusedUnavailable;
    default:
      return refusal?.detail ?? '';
  }
}
