import { createActor, type AnyActorScope, type AnyMachineSnapshot, type AnyStateMachine } from 'xstate';
import { INVOKE, REVOKE, type CompiledFlow } from './compile.ts';
import { MEMORY_ACTIONS } from './memory.ts';
import type { FlowAction, FlowActor } from './vocabulary.schema.ts';
import type { Deed, End, MachineContext, Step, Unscoped } from './ways.ts';

/** What a flow is told. */
export type FlowEvent = { type: string } & Readonly<Record<string, unknown>>;

/** XState's action as it comes out of a pure transition. */
type Emitted = { type: string; params?: unknown; info?: { context: unknown; event: unknown } };

function deedOf({ type, params }: Emitted): Unscoped<Deed> | null {
  if (MEMORY_ACTIONS.includes(type)) return null;
  if (type === 'xstate.raise') {
    const { event, id, delay } = params as { event: { type: string }; id: string; delay?: number };
    return delay === undefined ? null : { kind: 'timer', id, event: event.type, delay };
  }
  if (type === 'xstate.cancel') return { kind: 'untimer', id: (params as { sendId: string }).sendId };
  if (type === REVOKE) return { kind: 'revoke', id: (params as { id: string }).id };
  if (type === INVOKE) return { kind: 'invoke', actor: params as FlowActor };
  return { kind: 'action', action: { type, params } as FlowAction };
}

const nothing = (): void => {};
const scopes = new WeakMap<AnyStateMachine, AnyActorScope>();

/**
 * The scope that a machine is stepped in. XState's `transition()` and `initialTransition()` make a new actor for each call,
 * and with it run the machine's opening twice: two thirds of a turn's time. The actor never runs, so one serves them all.
 */
function scopeOf(machine: AnyStateMachine, context: MachineContext): AnyActorScope {
  const known = scopes.get(machine);
  if (known) return known;
  const self = createActor(machine, { input: context });
  const scope: AnyActorScope = {
    self,
    id: '',
    sessionId: '',
    system: self.system,
    logger: nothing,
    defer: nothing,
    emit: nothing,
    stopChild: nothing,
    actionExecutor: nothing,
  };
  scopes.set(machine, scope);
  return scope;
}

const endOf = ({ value, status, error }: AnyMachineSnapshot): End => {
  if (status === 'error') throw new Error('The flow failed', { cause: error });
  const state = typeof value === 'string' ? value : Object.keys(value as object)[0];
  return { value: value as unknown, ended: status === 'done' ? String(state) : null };
};

/** The step by a known way, or by the one that XState goes now: it notes what it would do, instead of doing it. */
function stepped(
  { machine, ways }: CompiledFlow,
  start: string,
  context: MachineContext,
  event: FlowEvent,
  go: (scope: AnyActorScope) => AnyMachineSnapshot | null,
): Step | null {
  const known = ways.follow(start, context, event);
  if (known !== undefined) return known;
  const actionExecutor = (action: unknown): void => {
    const deed = deedOf(action as Emitted);
    if (deed) ways.note({ kind: 'did', deed, event: (action as Emitted).info?.event });
  };
  // Making the scope runs the opening, which is no part of this way.
  const scope = { ...scopeOf(machine, context), actionExecutor };
  ways.set(event.type);
  const snapshot = go(scope);
  ways.learn(start, snapshot ? endOf(snapshot) : 'deaf');
  const step = ways.follow(start, context, event);
  if (step === undefined) throw new Error(`The way from “${start}” was gone and is not known.`);
  return step;
}

/** The first step of a flow; what it does on opening stands in `deeds`. */
export function begin(flow: CompiledFlow, context: MachineContext): Step {
  const event = { type: 'xstate.init', input: context };
  return stepped(flow, '', context, event, (scope) => flow.machine.getInitialSnapshot(scope, context))!;
}

/**
 * One step of a flow, or null: it has no ear for this event where it stands. Pure: the same place, context and event
 * give the same step. Throws when the place is none of this machine.
 */
export function decide(flow: CompiledFlow, value: unknown, context: MachineContext, event: FlowEvent): Step | null {
  const { machine, ways } = flow;
  const start = `${event.type} ${JSON.stringify(value)}`;
  return stepped(flow, start, context, event, (scope) => {
    const place = value as Parameters<typeof machine.resolveState>[0]['value'];
    const before = machine.resolveState({ value: place, context });
    if (!before.can(event)) return null;
    // The guards were noted when it was asked whether there is a way; now it is gone.
    ways.set(event.type);
    return machine.transition(before, event, scope);
  });
}

/** Paths of the states that are active (`ask`, `ask.order`), outermost first. */
export function activeStates(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [key, ...activeStates(inner).map((rest) => `${key}.${rest}`)]);
}
