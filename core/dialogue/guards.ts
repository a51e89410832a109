import { matches } from './formats.ts';
import { valueAt, type Scope } from './template.ts';
import type { FlowGuard } from './vocabulary.schema.ts';

const at = (scope: Scope, key: string): unknown => valueAt(scope, `event.output.${key}`);

/** Whether a guard holds. Reads only; a path that leads nowhere is undefined and never an error. */
export function holds(guard: FlowGuard, scope: Scope): boolean {
  switch (guard.type) {
    case 'has':
      return (scope.slots[guard.params.slot] ?? '') !== '';
    case 'missing':
      return (scope.slots[guard.params.slot] ?? '') === '';
    case 'known': {
      const value = valueAt(scope, guard.params.path);
      return value !== undefined && value !== null && value !== '';
    }
    case 'is':
      return (valueAt(scope, guard.params.path) ?? null) === guard.params.value;
    case 'decided':
      return at(scope, 'decision') === guard.params.as;
    case 'ended':
      return at(scope, 'in') === guard.params.in;
    case 'counted':
      return (scope.counts[guard.params.name] ?? 0) >= guard.params.atLeast;
    case 'matches': {
      const value = valueAt(scope, guard.params.path);
      return typeof value === 'string' && matches(guard.params.pattern, value);
    }
    case 'and':
      return guard.params.guards.every((inner) => holds(inner, scope));
    case 'or':
      return guard.params.guards.some((inner) => holds(inner, scope));
  }
  return !holds(guard.params.guard, scope);
}
