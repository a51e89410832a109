import { invalid, type FieldError } from '#core/errors.ts';

/** Throws a `Problem` (invalid) when a text anywhere in `value`, keys included, holds what PostgreSQL cannot keep, or it nests too deep. */
export function refuseUnstorable(value: unknown, where: 'body' | 'query'): void {
  const errors = unstorable(value, where);
  if (errors.length > 0)
    throw invalid(
      `The ${where} cannot be stored: ${errors.map((one) => `${one.path} ${one.message}`).join('; ')}.`,
      errors,
    );
}

/** What is made of a body later on goes through it by recursion. */
const DEEPEST = 100;
/** More bad fields than these are not named. */
const MOST_NAMED = 20;

function unstorable(value: unknown, where: string): FieldError[] {
  const errors: FieldError[] = [];
  // A list instead of recursion: a body may nest deeper than the stack goes.
  const open: { path: string; value: unknown; depth: number }[] = [{ path: '', value, depth: 0 }];
  const check = (path: string, text: string): void => {
    if (text.includes('\0')) errors.push({ path: path || where, message: 'holds a NUL character (U+0000): remove it' });
    else if (!text.isWellFormed())
      errors.push({ path: path || where, message: 'holds half a character (a lone surrogate): send whole ones' });
  };
  for (let part = open.pop(); part && errors.length < MOST_NAMED; part = open.pop()) {
    const { path, value, depth } = part;
    if (typeof value === 'string') check(path, value);
    else if (depth > DEEPEST) return [{ path: where, message: `nests deeper than ${DEEPEST} levels` }];
    else if (typeof value === 'object' && value !== null)
      for (const [key, inner] of Object.entries(value)) {
        check(path, key);
        open.push({ path: path ? `${path}.${key}` : key, value: inner, depth: depth + 1 });
      }
  }
  return errors;
}
