import { createActor, type AnyActorScope, type AnyMachineSnapshot, type AnyStateMachine } from 'xstate';
import { INVOKE, REVOKE, type CompiledFlow, type MachineContext } from './compile.ts';
import { MEMORY_ACTIONS } from './memory.ts';
import type { Scope } from './template.ts';
import type { FlowAction, FlowActor } from './vocabulary.schema.ts';

/** What a step asks to be performed, in order. `scope` is what its templates see. */
export type Deed =
  | { kind: 'action'; action: FlowAction; scope: Scope }
  | { kind: 'invoke'; actor: FlowActor; scope: Scope }
  | { kind: 'revoke'; id: string }
  | { kind: 'timer'; id: string; event: string; delay: number }
  | { kind: 'untimer'; id: string };

/** Where a flow stands after a step. `ended` names the final state it came to. */
export type Step = { value: unknown; context: MachineContext; deeds: readonly Deed[]; ended: string | null };

/** What a flow is told. */
export type FlowEvent = { type: string } & Readonly<Record<string, unknown>>;

/** XState's action as it comes out of a pure transition. */
type Emitted = { type: string; params?: unknown; info?: { context: unknown; event: unknown } };

function deedOf({ type, params, info }: Emitted): Deed | null {
  if (MEMORY_ACTIONS.includes(type)) return null;
  if (type === 'xstate.raise') {
    const { event, id, delay } = params as { event: { type: string }; id: string; delay?: number };
    return delay === undefined ? null : { kind: 'timer', id, event: event.type, delay };
  }
  if (type === 'xstate.cancel') return { kind: 'untimer', id: (params as { sendId: string }).sendId };
  if (type === REVOKE) return { kind: 'revoke', id: (params as { id: string }).id };
  const scope: Scope = { ...(info!.context as MachineContext), event: info!.event };
  if (type === INVOKE) return { kind: 'invoke', actor: params as FlowActor, scope };
  return { kind: 'action', action: { type, params } as FlowAction, scope };
}

function stepOf(snapshot: AnyMachineSnapshot, emitted: readonly Emitted[]): Step {
  const { value, context, status } = snapshot;
  if (status === 'error') throw new Error('The flow failed', { cause: snapshot.error });
  return {
    value,
    context: context as MachineContext,
    deeds: emitted.map(deedOf).filter((deed) => deed !== null),
    ended: status === 'done' ? String(typeof value === 'string' ? value : Object.keys(value as object)[0]) : null,
  };
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

/** Steps a machine and gathers what it would do, instead of doing it. */
function stepped(
  machine: AnyStateMachine,
  context: MachineContext,
  step: (scope: AnyActorScope) => AnyMachineSnapshot,
): Step {
  const emitted: Emitted[] = [];
  const scope = {
    ...scopeOf(machine, context),
    actionExecutor: (action: unknown) => void emitted.push(action as Emitted),
  };
  return stepOf(step(scope), emitted);
}

/** The first step of a flow; what it does on opening stands in `deeds`. */
export function begin({ machine }: CompiledFlow, context: MachineContext): Step {
  return stepped(machine, context, (scope) => machine.getInitialSnapshot(scope, context));
}

/**
 * One step of a flow, or null: it has no ear for this event where it stands. Pure: the same place, context and event
 * give the same step. Throws when the place is none of this machine.
 */
export function decide(
  { machine }: CompiledFlow,
  value: unknown,
  context: MachineContext,
  event: FlowEvent,
): Step | null {
  const before = machine.resolveState({ value: value as Parameters<typeof machine.resolveState>[0]['value'], context });
  if (!before.can(event)) return null;
  return stepped(machine, context, (scope) => machine.transition(before, event, scope));
}

/** Paths of the states that are active (`ask`, `ask.order`), outermost first. */
export function activeStates(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [key, ...activeStates(inner).map((rest) => `${key}.${rest}`)]);
}
