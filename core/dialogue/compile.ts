import { createHash } from 'node:crypto';
import { assign, setup, type AnyStateMachine } from 'xstate';
import { invalid, type FieldError } from '#core/errors.ts';
import { actionsOf, checkFlow, QUESTIONS } from './check-flow.ts';
import { explain } from './faults.ts';
import type { Flow, FlowState } from './flow.schema.ts';
import { isFindable } from './formats.ts';
import { holds } from './guards.ts';
import { MEMORY_ACTIONS, remember, type MemoryAction } from './memory.ts';
import { Phrases } from './phrases.schema.ts';
import type { Scope } from './template.ts';
import { DelayName, type FlowAction, type FlowGuard, type SlotFormat } from './vocabulary.schema.ts';
import { createWays, type MachineContext, type Ways } from './ways.ts';

/** A question that a state puts on entry. */
export type Question = Extract<FlowAction, { type: 'ask' | 'offer' | 'askRating' | 'clarify' | 'suggest' }>;

/** A flow ready to run. `version` is the hash of its JSON. */
export type CompiledFlow = {
  id: string;
  version: string;
  flow: Flow;
  machine: AnyStateMachine;
  /** Hears what the machine does. */
  ways: Ways;
  /** By the path of its state (`ask.order`). */
  questions: ReadonlyMap<string, Question>;
};

/** A set of flows published together: what a conversation starts with and stays on. Frozen. */
export type FlowSet = {
  id: string;
  flows: ReadonlyMap<string, CompiledFlow>;
  phrases: Phrases;
  /** Every slot that can be recognised inside a sentence, whichever flow asks for it. */
  slots: ReadonlyMap<string, SlotFormat>;
};

/** What a flow set is made of, as it is stored: JSON as parsed, not yet checked. */
export type FlowSources = { flows: readonly unknown[]; phrases: unknown };

/** Action types of ours that stand for an actor's start and end; no flow can name them, as they hold an @. */
export const INVOKE = '@invoke';
export const REVOKE = '@revoke';

type Loose = Record<string, unknown>;

/** Pure transitions start no actors, so waiting is written as an entry action, an exit action and two events. */
function machineState(state: FlowState | Flow): Loose {
  const { entry, exit, on, states, ...rest } = state;
  const { invoke, ...plain } = { invoke: undefined, ...rest };
  const { version: _, $schema: __, ...config } = { version: undefined, $schema: undefined, ...plain };
  const before = actionsOf(entry);
  return {
    ...config,
    entry: invoke ? [...before, { type: INVOKE, params: { ...invoke } }] : before,
    exit: invoke ? [...actionsOf(exit), { type: REVOKE, params: { id: invoke.id } }] : actionsOf(exit),
    on: invoke
      ? {
          ...on,
          [`done.${invoke.id}`]: invoke.onDone,
          ...(invoke.onError === undefined ? {} : { [`failed.${invoke.id}`]: invoke.onError }),
        }
      : { ...on },
    ...(states && {
      states: Object.fromEntries(Object.entries(states).map(([key, inner]) => [key, machineState(inner)])),
    }),
  };
}

const GUARDS = ['has', 'missing', 'known', 'is', 'decided', 'ended', 'counted', 'matches', 'and', 'or', 'not'] as const;
const PERFORMED = [
  'say',
  'notice',
  'ask',
  'offer',
  'askRating',
  'answer',
  'suggest',
  'clarify',
  'feedback',
  'requestHandoff',
  'withdrawHandoff',
  'saveContact',
  'rate',
  'close',
  INVOKE,
  REVOKE,
];

type Given = { context: MachineContext; event: unknown };

/** A transition tries many guards on the same context and event: their scope is made once. */
function createScopeOf(): (given: Given) => Scope {
  let last: { given: Given; scope: Scope } | undefined;
  return (given) => {
    if (last?.given.context !== given.context || last.given.event !== given.event)
      last = { given, scope: { ...given.context, event: given.event } };
    return last.scope;
  };
}
const scopeOf = createScopeOf();

/** The vocabulary as XState knows it. Performed actions do nothing here: whoever takes the step performs them. */
const vocabularyOf = (ways: Ways) =>
  setup({
    types: { context: {} as MachineContext, input: {} as MachineContext },
    actions: Object.fromEntries([
      ...PERFORMED.map((name) => [name, () => undefined]),
      ...MEMORY_ACTIONS.map((type) => [
        type,
        assign((given: Given, params: unknown) => {
          const action = { type, params } as MemoryAction;
          ways.note({ kind: 'remembered', action, event: given.event });
          return remember(action, scopeOf(given));
        }),
      ]),
    ]),
    guards: Object.fromEntries(
      GUARDS.map((type) => [
        type,
        (given: Given, params: unknown) => {
          const guard = { type, params } as FlowGuard;
          const answer = holds(guard, scopeOf(given));
          ways.note({ kind: 'asked', guard, answer, event: given.event });
          return answer;
        },
      ]),
    ),
    delays: Object.fromEntries(
      DelayName.options.map((name) => [name, ({ context }: { context: MachineContext }) => context.delays[name]]),
    ),
  });

