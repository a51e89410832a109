import { Problem, PROBLEM_STATUS } from '#core/errors.ts';
import type { ServerFrame } from '#core/conversation/protocol.schema.ts';

type WireProblem = Extract<ServerFrame, { type: 'error' }>['problem'];

/** An error as the chat socket tells it. What is our fault shows no words, and may be tried again. */
export function wireProblem(error: unknown): WireProblem {
  if (!(error instanceof Problem))
    return {
      type: '/problems/unavailable',
      ...PROBLEM_STATUS.unavailable,
      detail: 'The message could not be stored just now. It is kept on your side and can be sent again.',
      retryAfter: 1,
    };
  return {
    type: `/problems/${error.kind}`,
    ...PROBLEM_STATUS[error.kind],
    detail: error.message,
    ...(error.retryAfter === undefined ? {} : { retryAfter: error.retryAfter }),
  };
}
