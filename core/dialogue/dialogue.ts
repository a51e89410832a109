import { begin, decide } from './decide.ts';
import { hear } from './listen.ts';
import { putQuestion } from './perform.ts';
import { runLocally, runWaiting, type Asking } from './requests.ts';
import {
  close,
  contextOf,
  COUNTS,
  flowOf,
  frameAt,
  holds,
  open,
  questionOf,
  scopeOf,
  type DialogueTools,
  type Run,
} from './run.ts';
import { push, send, take, WATCH } from './stack.ts';
import type { Dialogue, DialogueEvent, TurnInput, TurnOutcome } from './turn.ts';

export type { DialogueTools } from './run.ts';

/** The flow that runs beside the others and begins again whenever the customer speaks. */
const SILENCE = 'silence';

/** The dialogue engine: decides what a turn says and does. Keeps nothing between turns. */
export function createDialogue(tools: DialogueTools): Dialogue {
  return {
    runNow: (input, lookups) => runLocally(turn(tools, input), lookups),
    run: (input, lookups) => runWaiting(turn(tools, input), lookups),
  };
}

/** One turn. Yields the look-ups it needs; nothing has happened before it returns. */
function* turn(tools: DialogueTools, input: TurnInput): Asking<TurnOutcome> {
  const run = open(tools, input);
  try {
    if (run.frames.length === 0) yield* push(run, 'main', {}, null);
    for (const event of input.events) {
      run.steps = 0;
      yield* happen(run, event);
    }
    askAgain(run);
  } catch (error) {
    giveUp(run, error);
  }
  return close(run);
}

function* happen(run: Run, event: DialogueEvent): Asking<void> {
  run.speaker.answering(event.kind === 'message' ? [event.seq] : []);
  switch (event.kind) {
    case 'message':
      run.counts = { ...run.counts, [COUNTS.messages]: (run.counts[COUNTS.messages] ?? 0) + 1 };
      yield* restartWatch(run);
      yield* hear(run, event.seq, event.content);
      return;
    case 'opened':
      yield* restartWatch(run);
      yield* send(run, { type: 'opened' });
      return;
    case 'returned':
      run.counts = { ...run.counts, [COUNTS.handoff]: 0 };
      yield* restartWatch(run);
      yield* send(run, { type: 'returned', agent: event.agent });
      return;
    case 'unattended':
      run.counts = { ...run.counts, [COUNTS.handoff]: 0 };
      yield* restartWatch(run);
      yield* send(run, { type: 'unattended' });
      return;
    case 'alarm':
      yield* ring(run);
      return;
  }
}

/** Silence is counted anew. */
function* restartWatch(run: Run): Asking<void> {
  const flow = run.set.flows.get(SILENCE);
  if (!flow) return;
  run.timers = run.timers.filter(({ frame }) => frame !== WATCH);
  run.watch = {
    flow: SILENCE,
    version: flow.version,
    value: null,
    context: { ...flow.flow.context },
    input: {},
    call: null,
  };
  yield* take(run, WATCH, begin(flow, contextOf(run, run.watch)));
  run.steps = 0;
}

/** Feeds back the events of the timers that are due, in their order. */
function* ring(run: Run): Asking<void> {
  const due = run.timers
    .filter(({ dueAt }) => new Date(dueAt) <= run.now)
    .sort((a, b) => a.dueAt.localeCompare(b.dueAt));
  for (const timer of due) {
    // An earlier one may have led away from where this one was set.
    if (!run.timers.includes(timer)) continue;
    run.timers = run.timers.filter((other) => other !== timer);
    const frame = timer.frame === WATCH ? run.watch : run.frames[timer.frame];
    if (!frame) continue;
    run.steps = 0;
    const step = decide(flowOf(run, frame), frame.value, contextOf(run, frame), { type: timer.event });
    if (step) yield* take(run, timer.frame, step);
  }
}

/** The question that waits is put again after what came between. */
function askAgain(run: Run): void {
  if (run.reask === null || run.frames.length === 0) return;
  const frame = frameAt(run, run.frames.length - 1);
  const question = questionOf(run, frame);
  if (!holds(question)) return;
  putQuestion(run, question, { ...contextOf(run, frame), event: {} }, run.reask);
}

/** A flow broke: nobody is left alone with it. What was told stays; a person is called. */
function giveUp(run: Run, error: unknown): void {
  run.faults.push(error instanceof Error ? error.message : String(error));
  run.frames = [];
  run.timers = run.timers.filter(({ frame }) => frame === WATCH);
  run.reask = null;
  if (!run.counts[COUNTS.handoff])
    run.effects.push({
      type: 'request-handoff',
      reason: 'flow',
      collected: run.slots,
      ...(run.topic !== null && { topic: run.topic }),
    });
  run.counts = { ...run.counts, [COUNTS.handoff]: 1 };
  run.speaker.say(run.set.phrases.broken, scopeOf(run));
}
