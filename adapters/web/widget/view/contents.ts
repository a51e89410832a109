import type { AnswerSource, Choice, OutboundContent } from '#core/conversation/content.schema.ts';
import type { TheirRow } from '../rows.ts';
import { cardOf, carouselOf } from './cards.ts';
import type { ViewContext } from './context.ts';
import { h, hidden, link } from './dom.ts';
import { formOf } from './form.ts';
import { icon } from './icons.ts';
import { ratingOf } from './rating.ts';
import { richText } from './rich-text.ts';

type Of<Kind extends OutboundContent['kind']> = Extract<OutboundContent, { kind: Kind }>;
type Drawings = {
  [Kind in OutboundContent['kind']]: (content: Of<Kind>, row: TheirRow, context: ViewContext) => readonly Node[];
};

/** How each kind of content of ours is drawn. A new kind does not compile until somebody draws it. */
const DRAWINGS: Drawings = {
  text: (content, _row, context) => [
    bubble(richText(content.text, context.locale()), sourceOf(content.source, context)),
  ],
  quick_replies: (content, row, context) => [
    bubble(richText(content.text, context.locale()), sourceOf(content.source, context)),
    ...(row.open ? [repliesOf(content.choices, context)] : []),
  ],
  card: (content, row, context) => [cardOf(content, row, context)],
  carousel: (content, row, context) => [
    ...(content.text ? [bubble(richText(content.text, context.locale()))] : []),
    carouselOf(content, row, context),
  ],
  image: (content, _row, context) => [
    bubble(context.files.picture(content.attachment), content.caption && richText(content.caption, context.locale())),
  ],
  file: (content, _row, context) => [
    bubble(context.files.tile(content.attachment), content.caption && richText(content.caption, context.locale())),
  ],
  form: (content, row, context) => [
    row.open && !row.done
      ? bubble(formOf(content, `form-${row.message.seq}`, context))
      : bubble(richText(content.text, context.locale())),
  ],
  confirm: (content, row, context) => [
    bubble(richText(content.text, context.locale())),
    ...(row.open ? [confirmOf(content, context)] : []),
  ],
  link: (content, _row, context) => [
    bubble(
      richText(content.text, context.locale()),
      h(
        'p',
        { class: 'link-line' },
        link(
          content.url,
          { class: 'button primary' },
          content.label,
          icon('box-arrow-up-right', 'small'),
          hidden(context.words().newWindow),
        ),
      ),
    ),
  ],
  handoff_notice: (content, _row, context) => [bubble(richText(content.text, context.locale()))],
  system: (content, _row, context) => [bubble(richText(content.text, context.locale()))],
  csat: (content, row, context) => (row.done && row.score === null ? [] : [ratingOf(content, row, context)]),
};

/** What we say, drawn by its kind; a kind that this version does not know says so instead of being silent. */
export function drawContent(row: TheirRow, context: ViewContext): readonly Node[] {
  const { content } = row.message;
  const draw = (DRAWINGS as Record<string, Drawings[keyof Drawings] | undefined>)[content.kind];
  if (!draw) return [unknown(context)];
  try {
    return draw(content as never, row, context);
  } catch {
    // A content that breaks its schema must not take the rest of the conversation with it.
    return [unknown(context)];
  }
}

export function bubble(...children: readonly (Node | string | null | undefined)[]): HTMLElement {
  return h('div', { class: 'bubble' }, ...children);
}

const unknown = (context: ViewContext): HTMLElement => bubble(h('p', { class: 'muted' }, context.words().unknown));

function sourceOf(source: AnswerSource | undefined, context: ViewContext): HTMLElement | null {
  if (!source) return null;
  const words = context.words();
  const title = source.url ? link(source.url, {}, source.title, hidden(words.newWindow)) : source.title;
  return h('p', { class: 'source' }, icon('book', 'small'), h('span', {}, words.source, title));
}

function repliesOf(choices: readonly Choice[], context: ViewContext): HTMLElement {
  return h(
    'div',
    { class: 'replies', role: 'group', 'aria-label': context.words().replies },
    ...choices.map((choice) => choiceButton(choice, 'reply', context)),
  );
}

function confirmOf(content: Of<'confirm'>, context: ViewContext): HTMLElement {
  return h(
    'div',
    { class: 'replies', role: 'group', 'aria-label': context.words().replies },
    choiceButton(content.confirm, content.danger ? 'button danger' : 'button primary', context),
    choiceButton(content.cancel, 'button outline', context),
  );
}

const choiceButton = (choice: Choice, className: string, context: ViewContext): HTMLElement =>
  h(
    'button',
    {
      type: 'button',
      class: className,
      'data-style': choice.style,
      onclick: () => context.send({ kind: 'action', id: choice.id, label: choice.label }),
    },
    choice.label,
  );
