/** What the asker can mend. Each kind has one HTTP status (`PROBLEM_STATUS`) and the same meaning in a worker: do not retry. */
export type ProblemKind =
  | 'invalid'
  | 'unauthenticated'
  | 'forbidden'
  | 'not-found'
  | 'conflict'
  | 'stale'
  | 'too-large'
  | 'unsupported'
  | 'too-many'
  | 'unavailable';

/** One bad field: `path` as in JSON (`examples.3.text`), `message` says how to mend it. */
export type FieldError = { path: string; message: string };

/** Thrown when the asker can mend it. Everything else that is thrown is our fault, is logged and shows no words. */
export class Problem extends Error {
  readonly kind: ProblemKind;
  readonly errors: readonly FieldError[];
  /** Seconds after which the same request may work. */
  readonly retryAfter: number | undefined;

  constructor(kind: ProblemKind, detail: string, more: { errors?: readonly FieldError[]; retryAfter?: number } = {}) {
    super(detail);
    this.name = 'Problem';
    this.kind = kind;
    this.errors = more.errors ?? [];
    this.retryAfter = more.retryAfter;
  }
}

export const invalid = (detail: string, errors: readonly FieldError[] = []): Problem =>
  new Problem('invalid', detail, { errors });
/** A `cursor` that no page of ours gave out. */
export const foreignCursor = (): Problem =>
  invalid('This cursor is none of ours: use the nextCursor of the page before.', [
    { path: 'cursor', message: 'not a cursor' },
  ]);
export const notFound = (what: string): Problem => new Problem('not-found', `There is no such ${what}.`);
export const conflict = (detail: string): Problem => new Problem('conflict', detail);
export const forbidden = (detail: string): Problem => new Problem('forbidden', detail);
export const unauthenticated = (detail: string): Problem => new Problem('unauthenticated', detail);
export const tooMany = (detail: string, retryAfter: number): Problem => new Problem('too-many', detail, { retryAfter });
export const unavailable = (detail: string, retryAfter = 1): Problem =>
  new Problem('unavailable', detail, { retryAfter });

/** How each kind is told over HTTP and on the chat socket (RFC 9457). */
export const PROBLEM_STATUS: Readonly<Record<ProblemKind, { status: number; title: string }>> = {
  invalid: { status: 422, title: 'Invalid' },
  unauthenticated: { status: 401, title: 'Unauthenticated' },
  forbidden: { status: 403, title: 'Forbidden' },
  'not-found': { status: 404, title: 'Not found' },
  conflict: { status: 409, title: 'Conflict' },
  stale: { status: 412, title: 'Changed meanwhile' },
  'too-large': { status: 413, title: 'Too large' },
  unsupported: { status: 415, title: 'Unsupported' },
  'too-many': { status: 429, title: 'Too many requests' },
  unavailable: { status: 503, title: 'Unavailable' },
};
