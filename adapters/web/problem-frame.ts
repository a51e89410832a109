import { PROBLEM_STATUS, type Problem } from '#core/errors.ts';
import type { ServerFrame } from '#core/conversation/protocol.schema.ts';

type WireProblem = Extract<ServerFrame, { type: 'error' }>['problem'];

/** A problem as the chat socket tells it. */
export const wireProblem = ({ kind, message, retryAfter }: Problem): WireProblem => ({
  type: `/problems/${kind}`,
  ...PROBLEM_STATUS[kind],
  detail: message,
  ...(retryAfter === undefined ? {} : { retryAfter }),
});
