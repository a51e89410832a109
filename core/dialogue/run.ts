import type { Locale } from '#core/conversation/content.schema.ts';
import type { KnowledgeHit } from '#core/knowledge/hit.ts';
import type { IntentInfo, Understood } from '#core/understanding/understood.ts';
import type { CompiledFlow, FlowSet, Question } from './compile.ts';
import { activeStates } from './decide.ts';
import type { DialogueState, Frame, Offer } from './dialogue-state.ts';
import type { Candidate, Thresholds } from './meaning.ts';
import { createSpeaker, type Speaker } from './speak.ts';
import type { Scope } from './template.ts';
import type { DialogueFacts, Effect, TurnInput, TurnOutcome } from './turn.ts';
import type { DelayName } from './vocabulary.schema.ts';
import type { MachineContext } from './ways.ts';

/** What a dialogue is made with. */
export type DialogueTools = {
  /** The set of flows with this id; undefined when it is gone, then the conversation goes on with the current one. */
  release: (id: string) => FlowSet | undefined;
  current: () => FlowSet;
  intents: () => readonly IntentInfo[];
  ids: { nonce: () => string };
  thresholds: Thresholds;
  /** Values for templates (`{{settings.shop}}`); one per language where words differ. `timeZone` is read by `|datetime`. */
  settings: Readonly<Record<string, string | Readonly<Record<Locale, string>>>>;
  /** Milliseconds. */
  delays: Readonly<Record<DelayName, number>>;
};

/** The customer's message that is being answered. */
export type Hearing = { seq: number; text: string; faq?: string; intent?: string };

/** The working state of one turn. */
export type Run = {
  tools: DialogueTools;
  set: FlowSet;
  facts: DialogueFacts;
  now: Date;
  frames: Frame[];
  watch: Frame | null;
  slots: Record<string, string>;
  counts: Record<string, number>;
  locale: Locale;
  before: string[];
  timers: DialogueState['timers'];
  answered: DialogueState['answered'];
  spent: readonly Offer[];
  effects: Effect[];
  speaker: Speaker;
  understood: Map<number, Understood & { answeredBy?: { kind: 'faq' | 'document'; id: string; match: number } }>;
  faults: string[];
  hearing: Hearing | null;
  /** What the last search of this turn found; never kept. */
  found: readonly KnowledgeHit[];
  candidates: readonly Candidate[];
  /** Small talk and questions answered in this turn, with the message that asked. */
  handled: Map<string, number>;
  /** Transitions made for the event at hand. */
  steps: number;
  /** A question was interrupted and must be put again: after something came between, or plainly. */
  reask: 'back' | 'plain' | null;
  topic: string | null;
};

/** A flow that cannot go on; the message says where and why. */
export class FlowFault extends Error {}

/** Counters that the dialogue itself keeps; flows may read them. */
export const COUNTS = { handoff: 'handoff', angry: 'angry', pinned: 'languagePinned', messages: 'messages' } as const;
/** The slot that files go to when nobody asked for them. */
export const FILES = 'files';

export const frameAt = (run: Run, index: number): Frame => (index < 0 ? run.watch! : run.frames[index]!);

/** The flow of a frame as the conversation's release has it. */
export function flowOf(run: Run, frame: Frame): CompiledFlow {
  const flow = run.set.flows.get(frame.flow);
  if (!flow) throw new FlowFault(`There is no flow “${frame.flow}” in release ${run.set.id}.`);
  return flow;
}

/** What a frame's machine sees. */
export const contextOf = (run: Run, frame: Pick<Frame, 'context' | 'input'>): MachineContext => ({
  slots: run.slots,
  context: frame.context,
  input: frame.input,
  settings: run.tools.settings,
  facts: { ...run.facts, said: run.before.join(' / ') },
  counts: run.counts,
  locale: run.locale,
  delays: run.tools.delays,
});

/** What templates see outside any flow. */
export const scopeOf = (run: Run, event: unknown = {}): Scope => ({
  ...contextOf(run, { context: {}, input: {} }),
  event,
});

/** The question that a frame's state puts, if it puts one. */
export function questionOf(run: Run, frame: Frame): Question | null {
  const { questions } = flowOf(run, frame);
  for (const path of activeStates(frame.value).reverse()) {
    const question = questions.get(path);
    if (question) return question;
  }
  return null;
}

/** Whether a question waits for its answer whatever else is said: it is put again after an interruption. */
export const holds = (question: Question | null): question is Extract<Question, { type: 'ask' | 'offer' }> =>
  question?.type === 'ask' || (question?.type === 'offer' && question.params.hold === true);

/** Takes away frames from `index` up, and their timers. */
export function drop(run: Run, index: number): void {
  if (run.frames.length <= index) return;
  run.frames.length = index;
  run.timers = run.timers.filter(({ frame }) => frame < index);
}

/** Begins a turn's work from what was remembered. */
export function open(tools: DialogueTools, { state, facts, now }: TurnInput): Run {
  const current = tools.current();
  const kept = state ? tools.release(state.release) : undefined;
  const set = kept ?? current;
  // A release that is gone: what was told stays, the talk begins anew.
  const going = state && kept ? state : null;
  const { email, phone, name } = facts.contact;
  const run: Run = {
    tools,
    set,
    facts,
    now,
    frames: (going?.frames ?? []).map((frame) => ({ ...frame })),
    watch: going?.watch ? { ...going.watch } : null,
    slots: { ...(email && { email }), ...(phone && { phone }), ...(name && { name }), ...state?.slots },
    counts: { ...state?.counts },
    locale: state?.locale ?? facts.locale,
    before: [...(state?.before ?? [])],
    timers: [...(going?.timers ?? [])],
    answered: state?.answered ?? null,
    spent: state?.spent ?? [],
    effects: [],
    speaker: createSpeaker({
      nonce: tools.ids.nonce,
      locale: () => run.locale,
      again: set.phrases.again,
      sameAnswer: set.phrases.sameAnswer,
      said: state?.said ?? [],
      offers: going?.offers ?? [],
    }),
    understood: new Map(),
    faults: [],
    hearing: null,
    found: [],
    candidates: [],
    handled: new Map(),
    steps: 0,
    reask: null,
    topic: state?.topic ?? null,
  };
  return run;
}

/** What a turn's work comes to. */
export function close(run: Run): TurnOutcome {
  const closed = run.effects.some(({ type }) => type === 'close');
  const timers = closed ? [] : run.timers;
  const dueAt = timers.map((timer) => timer.dueAt).sort()[0];
  const state: DialogueState = {
    release: run.set.id,
    frames: run.frames,
    slots: run.slots,
    locale: run.locale,
    before: run.before,
    offers: run.speaker.offers().slice(-20),
    timers,
    answered: run.answered,
    counts: run.counts,
    spent: run.spent.slice(-20),
    said: run.speaker.said(),
    watch: closed ? null : run.watch,
    topic: run.topic,
  };
  return {
    state,
    replies: run.speaker.replies(),
    effects: run.effects,
    locale: run.locale,
    alarmAt: dueAt === undefined ? null : new Date(dueAt),
    understood: run.understood,
    faults: run.faults,
  };
}
