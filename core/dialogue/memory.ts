import { MAX_SLOT } from './formats.ts';
import { render, valueAt, type Scope } from './template.ts';
import type { FlowAction } from './vocabulary.schema.ts';

/** The parts of a scope that actions may change. */
export type Memory = Pick<Scope, 'slots' | 'context' | 'counts'>;

/** The actions that only remember: they are done inside the step, so that the guards after them see it. */
export type MemoryAction = Extract<FlowAction, { type: 'set' | 'keep' | 'capture' | 'clear' | 'count' }>;
const NAMES = ['set', 'keep', 'capture', 'clear', 'count'] as const satisfies readonly MemoryAction['type'][];
/** Their names. */
export const MEMORY_ACTIONS: readonly string[] = NAMES;

/** Slots and counters beyond this are not taken in: the state of a dialogue is bounded. */
const MAX_KEYS = 40;

/** Adds to a record, or takes away where the value is empty. */
export function put<Value>(
  record: Readonly<Record<string, Value>>,
  key: string,
  value: Value | undefined,
): Record<string, Value> {
  const { [key]: _, ...rest } = record;
  if (value === undefined || Object.keys(rest).length >= MAX_KEYS) return rest;
  return { ...rest, [key]: value };
}

const without = <Value>(record: Readonly<Record<string, Value>>, keys: readonly string[]): Record<string, Value> =>
  Object.fromEntries(Object.entries(record).filter(([key]) => !keys.includes(key)));

const words = (value: unknown): string | undefined => {
  const text = typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
  return text === '' ? undefined : text.slice(0, MAX_SLOT);
};

/** What is kept of a value from outside: a scalar, cut. Never an object, so that the state stays small. */
const scalar = (value: unknown): string | number | boolean | undefined =>
  typeof value === 'number' || typeof value === 'boolean' ? value : words(value);

/** The memory after one such action. Pure. */
export function remember(action: MemoryAction, scope: Scope): Partial<Memory> {
  switch (action.type) {
    case 'set': {
      let { slots, context } = scope;
      const fill = (text: string | { 'zh-TW': string; en: string }): string =>
        render(typeof text === 'string' ? text : text[scope.locale], scope);
      for (const [key, text] of Object.entries(action.params.slots ?? {})) slots = put(slots, key, words(fill(text)));
      for (const [key, value] of Object.entries(action.params.context ?? {}))
        context = put(
          context,
          key,
          scalar(typeof value === 'object' || typeof value === 'string' ? fill(value) : value),
        );
      return { slots, context };
    }
    case 'keep':
      return { context: put(scope.context, action.params.as, scalar(valueAt(scope, action.params.from))) };
    case 'capture':
      return { slots: put(scope.slots, action.params.slot, words(valueAt(scope, action.params.from))) };
    case 'clear':
      return {
        slots: without(scope.slots, action.params.slots ?? []),
        context: without(scope.context, action.params.context ?? []),
      };
  }
  const { name, by, to } = action.params;
  return { counts: put(scope.counts, name, to ?? (scope.counts[name] ?? 0) + (by ?? 1)) };
}
