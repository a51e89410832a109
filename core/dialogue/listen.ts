import type { Locale, InboundContent } from '#core/conversation/content.schema.ts';
import { detectCommand } from '#core/understanding/signals.ts';
import { comparisonKey } from '#core/understanding/text.ts';
import { decide } from './decide.ts';
import type { Frame, Offer } from './dialogue-state.ts';
import { MAX_SLOT } from './formats.ts';
import { offerTyped } from './hear.ts';
import { answer, followLanguage, hearInForm, plainly } from './in-form.ts';
import type { Asking } from './requests.ts';
import { contextOf, COUNTS, drop, FILES, flowOf, frameAt, holds, questionOf, scopeOf, type Run } from './run.ts';
import { fill, slotsIn } from './slots.ts';
import { send, take, tell } from './stack.ts';

/** A yes or no that answers no question of ours. */
const NODS: ReadonlyMap<string, 'yes' | 'no'> = new Map([
  ['yes', 'yes'],
  ['no', 'no'],
  ['skip', 'no'],
  ['none-of-these', 'no'],
]);

/** Most files kept for one ticket. */
const MOST_FILES = 10;

/** One message of the customer. */
export function* hear(run: Run, seq: number, content: InboundContent): Asking<void> {
  switch (content.kind) {
    case 'text':
      yield* hearText(run, seq, content.text);
      return;
    case 'action':
      yield* hearPress(run, seq, content.id, content.label);
      return;
    case 'command':
      yield* hearCommand(run, seq, content.name, content.argument);
      return;
    case 'image':
    case 'file':
    case 'audio':
    case 'video':
      yield* hearFile(run, seq, content.attachment.id);
      if (content.caption?.trim()) yield* hearText(run, seq, content.caption);
      return;
    case 'voice':
      if (content.transcript?.trim()) {
        yield* hearText(run, seq, content.transcript);
        return;
      }
      yield* hearFile(run, seq, content.attachment.id);
      return;
    case 'location':
      yield* hearText(run, seq, content.title?.trim() || `${content.latitude}, ${content.longitude}`);
      return;
    case 'contact':
      yield* hearValues(run, seq, {
        ...(content.name.trim() && { name: content.name.trim() }),
        ...(content.email && { email: content.email }),
        ...(content.phone && { phone: content.phone }),
      });
      return;
    case 'form':
      yield* hearValues(run, seq, content.values);
      return;
    case 'rating': {
      run.understood.set(seq, plainly());
      const { score, comment } = content;
      yield* send(run, { type: 'rating', score, comment: comment ?? '' });
      return;
    }
    case 'reaction':
      run.understood.set(seq, plainly());
      if (run.answered) {
        const { kind, id } = run.answered;
        run.effects.push({ type: 'feedback', source: { kind, id }, helpful: content.value === 'up' });
      }
  }
}

function* hearText(run: Run, seq: number, text: string): Asking<void> {
  const offers = run.speaker.offers();
  const typed = offerTyped(text, offers);
  if (typed) {
    yield* press(run, seq, typed, text);
    return;
  }
  const command = detectCommand(text);
  if (command === 'cancel' || command === 'person' || command === 'restart') {
    const asked = command === 'person' ? run.tools.intents().find(({ route }) => route.kind === 'handoff') : undefined;
    run.understood.set(seq, { ...plainly(), intent: asked?.name ?? null });
    // What was told along with the wish is there for the person who comes.
    if (command === 'person') fill(run, slotsIn(run, text, null));
    if (yield* send(run, { type: command, text })) return;
  }
  if (command === 'english' || command === 'chinese') {
    speakFrom(run, seq, command === 'english' ? 'en' : 'zh-TW');
    return;
  }
  const meant = command && offerMeant(command, offers);
  if (meant) {
    yield* press(run, seq, meant, text);
    return;
  }
  const acts = run.spent.filter(({ style }) => style !== undefined);
  if (offerTyped(text, acts)) {
    run.understood.set(seq, plainly());
    run.speaker.say(run.set.phrases.done, scopeOf(run));
    run.reask = 'plain';
    return;
  }
  // “好的謝謝” is a thank you before it is a yes.
  const nod = command === null || /謝|thank/i.test(text) ? undefined : NODS.get(command);
  if (nod && !run.frames.some((frame) => holds(questionOf(run, frame)))) {
    run.understood.set(seq, plainly());
    if (yield* send(run, { type: nod, text })) return;
  }
  for (let index = run.frames.length - 1; index >= 0; index--) {
    const frame = frameAt(run, index);
    const question = questionOf(run, frame);
    if (holds(question)) {
      yield* hearInForm(run, seq, text, index, question);
      return;
    }
    if (yield* hearFreely(run, seq, text, index, frame)) return;
  }
}

/** `yes` presses the button that goes on, `no` the one that does not, `skip` and `none of these` theirs. */
function offerMeant(command: string, offers: readonly Offer[]): Offer | null {
  const valued = (...values: string[]): Offer | undefined =>
    offers.find(({ value }) => values.some((one) => value === `choose.${one}`));
  if (command === 'yes') return offers.find(({ style }) => style === 'primary') ?? null;
  if (command === 'no') return offers.find(({ style }) => style === 'danger') ?? valued('skip', 'none', 'no') ?? null;
  if (command === 'skip') return valued('skip', 'none') ?? null;
  if (command === 'none-of-these') return valued('none') ?? null;
  return null;
}

function speakFrom(run: Run, seq: number, locale: Locale): void {
  run.understood.set(seq, plainly());
  run.locale = locale;
  run.counts = { ...run.counts, [COUNTS.pinned]: 1 };
  run.speaker.say(run.set.phrases.language, scopeOf(run));
  run.reask = 'plain';
}

