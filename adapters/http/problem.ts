import type { Context, Middleware } from 'koa';
import type { ZodError } from 'zod';
import { invalid, Problem, PROBLEM_STATUS, type FieldError, type ProblemKind } from '#core/errors.ts';

/** zod's complaint as a problem that names every bad field by its path. */
export function fromZod(error: ZodError, where: 'body' | 'query' | 'path'): Problem {
  const errors = error.issues.map((issue) => ({ path: issue.path.join('.') || where, message: issue.message }));
  const list = errors.map((fault) => `${fault.path}: ${fault.message}`).join('; ');
  return invalid(`The ${where} is not as it should be: ${list}`, errors);
}

/** What a koa or http-errors error of a client's fault is among our problems. */
const FROM_STATUS: ReadonlyMap<number, ProblemKind> = new Map([
  [400, 'invalid'],
  ...(Object.entries(PROBLEM_STATUS) as [ProblemKind, { status: number }][])
    .filter(([, { status }]) => status < 500)
    .map(([kind, { status }]) => [status, kind] as const),
]);

function asProblem(error: unknown): Problem | undefined {
  if (error instanceof Problem) return error;
  if (!(error instanceof Error) || !('status' in error)) return undefined;
  const kind = FROM_STATUS.get(Number(error.status));
  if (!kind) return undefined;
  return new Problem(kind, 'expose' in error && error.expose ? error.message : PROBLEM_STATUS[kind].title);
}

/** PostgreSQL's ways of saying that it is not there (classes 08, 57P, 53300), and the socket's own. */
const AWAY = /^(08\d{3}|57P0[1-3]|53300|ECONNREFUSED|ECONNRESET|ENOENT|EPIPE)$/;

/** The database is away for a moment: the client should come back. */
const isAway = (error: unknown): boolean =>
  error instanceof Error &&
  (('code' in error && AWAY.test(String(error.code))) ||
    /Connection terminated|timeout exceeded when trying to connect/.test(error.message));

/** Answers that @koa/router gives by itself: a path that is there, but not for this method. Both carry `Allow`. */
const WITHOUT_BODY: Readonly<Record<number, string>> = { 405: 'Method not allowed', 501: 'Method not known' };

function tell(
  ctx: Context,
  problem: { type: string; title: string; status: number; detail: string; errors?: readonly FieldError[] },
): void {
  ctx.status = problem.status;
  ctx.body = JSON.stringify({ ...problem, requestId: String(ctx.state['requestId']) });
  ctx.type = 'application/problem+json';
}

/** Turns whatever is thrown below into `application/problem+json`. Only what the asker can mend shows words. */
export function problems(onFault: (error: unknown, about: { requestId: string; path: string }) => void): Middleware {
  return async (ctx, next) => {
    try {
      await next();
      const title = WITHOUT_BODY[ctx.status];
      if (title && !ctx.body)
        tell(ctx, {
          type: 'about:blank',
          title,
          status: ctx.status,
          detail: `${ctx.method} is not for ${ctx.path}. It takes ${ctx.response.get('Allow') || 'nothing'}.`,
        });
      if (ctx.status === 404 && ctx.body === undefined)
        throw new Problem('not-found', `There is nothing at ${ctx.method} ${ctx.path}.`);
    } catch (error) {
      const problem = asProblem(error);
      if (!problem) onFault(error, { requestId: String(ctx.state['requestId']), path: ctx.path });
      const { status, title } = problem
        ? PROBLEM_STATUS[problem.kind]
        : isAway(error)
          ? PROBLEM_STATUS.unavailable
          : { status: 500, title: 'Our fault' };
      if (problem?.retryAfter !== undefined) ctx.set('Retry-After', String(Math.ceil(problem.retryAfter)));
      else if (status === 503) ctx.set('Retry-After', '1');
      tell(ctx, {
        type: problem ? `/problems/${problem.kind}` : 'about:blank',
        title,
        status,
        detail: problem?.message ?? 'Something broke on our side. It was noted; trying again may work.',
        ...(problem?.errors.length ? { errors: problem.errors } : {}),
      });
    }
  };
}
