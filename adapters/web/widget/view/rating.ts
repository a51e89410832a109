import type { OutboundContent } from '#core/conversation/content.schema.ts';
import type { TheirRow } from '../rows.ts';
import type { ViewContext } from './context.ts';
import { attribute, fill, h } from './dom.ts';
import { icon } from './icons.ts';

type Csat = Extract<OutboundContent, { kind: 'csat' }>;
const SCORES = [1, 2, 3, 4, 5];

/** One question, five stars, words if one likes; or none of it. */
export function ratingOf(content: Csat, row: TheirRow, context: ViewContext): HTMLElement {
  const words = context.words();
  const question = content.text || words.howWasIt;
  if (row.score !== null)
    return h(
      'div',
      { class: 'rating' },
      h('p', { class: 'rating-title' }, question),
      h('div', { class: 'stars given', role: 'img', 'aria-label': words.rated(row.score) }, ...starsOf(row.score)),
      h('p', { class: 'muted', 'aria-hidden': 'true' }, words.rated(row.score)),
    );
  const key = `rate-${row.message.seq}`;
  let score = 0;
  const fault = h('p', { class: 'fault', id: `${key}-fault`, role: 'alert' });
  const stars = SCORES.map((value) =>
    h('button', {
      type: 'button',
      role: 'radio',
      'aria-checked': 'false',
      'aria-label': words.star(value),
      title: words.star(value),
      onclick: () => choose(value),
      onkeydown: (event: KeyboardEvent) => step(event, value),
    }),
  );
  const show = (): void =>
    stars.forEach((star, index) => {
      const value = index + 1;
      attribute(star, 'aria-checked', String(value === score));
      attribute(star, 'tabindex', value === (score || 1) ? '0' : '-1');
      attribute(star, 'data-on', value <= score);
      fill(star, icon(value <= score ? 'star-fill' : 'star'));
    });
  const choose = (value: number): void => {
    score = value;
    fill(fault);
    show();
  };
  const step = (event: KeyboardEvent, from: number): void => {
    const by = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    const next = ((from - 1 + by + 5) % 5) + 1;
    choose(next);
    stars[next - 1]!.focus();
  };
  show();
  const comment = content.comment
    ? h('textarea', { id: `${key}-comment`, class: 'control', rows: 2, maxlength: 2_000 })
    : null;
  const submit = (): void => {
    if (score === 0) {
      fill(fault, words.commentFailed);
      stars[0]!.focus();
      return;
    }
    const said = comment?.value.trim();
    context.send({ kind: 'rating', score, ...(said ? { comment: said } : {}) });
    context.announce(words.rated(score));
  };
  return h(
    'fieldset',
    { class: 'rating' },
    h('legend', { class: 'rating-title' }, question),
    h('div', { class: 'stars', role: 'radiogroup', 'aria-label': words.stars }, ...stars),
    fault,
    comment && h('label', { class: 'muted', for: `${key}-comment` }, words.comment),
    comment,
    h(
      'div',
      { class: 'buttons' },
      h('button', { type: 'button', class: 'button primary', onclick: submit }, words.submit),
      h(
        'button',
        { type: 'button', class: 'button quiet', onclick: () => context.skipRating(row.message.seq) },
        words.skip,
      ),
    ),
  );
}

const starsOf = (score: number): Node[] =>
  SCORES.map((value) =>
    h('span', { class: 'star', 'data-on': value <= score }, icon(value <= score ? 'star-fill' : 'star')),
  );