/** Outside a form: the flow that listens decides what happens, the first being `main`. */
function* hearFreely(run: Run, seq: number, text: string, index: number, frame: Frame): Asking<boolean> {
  // Sent twice in one burst, it is one question.
  const same = `text ${comparisonKey(text)}`;
  const earlier = run.handled.get(same);
  if (earlier !== undefined && run.understood.has(earlier)) {
    run.speaker.alsoAnswers(earlier, seq);
    run.understood.set(seq, run.understood.get(earlier)!);
    return true;
  }
  run.handled.set(same, seq);
  followLanguage(run, text);
  const found = slotsIn(run, text, null);
  fill(run, found);
  const event = { type: 'message', text: text.slice(0, MAX_SLOT) };
  const step = decide(flowOf(run, frame), frame.value, contextOf(run, frame), event);
  if (!step) return false;
  if (run.frames[index + 1]?.call === null) drop(run, index + 1);
  run.hearing = { seq, text };
  run.understood.set(seq, plainly(found));
  yield* take(run, index, step);
  return true;
}

function* hearPress(run: Run, seq: number, id: string, label: string | undefined): Asking<void> {
  const offer = run.speaker.offers().find((one) => one.id === id);
  if (offer) {
    yield* press(run, seq, offer, label ?? offer.labels[run.locale] ?? '');
    return;
  }
  run.understood.set(seq, plainly());
  const { done, stale } = run.set.phrases;
  run.speaker.say(run.spent.some((one) => one.id === id) ? done : stale, scopeOf(run));
  run.reask = 'plain';
}

function* press(run: Run, seq: number, offer: Offer, text: string): Asking<void> {
  run.understood.set(seq, plainly());
  const [kind = '', ...rest] = offer.value.split('.');
  const value = rest.join('.');
  run.spent = run.speaker.spend(offer);
  if (kind === 'faq' || kind === 'intent') {
    const words = offer.labels[run.locale] ?? Object.values(offer.labels)[0] ?? text;
    run.hearing = { seq, text: words, ...(kind === 'faq' ? { faq: value } : { intent: value }) };
    yield* send(run, { type: 'message', text: words });
    return;
  }
  if (kind === 'feedback') {
    const [verdict, from, about] = value.split('|');
    const source = { kind: from, id: about };
    const helpful = verdict === 'helpful';
    if (yield* send(run, { type: `choose.${verdict}`, value: verdict, source })) return;
    if (from === 'faq' || from === 'document')
      run.effects.push({ type: 'feedback', source: { kind: from, id: about ?? '' }, helpful });
    run.speaker.say(run.set.phrases.feedback, scopeOf(run));
    run.reask = 'plain';
    return;
  }
  if (yield* send(run, { type: `choose.${value}`, value, label: text })) return;
  run.speaker.say(run.set.phrases.stale, scopeOf(run));
  run.reask = 'plain';
}

/** `/start`, `/person` and the like: what a channel calls a command. */
function* hearCommand(run: Run, seq: number, name: string, argument: string | undefined): Asking<void> {
  run.understood.set(seq, plainly());
  if (name === 'english' || name === 'chinese') {
    speakFrom(run, seq, name === 'english' ? 'en' : 'zh-TW');
    return;
  }
  const event = { start: 'opened', help: 'opened', agent: 'person', human: 'person' }[name] ?? name;
  const known = ['opened', 'person', 'cancel', 'restart'].includes(event);
  if (known && (yield* send(run, { type: event, text: argument ?? '' }))) return;
  if (argument?.trim()) yield* hearText(run, seq, argument);
  else yield* hearText(run, seq, name);
}

function* hearFile(run: Run, seq: number, id: string): Asking<void> {
  run.understood.set(seq, plainly());
  const top = run.frames.length - 1;
  const question = questionOf(run, frameAt(run, top));
  const wanted =
    question?.type === 'ask'
      ? Object.entries(question.params.slots).find(([, format]) => 'format' in format && format.format === 'file')?.[0]
      : undefined;
  const slot = wanted ?? FILES;
  const files = [...(run.slots[slot] ?? '').split(',').filter(Boolean), id].slice(-MOST_FILES).join(',');
  if (files.length <= MAX_SLOT * 2) run.slots = { ...run.slots, [slot]: files };
  if (wanted !== undefined) {
    run.spent = run.speaker.spend();
    yield* tell(run, top, { type: 'answer', slot, value: files });
  } else if (holds(question)) {
    run.speaker.say(run.set.phrases.file, scopeOf(run));
    run.reask = 'plain';
  } else yield* send(run, { type: 'file', id });
}

function* hearValues(run: Run, seq: number, values: Readonly<Record<string, string>>): Asking<void> {
  const known = Object.fromEntries(
    Object.entries(values)
      // Files come as uploads alone: their ids in a form could be anybody's.
      .filter(([name, value]) => /^[a-z]\w{0,39}$/i.test(name) && name !== FILES && value.trim() !== '')
      .map(([name, value]) => [name, value.trim().slice(0, MAX_SLOT)]),
  );
  run.understood.set(seq, plainly(known));
  const top = run.frames.length - 1;
  const question = questionOf(run, frameAt(run, top));
  const asked = question?.type === 'ask' ? Object.keys(question.params.slots).find((slot) => known[slot]) : undefined;
  fill(run, known);
  if (asked !== undefined) {
    yield* answer(run, top, asked, known[asked]!);
    return;
  }
  run.speaker.say(run.set.phrases.mended, scopeOf(run, { value: Object.values(known).join(', ') }));
  run.reask = 'plain';
}
