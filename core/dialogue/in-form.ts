import { isFunctionWord } from '#core/understanding/function-words.ts';
import { detectLocale, detectMood } from '#core/understanding/signals.ts';
import type { Question } from './compile.ts';
import { MAX_SLOT } from './formats.ts';
import { looksLikeQuestion } from './hear.ts';
import { meaningOf } from './meaning.ts';
import { quote } from './perform.ts';
import { notUnderstood, type Asking } from './requests.ts';
import { COUNTS, drop, scopeOf, type Run } from './run.ts';
import { fill, slotsIn } from './slots.ts';
import { MOST_FRAMES, push, send, tell } from './stack.ts';

type Held = Extract<Question, { type: 'ask' | 'offer' }>;

/** Another flow in the middle of a form must be surer than outside of one, and surer still where any words would be an answer. */
const SURE_ASIDE = 0.6;
const SURER_ASIDE = 0.85;

/** How a message was understood that needed no understanding: a button, a command, the answer to a question. */
export const plainly = (slots: Readonly<Record<string, string>> = {}) => ({
  ...notUnderstood(),
  rung: 'command' as const,
  confidence: 1,
  slots,
});

/** A name, a brand or a slip of the keyboard does not change the language of a talk. */
function isWeighty(run: Run, text: string): boolean {
  if (/\p{Script=Han}/u.test(text)) return true;
  const words = text.toLowerCase().match(/[a-z']+/g) ?? [];
  return (
    words.length >= 3 ||
    words.some(isFunctionWord) ||
    ((run.counts[COUNTS.messages] ?? 0) <= 1 && words.join('').length >= 5)
  );
}

/** Speaks the language of the larger part, unless one was asked for. */
export function followLanguage(run: Run, text: string): void {
  const locale = detectLocale(text);
  if (locale && locale !== run.locale && !run.counts[COUNTS.pinned] && isWeighty(run, text)) run.locale = locale;
}

/** What is said while a question waits for its answer. */
export function* hearInForm(run: Run, seq: number, text: string, index: number, question: Held): Asking<void> {
  const angry = detectMood(text) === 'angry';
  const found = slotsIn(run, text, question);
  if (angry) {
    run.counts = { ...run.counts, [COUNTS.angry]: (run.counts[COUNTS.angry] ?? 0) + 1 };
    if (run.counts[COUNTS.angry]! >= 2) {
      fill(run, found);
      run.understood.set(seq, { ...plainly(found), mood: 'angry' });
      if (yield* send(run, { type: 'angry', text })) return;
    }
    run.speaker.say(run.set.phrases.acknowledge, scopeOf(run));
  }
  const asked = question.type === 'ask' ? Object.keys(question.params.slots) : [];
  const answered = asked.find((slot) => found[slot] !== undefined);
  const { added, replaced } = fill(run, found);
  if (answered !== undefined) {
    run.understood.set(seq, { ...plainly(found), mood: angry ? 'angry' : 'calm' });
    yield* answer(run, index, answered, found[answered]!);
    return;
  }
  const free = question.type === 'ask' ? asked.find((slot) => isFree(question, slot)) : undefined;
  if (replaced.length > 0 || (added.length > 0 && free === undefined)) {
    run.understood.set(seq, { ...plainly(found), mood: angry ? 'angry' : 'calm' });
    const value = [...replaced, ...added].map((slot) => found[slot]).join(', ');
    run.speaker.say(run.set.phrases.mended, scopeOf(run, { value }));
    run.reask = 'plain';
    return;
  }
  yield* hearAside(run, seq, text, index, question, free);
}

const isFree = (question: Held, slot: string): boolean => {
  const format = question.type === 'ask' ? question.params.slots[slot] : undefined;
  return format !== undefined && 'format' in format && format.format === 'text';
};

/** The question that waits is answered. */
export function* answer(run: Run, index: number, slot: string, value: string): Asking<void> {
  run.spent = run.speaker.spend();
  run.slots = { ...run.slots, [slot]: value.trim().slice(0, MAX_SLOT) };
  yield* tell(run, index, { type: 'answer', slot, value: run.slots[slot]! });
}

/** Something else than the answer, in the middle of a form: it gets its due, and the question is put again. */
function* hearAside(
  run: Run,
  seq: number,
  text: string,
  index: number,
  question: Held,
  free: string | undefined,
): Asking<void> {
  const { tools, set, speaker } = run;
  const { decision, understood, hits } = yield* meaningOf({
    text,
    locale: run.locale,
    before: run.before,
    slots: run.slots,
    thresholds: tools.thresholds,
    intents: tools.intents(),
    hasFlow: (name) => set.flows.has(name),
  });
  run.understood.set(seq, understood);
  run.hearing = { seq, text };
  if (decision.kind === 'handoff' && (yield* send(run, { type: 'person', text }))) return;
  if (decision.kind === 'answer' && (free === undefined || decision.hit.exact || looksLikeQuestion(text))) {
    followLanguage(run, text);
    run.found = [decision.hit, ...hits];
    run.before = [...run.before, text.slice(0, MAX_SLOT)].slice(-3);
    quote(run, false);
    run.reask = 'back';
    return;
  }
  const under = run.frames.some(({ flow }) => decision.kind === 'flow' && flow === decision.flow);
  if (decision.kind === 'flow' && !under && decision.flow !== 'complaint' && !run.counts[COUNTS.handoff]) {
    if (understood.confidence >= (free === undefined ? SURE_ASIDE : SURER_ASIDE) && run.frames.length < MOST_FRAMES) {
      drop(run, index + 1);
      run.reask = 'back';
      yield* push(run, decision.flow, { intent: decision.intent.name }, null);
      return;
    }
  }
  if (free !== undefined && text.trim() !== '') {
    yield* answer(run, index, free, text);
    return;
  }
  followLanguage(run, text);
  // The flow knows best what may be said here: “I forgot” is in nobody's scope and answers the question.
  if (yield* tell(run, index, { type: 'invalid', text: text.slice(0, MAX_SLOT) })) return;
  if (decision.kind === 'outOfScope') {
    speaker.say(set.phrases.outOfScope, scopeOf(run));
    run.reask = 'back';
    return;
  }
  const hint = question.type === 'ask' ? question.params.hint : undefined;
  speaker.say(hint ?? set.phrases.misfit, scopeOf(run));
  run.reask = 'plain';
}
