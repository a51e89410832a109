import { begin, decide, type FlowEvent } from './decide.ts';
import type { Frame } from './dialogue-state.ts';
import { candidatesOf, meaningOf, type Meaning } from './meaning.ts';
import { oneOf, perform } from './perform.ts';
import { ask, type Asking } from './requests.ts';
import { contextOf, COUNTS, drop, FlowFault, flowOf, frameAt, type Hearing, type Run } from './run.ts';
import { fill } from './slots.ts';
import { render, type Scope } from './template.ts';
import { PRIORITIES, type FlowActor } from './vocabulary.schema.ts';
import type { Step } from './ways.ts';

/** Transitions that one event may cause, over all frames: a talk that needs more is going in circles. */
export const MOST_STEPS = 50;
/** Flows that may be under way at once, one on top of the other. */
export const MOST_FRAMES = 6;
const MAX_QUESTION = 300;
/** The frame of the flow that watches over silence. */
export const WATCH = -1;

function count(run: Run, frame: Frame): void {
  run.steps += 1;
  if (run.steps > MOST_STEPS)
    throw new FlowFault(`The flow “${frame.flow}” goes in circles: ${MOST_STEPS} steps in a row.`);
}

/** Takes a step over: the frame moves, and what the step asks for is done in order. */
export function* take(run: Run, index: number, step: Step): Asking<void> {
  const frame = frameAt(run, index);
  count(run, frame);
  frame.value = step.value;
  const { context, slots, counts } = step.context;
  if (context !== frame.context) frame.context = { ...context };
  if (slots !== run.slots) run.slots = { ...slots };
  if (counts !== run.counts) run.counts = { ...counts };
  let waiting: { actor: FlowActor; scope: Scope } | null = null;
  for (const deed of step.deeds) {
    switch (deed.kind) {
      case 'timer':
        run.timers = run.timers.filter(({ id, frame }) => id !== deed.id || frame !== index);
        run.timers.push({
          id: deed.id,
          event: deed.event,
          frame: index,
          dueAt: new Date(run.now.getTime() + deed.delay).toISOString(),
        });
        break;
      case 'untimer':
        run.timers = run.timers.filter(({ id, frame }) => id !== deed.id || frame !== index);
        break;
      case 'revoke':
        waiting = null;
        if (index !== WATCH) drop(run, index + 1);
        break;
      case 'invoke':
        waiting = { actor: deed.actor, scope: deed.scope };
        break;
      case 'action':
        perform(run, deed);
        break;
    }
  }
  if (step.ended !== null) yield* finish(run, index, step.ended);
  else if (waiting) yield* act(run, index, waiting.actor, waiting.scope);
}

/** A flow came to its end: who called it goes on, or the question below is put again. */
function* finish(run: Run, index: number, ended: string): Asking<void> {
  if (index === WATCH) {
    run.watch = null;
    run.timers = run.timers.filter(({ frame }) => frame !== WATCH);
    return;
  }
  const { call, flow } = frameAt(run, index);
  drop(run, index);
  if (index === 0) {
    yield* push(run, flow, {}, null);
    return;
  }
  if (call === null) {
    run.reask = 'back';
    return;
  }
  yield* tell(run, index - 1, { type: `done.${call}`, output: { in: ended, flow } });
}

/** Puts a flow on top and begins it. */
export function* push(run: Run, name: string, input: Record<string, string>, call: string | null): Asking<void> {
  const flow = run.set.flows.get(name);
  if (!flow) throw new FlowFault(`There is no flow “${name}”.`);
  const frame: Frame = {
    flow: name,
    version: flow.version,
    value: null,
    context: { ...flow.flow.context },
    input,
    call,
  };
  run.frames.push(frame);
  yield* take(run, run.frames.length - 1, begin(flow, contextOf(run, frame)));
}

