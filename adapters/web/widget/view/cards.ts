import type { OutboundContent } from '#core/conversation/content.schema.ts';
import type { TheirRow } from '../rows.ts';
import type { ViewContext } from './context.ts';
import { fill, h, hidden, link, safeAddress } from './dom.ts';
import { icon } from './icons.ts';
import { richText } from './rich-text.ts';

type Carousel = Extract<OutboundContent, { kind: 'carousel' }>;
type Card = Carousel['cards'][number];

/** One thing with its picture, words and what can be done with it. */
export function cardOf(card: Card, row: TheirRow, context: ViewContext): HTMLElement {
  const words = context.words();
  const address = card.image && safeAddress(card.image.url);
  const image =
    card.image && address
      ? h('img', { src: address, alt: card.image.alt, loading: 'lazy', referrerpolicy: 'no-referrer' })
      : null;
  const frame = image && h('div', { class: 'card-picture' }, image);
  image?.addEventListener('error', () => frame?.remove());
  return h(
    'article',
    { class: 'card' },
    frame,
    h(
      'div',
      { class: 'card-text' },
      h('h3', {}, card.title),
      card.subtitle && h('p', { class: 'card-subtitle' }, card.subtitle),
      card.text && richText(card.text, context.locale()),
    ),
    ...(card.links ?? []).map((one) => link(one.url, { class: 'card-action' }, one.label, hidden(words.newWindow))),
    ...(card.choices ?? []).map((choice) =>
      h(
        'button',
        {
          type: 'button',
          class: 'card-action',
          disabled: row.chosen === choice.id,
          'data-style': choice.style,
          onclick: () => context.send({ kind: 'action', id: choice.id, label: choice.label }),
        },
        choice.label,
      ),
    ),
  );
}

/** Several cards side by side: the next one's edge shows, and buttons turn to it. */
export function carouselOf(content: Carousel, row: TheirRow, context: ViewContext): HTMLElement {
  const words = context.words();
  const total = content.cards.length;
  const cards = content.cards.map((card) => cardOf(card, row, context));
  const strip = h('div', { class: 'cards', role: 'group', tabindex: 0, 'aria-label': words.cards(total) }, ...cards);
  if (total === 1) return strip;
  const place = h('span', { class: 'number', 'aria-live': 'polite' });
  let at = 0;
  const turn = (to: number): void => {
    const card = cards[to];
    if (card) strip.scrollTo({ left: card.offsetLeft - cards[0]!.offsetLeft });
    show(to);
  };
  const back = h(
    'button',
    { type: 'button', 'aria-label': words.previous, title: words.previous, onclick: () => turn(at - 1) },
    icon('chevron-left'),
  );
  const on = h(
    'button',
    { type: 'button', 'aria-label': words.next, title: words.next, onclick: () => turn(at + 1) },
    icon('chevron-right'),
  );
  const show = (to: number): void => {
    at = to;
    fill(place, `${at + 1} / ${total}`);
    back.disabled = at === 0;
    on.disabled = at === total - 1;
  };
  let settle: ReturnType<typeof setTimeout> | undefined;
  strip.addEventListener('scroll', () => {
    clearTimeout(settle);
    settle = setTimeout(() => {
      const left = cards.map((card) => Math.abs(card.offsetLeft - cards[0]!.offsetLeft - strip.scrollLeft));
      const end = strip.scrollLeft + strip.clientWidth >= strip.scrollWidth - 4;
      show(end ? total - 1 : left.indexOf(Math.min(...left)));
    }, 120);
  });
  show(0);
  return h('div', { class: 'carousel' }, strip, h('div', { class: 'pager' }, back, place, on));
}