function questionsOf(states: Readonly<Record<string, FlowState>>, path: readonly string[] = []): [string, Question][] {
  return Object.entries(states).flatMap(([key, state]): [string, Question][] => {
    const here = [...path, key];
    const question = actionsOf(state.entry).find((action): action is Question => QUESTIONS.has(action.type));
    return [
      ...(question ? [[here.join('.'), question] as [string, Question]] : []),
      ...questionsOf(state.states ?? {}, here),
    ];
  });
}

function machineOf(flow: Flow, ways: Ways): AnyStateMachine {
  const config = {
    ...machineState(flow),
    context: ({ input }: { input: MachineContext }) => input,
    options: { maxIterations: 100 },
  };
  // The flow was checked against our own closed vocabulary, which is narrower than what XState's types can follow.
  return vocabularyOf(ways).createMachine(config);
}

/** The keys of an object in one order: JSON that went through a database says the same in another. */
const inOrder = (_: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value;
const hashOf = (value: unknown): string =>
  createHash('sha256').update(JSON.stringify(value, inOrder)).digest('hex').slice(0, 16);

/** Makes flow sets; a flow that was compiled before is not compiled again. */
export type FlowCompiler = {
  /** Throws `invalid` with every fault, each at its place (`order-status: states.ask.on.answer[0].target`). */
  compile(sources: FlowSources): FlowSet;
};

/** Versions kept: far more than run side by side. */
const KEPT = 200;

/** A compiler with its own memory. */
export function createFlowCompiler(): FlowCompiler {
  const known = new Map<string, CompiledFlow>();

  function compileOne(json: unknown, names: ReadonlySet<string>): CompiledFlow | FieldError[] {
    const version = hashOf(json);
    const seen = known.get(version);
    if (seen && !('errors' in checkNames(seen.flow, names))) return seen;
    const checked = checkFlow(json, names);
    if ('errors' in checked) return checked.errors;
    const { flow } = checked;
    const ways = createWays();
    const machine = machineOf(flow, ways);
    const made = { id: flow.id, version, flow, machine, ways, questions: new Map(questionsOf(flow.states)) };
    known.set(version, made);
    if (known.size > KEPT) known.delete(known.keys().next().value!);
    return made;
  }

  function compile({ flows, phrases }: FlowSources): FlowSet {
    const errors: FieldError[] = [];
    const names = new Set(flows.map(nameOf));
    const compiled = new Map<string, CompiledFlow>();
    for (const json of flows) {
      const name = nameOf(json);
      const result = compileOne(json, names);
      if (Array.isArray(result))
        errors.push(...result.map(({ path, message }) => ({ path: `${name}: ${path}`, message })));
      else if (compiled.has(name)) errors.push({ path: `${name}: id`, message: 'Another flow has this id.' });
      else compiled.set(name, result);
    }
    if (!names.has('main'))
      errors.push({ path: 'main: id', message: 'There is no flow “main”: every conversation begins there.' });
    const words = Phrases.safeParse(phrases);
    if (!words.success)
      errors.push(
        ...explain(words.error.issues, phrases).map(({ path, message }) => ({ path: `phrases: ${path}`, message })),
      );
    if (errors.length > 0 || !words.success) throw invalid('The flows cannot run as they are.', errors);
    const slots = new Map<string, SlotFormat>();
    for (const { questions } of compiled.values())
      for (const question of questions.values())
        if (question.type === 'ask')
          for (const [slot, format] of Object.entries(question.params.slots))
            if (isFindable(format)) slots.set(slot, format);
    return {
      id: hashOf([[...compiled.values()].map(({ version }) => version).sort(), words.data]),
      flows: compiled,
      phrases: words.data,
      slots,
    };
  }

  return { compile };
}

const nameOf = (json: unknown): string =>
  typeof json === 'object' && json !== null && 'id' in json && typeof json.id === 'string'
    ? json.id
    : 'flow without id';

/** A flow is the same, but a sub-flow that it runs may be gone. */
const checkNames = (flow: Flow, names: ReadonlySet<string>): ReturnType<typeof checkFlow> => checkFlow(flow, names);