/** Tells one frame what happened; false: it has no ear for it. */
export function* tell(run: Run, index: number, event: FlowEvent): Asking<boolean> {
  const frame = frameAt(run, index);
  const step = decide(flowOf(run, frame), frame.value, contextOf(run, frame), event);
  if (!step) return false;
  // What came between this frame and the top was an aside; whoever was called goes when its caller leaves.
  if (index !== WATCH && run.frames[index + 1]?.call === null) drop(run, index + 1);
  yield* take(run, index, step);
  return true;
}

/** Tells the frames from the top down until one has an ear for it. */
export function* send(run: Run, event: FlowEvent): Asking<boolean> {
  for (let index = run.frames.length - 1; index >= 0; index--) if (yield* tell(run, index, event)) return true;
  return false;
}

type Result = { output: Readonly<Record<string, unknown>> } | { failed: string };

/** Runs an actor and feeds back what it came to. */
function* act(run: Run, index: number, actor: FlowActor, scope: Scope): Asking<void> {
  if (actor.src === 'runFlow') {
    const name = render(actor.input.flow, scope);
    const input = Object.fromEntries(
      Object.entries(actor.input.input ?? {}).map(([key, text]) => [
        key,
        render(typeof text === 'string' ? text : text[run.locale], scope).slice(0, MAX_QUESTION),
      ]),
    );
    const deep = run.frames.length >= MOST_FRAMES;
    if (!deep && run.set.flows.has(name)) {
      yield* push(run, name, input, actor.id);
      return;
    }
    yield* failed(run, index, actor, deep ? 'too many flows are under way' : `there is no flow “${name}”`);
    return;
  }
  const result = yield* answerOf(run, actor, scope);
  if ('failed' in result) yield* failed(run, index, actor, result.failed);
  else yield* tell(run, index, { type: `done.${actor.id}`, output: result.output });
}

function* failed(run: Run, index: number, actor: FlowActor, reason: string): Asking<void> {
  if (yield* tell(run, index, { type: `failed.${actor.id}`, reason })) return;
  throw new FlowFault(`“${actor.id}” of the flow “${frameAt(run, index).flow}” failed (${reason}) and has no onError.`);
}

function* answerOf(run: Run, actor: Exclude<FlowActor, { src: 'runFlow' }>, scope: Scope): Asking<Result> {
  const fill = (text: string | { 'zh-TW': string; en: string }): string =>
    render(typeof text === 'string' ? text : text[run.locale], scope);
  switch (actor.src) {
    case 'understand':
      return run.hearing ? { output: yield* understood(run, run.hearing) } : { failed: 'there is no message' };
    case 'searchKnowledge': {
      const { query, category } = actor.input;
      const text = fill(query).trim();
      run.found =
        text === '' ? [] : yield* ask('search', { text, locale: run.locale, limit: 5, ...(category && { category }) });
      return { output: { found: run.found.length, match: run.found[0]?.match ?? 0 } };
    }
    case 'deskStatus':
      return { output: { ...(yield* ask('desk')) } };
    case 'createTicket': {
      const { subject, description, category, priority, attachments } = actor.input;
      const number = yield* ask('ticketNumber');
      run.effects.push({
        type: 'create-ticket',
        number,
        subject: fill(subject).slice(0, 200) || number,
        description: fill(description).slice(0, 8_000) || fill(subject),
        category: fill(category) || 'general',
        priority: oneOf(PRIORITIES, priority, scope) ?? 'normal',
        slots: run.slots,
        attachments: (run.slots[attachments ?? ''] ?? '').split(',').filter(Boolean),
      });
      return { output: { number } };
    }
    case 'ticketStatus': {
      const number = fill(actor.input?.number ?? '').trim();
      const ticket = yield* number === '' ? ask('ticket') : ask('ticket', number);
      return { output: ticket ? { ...ticket, found: true } : { found: false } };
    }
  }
  const url = render(actor.input.url, scope, encodeURIComponent);
  if (!/^https?:\/\/[^/]/.test(url)) return { failed: 'the address is not complete' };
  const answer = yield* ask('http', { url, timeoutMs: actor.input.timeoutMs ?? 3_000 });
  if (answer.ok) return { output: { body: answer.body } };
  return { output: { status: answer.status } };
}

