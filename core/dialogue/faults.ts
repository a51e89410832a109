import type { z } from 'zod';
import type { FieldError } from '#core/errors.ts';

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/** A place in JSON as people write it: `states.ask_email.on.answer[0].target`. */
export const placeOf = (path: Path): string =>
  path.reduce<string>(
    (place, key) =>
      typeof key === 'number'
        ? `${place}[${key}]`
        : /^[\w-]+$/.test(String(key))
          ? `${place}${place && '.'}${String(key)}`
          : `${place}[${JSON.stringify(String(key))}]`,
    '',
  );

const AT_SHAPE = /expected (string|array|object)/;
/** Whether a branch of a union failed because the value has another shape altogether. */
const isOtherShape = (branch: readonly Issue[]): boolean =>
  branch.some((issue) => issue.path.length === 0 && issue.code === 'invalid_type' && AT_SHAPE.test(issue.message));

const depth = (branch: readonly Issue[]): number =>
  Math.max(
    0,
    ...branch.map(
      (issue) => issue.path.length + (issue.code === 'invalid_union' ? Math.max(0, ...issue.errors.map(depth)) : 0),
    ),
  );

const KINDS: Record<string, string> = { type: 'name', src: 'actor' };

function words(issue: Issue, value: unknown): string {
  if (issue.code === 'unrecognized_keys') return `${issue.keys.map((key) => `“${key}”`).join(', ')} is not known here.`;
  if (issue.code === 'invalid_union' && 'discriminator' in issue && issue.discriminator) {
    const options = 'options' in issue ? (issue.options as readonly unknown[]).map(String).join(', ') : '';
    return `There is no ${KINDS[issue.discriminator] ?? 'name'} “${typeof value === 'string' ? value : JSON.stringify(value)}”. Known are: ${options}.`;
  }
  if (issue.code === 'invalid_type' && value === undefined) return `This is missing (${issue.expected}).`;
  return issue.message.endsWith('.') ? issue.message : `${issue.message}.`;
}

const at = (root: unknown, path: Path): unknown =>
  path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[key] : undefined,
    root,
  );

/** zod's issues, each at the deepest place that explains it: of a union, the branch that the value was meant for. */
export function explain(issues: readonly Issue[], root: unknown, base: Path = []): FieldError[] {
  return issues.flatMap((issue): FieldError[] => {
    const path = [...base, ...issue.path];
    if (issue.code === 'invalid_union' && issue.errors.length > 0) {
      const fitting = issue.errors.filter((branch) => !isOtherShape(branch));
      const meant = fitting.sort((a, b) => depth(b) - depth(a))[0] ?? issue.errors.at(-1)!;
      const value = at(root, path);
      if (value === undefined) return [{ path: placeOf(path), message: 'This is missing.' }];
      return explain(meant, root, path);
    }
    return [{ path: placeOf(path), message: words(issue, at(root, path)) }];
  });
}
