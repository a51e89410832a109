import type { AnswerSource } from '#core/conversation/content.schema.ts';
import { COUNTS, holds, type Run } from './run.ts';
import type { Button } from './speak.ts';
import { render, valueAt, type Scope } from './template.ts';
import { HANDOFF_REASONS, type FlowAction, type FlowChoice } from './vocabulary.schema.ts';
import type { Deed } from './ways.ts';

/** Related answers below this are not worth a button, unless a flow says otherwise. */
const RELATED = 0.15;
const MOST_RELATED = 3;

const buttonsOf = (choices: readonly FlowChoice[] | undefined): Button[] =>
  (choices ?? []).map(({ value, label, style }) => ({
    value: `choose.${value}`,
    labels: label,
    ...(style && { style }),
  }));

const without = <Key extends string>(values: Record<Key, string>): Partial<Record<Key, string>> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== '')) as Partial<Record<Key, string>>;

/** One of a closed list of words, written out or found at a path. */
export const oneOf = <Word extends string>(words: readonly Word[], where: string, scope: Scope): Word | undefined =>
  words.find((word) => word === where) ?? words.find((word) => word === valueAt(scope, where));

/** Puts a question; `again`: it was put before and is put once more. */
export function putQuestion(
  run: Run,
  question: Extract<FlowAction, { type: 'ask' | 'offer' }>,
  scope: Scope,
  again: 'back' | 'plain' | null,
): void {
  const { text, again: other, choices } = question.params;
  run.reask = null;
  run.speaker.ask(again ? (other ?? text) : text, buttonsOf(choices), scope, {
    held: holds(question),
    ...(again === 'back' && { lead: run.set.phrases.back }),
  });
}

function clarify(run: Run, action: Extract<FlowAction, { type: 'clarify' }>, scope: Scope): void {
  const buttons = run.candidates.map((candidate): Button =>
    candidate.kind === 'faq'
      ? { value: `faq.${candidate.id}`, labels: { [candidate.locale]: candidate.title } }
      : { value: `intent.${candidate.intent.name}`, labels: candidate.intent.title },
  );
  run.reask = null;
  run.speaker.ask(action.params.text, [...buttons, { value: 'choose.none', labels: action.params.none }], scope, {
    held: false,
  });
}

function suggest(run: Run, action: Extract<FlowAction, { type: 'suggest' }>, scope: Scope): void {
  const related = run.found
    .filter(({ id, match }) => id !== run.answered?.id && match >= (action.params.atLeast ?? RELATED))
    .slice(0, MOST_RELATED)
    .map(({ id, title, locale }): Button => ({ value: `faq.${id}`, labels: { [locale]: title } }));
  run.reask = null;
  const { text, otherwise, choices } = action.params;
  run.speaker.ask(related.length > 0 ? text : otherwise, [...related, ...buttonsOf(choices)], scope, { held: false });
}

/** Quotes what was found best, and remembers that it did. */
export function quote(run: Run, feedback: boolean): void {
  const [hit] = run.found;
  if (!hit) return;
  const source: AnswerSource = { kind: hit.source, id: hit.id, title: hit.title.slice(0, 300) };
  const { helpful, unhelpful } = run.set.phrases;
  const about = `${hit.source}|${hit.id}`;
  run.speaker.quote(
    hit.answer,
    source,
    feedback
      ? [
          { value: `feedback.helpful|${about}`, labels: helpful },
          { value: `feedback.unhelpful|${about}`, labels: unhelpful },
        ]
      : [],
  );
  run.answered = source;
  const known = run.hearing && run.understood.get(run.hearing.seq);
  if (known && run.hearing)
    run.understood.set(run.hearing.seq, { ...known, answeredBy: { kind: hit.source, id: hit.id, match: hit.match } });
}

function feedback(run: Run, helpful: boolean, scope: Scope): void {
  const id = valueAt(scope, 'event.source.id');
  const kind = oneOf(['faq', 'document'] as const, 'event.source.kind', scope);
  const source = kind && typeof id === 'string' ? { kind, id } : run.answered;
  if (source) run.effects.push({ type: 'feedback', source: { kind: source.kind, id: source.id }, helpful });
}

/** Does what a flow asks for: speaks, or notes an effect. Looks nothing up. */
export function perform(run: Run, { action, scope }: Extract<Deed, { kind: 'action' }>): void {
  const { speaker } = run;
  switch (action.type) {
    case 'say':
      return speaker.say(action.params.text, scope);
    case 'notice':
      return speaker.notice(action.params.text, action.params.topic, scope);
    case 'ask':
    case 'offer':
      return putQuestion(run, action, scope, null);
    case 'askRating':
      return speaker.askRating(action.params.text, run.facts.channel === 'web', scope);
    case 'clarify':
      return clarify(run, action, scope);
    case 'suggest':
      return suggest(run, action, scope);
    case 'answer':
      return quote(run, action.params.feedback === true);
    case 'feedback':
      return feedback(run, action.params.helpful, scope);
    case 'requestHandoff':
      run.counts = { ...run.counts, [COUNTS.handoff]: 1 };
      run.effects.push({
        type: 'request-handoff',
        reason: oneOf(HANDOFF_REASONS, action.params.reason, scope) ?? 'asked',
        collected: run.slots,
        ...(run.topic !== null && { topic: run.topic }),
      });
      return speaker.queued(action.params.text, scope);
    case 'withdrawHandoff':
      run.counts = { ...run.counts, [COUNTS.handoff]: 0 };
      run.effects.push({ type: 'withdraw-handoff' });
      return;
    case 'saveContact': {
      const { name = '', email = '', phone = '' } = action.params;
      const known = without({ name: render(name, scope), email: render(email, scope), phone: render(phone, scope) });
      if (Object.keys(known).length > 0) run.effects.push({ type: 'save-contact', ...known });
      return;
    }
    case 'rate': {
      const score = Number(valueAt(scope, action.params.score));
      const comment = action.params.comment === undefined ? undefined : valueAt(scope, action.params.comment);
      if (!Number.isInteger(score) || score < 1 || score > 5) return;
      run.effects.push({ type: 'rate', score, ...(typeof comment === 'string' && comment !== '' && { comment }) });
      return;
    }
    case 'close':
      run.effects.push({ type: 'close', reason: action.params.reason });
      return;
    // Done inside the step already (`memory.ts`).
    case 'set':
    case 'keep':
    case 'capture':
    case 'clear':
    case 'count':
      return;
  }
}