/** What the customer's message comes to, as `decided` and `event.output` see it. */
function* understood(run: Run, hearing: Hearing): Asking<Readonly<Record<string, unknown>>> {
  const { decision, understood, hits } = yield* hearing.faq !== undefined || hearing.intent !== undefined
    ? pressed(run, hearing)
    : read(run, hearing);
  run.found = decision.kind === 'answer' ? [decision.hit, ...hits.filter(({ id }) => id !== decision.hit.id)] : hits;
  run.candidates = decision.kind === 'clarify' ? decision.candidates : [];
  fill(run, understood.slots);
  if (understood.mood === 'angry') run.counts = { ...run.counts, [COUNTS.angry]: (run.counts[COUNTS.angry] ?? 0) + 1 };
  const smallTalk = decision.kind === 'flow' && decision.flow === 'small-talk';
  if (!smallTalk) run.before = [...run.before, hearing.text.slice(0, MAX_QUESTION)].slice(-3);
  if (decision.kind !== 'outOfScope' && !smallTalk && understood.intent !== null) run.topic = understood.intent;
  const known =
    decision.kind === 'answer' ? `answer ${decision.hit.id}` : smallTalk ? `talk ${decision.intent.name}` : null;
  const earlier = known === null ? undefined : run.handled.get(known);
  if (known !== null && earlier === undefined) run.handled.set(known, hearing.seq);
  if (earlier !== undefined) run.speaker.alsoAnswers(earlier, hearing.seq);
  return {
    decision: earlier === undefined ? decision.kind : 'again',
    intent: decision.kind === 'flow' ? decision.intent.name : understood.intent,
    flow: decision.kind === 'flow' ? decision.flow : null,
    category: decision.kind === 'answer' ? decision.hit.category : null,
    mood: understood.mood,
    text: hearing.text.slice(0, MAX_QUESTION),
  };
}

function* read(run: Run, hearing: Hearing): Asking<Meaning> {
  const { tools, set } = run;
  const meaning = yield* meaningOf({
    text: hearing.text,
    locale: run.locale,
    before: run.before,
    slots: run.slots,
    thresholds: tools.thresholds,
    intents: tools.intents(),
    hasFlow: (name) => set.flows.has(name),
  });
  run.understood.set(hearing.seq, meaning.understood);
  return meaning;
}

/** A suggestion was chosen: what it means is known. */
function* pressed(run: Run, hearing: Hearing): Asking<Meaning> {
  const intent = run.tools.intents().find(({ name }) => name === hearing.intent);
  const understood = { ...run.understood.get(hearing.seq)!, intent: intent?.name ?? null };
  run.understood.set(hearing.seq, understood);
  if (intent?.route.kind === 'handoff') return { decision: { kind: 'handoff' }, understood, hits: [] };
  if (intent?.route.kind === 'flow' && run.set.flows.has(intent.route.flow))
    return { decision: { kind: 'flow', intent, flow: intent.route.flow }, understood, hits: [] };
  const before = intent ? run.before.at(-1) : undefined;
  const hits = yield* ask('search', {
    text: before ?? hearing.text,
    locale: run.locale,
    limit: 5,
    ...(intent?.route.kind === 'answer' && { category: intent.route.category }),
  });
  const hit = hearing.faq === undefined ? hits[0] : hits.find(({ id }) => id === hearing.faq);
  // The subject is known now, what exactly is wanted is not: its questions are offered.
  if (hit && hearing.faq === undefined && hit.match < run.tools.thresholds.clarify)
    return { decision: { kind: 'clarify', candidates: candidatesOf(hits) }, understood, hits };
  return hit
    ? { decision: { kind: 'answer', hit }, understood, hits }
    : { decision: { kind: 'unknown' }, understood, hits };
}
