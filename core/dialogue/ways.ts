import { holds } from './guards.ts';
import { remember, type MemoryAction } from './memory.ts';
import type { Scope } from './template.ts';
import type { DelayName, FlowAction, FlowActor, FlowGuard } from './vocabulary.schema.ts';

/** What a machine's context holds: the scope without the event, and the delays of the installation. */
export type MachineContext = Omit<Scope, 'event'> & { delays: Readonly<Record<DelayName, number>> };

/** What a step asks to be performed, in order. `scope` is what its templates see. */
export type Deed =
  | { kind: 'action'; action: FlowAction; scope: Scope }
  | { kind: 'invoke'; actor: FlowActor; scope: Scope }
  | { kind: 'revoke'; id: string }
  | { kind: 'timer'; id: string; event: string; delay: number }
  | { kind: 'untimer'; id: string };

/** Where a flow stands after a step. `ended` names the final state it came to. */
export type Step = { value: unknown; context: MachineContext; deeds: readonly Deed[]; ended: string | null };

/** Where a way ends; `deaf`: the flow has no ear for the event there. */
export type End = { value: unknown; ended: string | null } | 'deaf';

/** A deed before it is known what its templates see. */
export type Unscoped<Any> = Any extends unknown ? Omit<Any, 'scope'> : never;

/** One thing that XState did on its way. `event`: the one of its own that it did it on (a state that was done); null: the one that was given. */
export type Note =
  | { kind: 'asked'; guard: FlowGuard; answer: boolean; event: unknown }
  | { kind: 'remembered'; action: MemoryAction; event: unknown }
  | { kind: 'did'; deed: Unscoped<Deed>; event: unknown };

/** A way as far as it does not fork: then a guard is asked, or it ends. */
type Stretch = {
  notes: Exclude<Note, { kind: 'asked' }>[];
  fork?: { guard: FlowGuard; event: unknown; yes?: Stretch; no?: Stretch };
  end?: End;
};

/** Places and events remembered of one flow: more than its states have events, unless somebody makes events up. */
const MOST = 1_000;

/** The ways that a machine is known to take. */
export type Ways = {
  /**
   * The step that a known way comes to on `event`, null when the flow is deaf there; undefined: nobody went this way yet.
   * `start` names the place and the event's type.
   */
  follow(start: string, context: MachineContext, event: unknown): Step | null | undefined;
  /** From here on a way is gone on an event of this type, and its notes are taken. */
  set(type: string): void;
  /** Hears what XState does on the way, and on which event. */
  note(note: Note): void;
  /** Takes what was noted for the way from `start` to `end`. */
  learn(start: string, end: End): void;
};

/**
 * An empty book of ways. XState's way from one place on one event depends on nothing but the answers of the guards, so that
 * one that was noted can be gone again in a tenth of the time: the same guards are asked and the same is done, on what is
 * true now.
 */
export function createWays(): Ways {
  const ways = new Map<string, Stretch>();
  let notes: Note[] = [];
  let given = '';
  let delays: MachineContext['delays'] | undefined;

  function follow(start: string, before: MachineContext, event: unknown): Step | null | undefined {
    // Timers were noted with the delays of that time.
    if (before.delays !== delays) ways.clear();
    delays = before.delays;
    let context = before;
    let seen: { scope: Scope; context: MachineContext; event: unknown } | undefined;
    const scopeOn = (own: unknown): Scope => {
      const on = own ?? event;
      if (seen?.context !== context || seen.event !== on)
        seen = { scope: { ...context, event: on }, context, event: on };
      return seen.scope;
    };
    const deeds: Deed[] = [];
    for (let stretch = ways.get(start); stretch;) {
      for (const note of stretch.notes) {
        if (note.kind === 'remembered') context = { ...context, ...remember(note.action, scopeOn(note.event)) };
        else deeds.push(withScope(note.deed, note.event, scopeOn));
      }
      const { fork, end } = stretch;
      if (end === 'deaf') return null;
      if (end) return { ...end, context, deeds };
      stretch = fork && (holds(fork.guard, scopeOn(fork.event)) ? fork.yes : fork.no);
    }
    return undefined;
  }

  function learn(start: string, end: End): void {
    if (ways.size >= MOST) ways.clear();
    let stretch = ways.get(start);
    let isNew = !stretch;
    if (!stretch) ways.set(start, (stretch = { notes: [] }));
    for (const note of notes) {
      if (note.kind !== 'asked') {
        if (isNew) stretch.notes.push(note);
        continue;
      }
      const fork: NonNullable<Stretch['fork']> = (stretch.fork ??= { guard: note.guard, event: note.event });
      const side = note.answer ? 'yes' : 'no';
      isNew = !fork[side];
      stretch = fork[side] ??= { notes: [] };
    }
    stretch.end = end;
    notes = [];
  }

  return {
    follow,
    set(type) {
      given = type;
      notes = [];
    },
    note({ event, ...note }) {
      const isGiven = (event as { type: string } | undefined)?.type === given;
      notes.push({ ...note, event: isGiven ? null : event });
    },
    learn,
  };
}

function withScope(deed: Unscoped<Deed>, event: unknown, scopeOn: (event: unknown) => Scope): Deed {
  return deed.kind === 'action' || deed.kind === 'invoke' ? { ...deed, scope: scopeOn(event) } : deed;
}
