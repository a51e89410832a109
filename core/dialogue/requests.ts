import { types } from 'node:util';
import type { KnowledgeHit } from '#core/knowledge/hit.ts';
import type { UnderstandQuery, Understood } from '#core/understanding/understood.ts';
import type { DeskStatus, HttpAnswer, LocalLookups, Lookups, TicketStatus } from './turn.ts';

type Name = keyof Lookups;
/** One look-up that a turn asks for. */
export type Request = { [Key in Name]: { name: Key; args: Parameters<Lookups[Key]> } }[Name];
/** What a look-up answers. */
type AnswerOf = {
  understand: Understood;
  search: readonly KnowledgeHit[];
  http: HttpAnswer;
  desk: DeskStatus;
  ticketNumber: string;
  ticket: TicketStatus | null;
};
export type Answer = AnswerOf[Name];

/** Look-ups that run beside each other. `enough`: with these answers the rest is not waited for. */
export type Batch = {
  requests: readonly Request[];
  enough?: (answers: readonly (Answer | undefined)[]) => boolean;
};
/** One answer for each request, in their order; undefined where it was not waited for. */
export type Answers = readonly (Answer | undefined)[];
/** A part of a turn: yields what it needs to know, and goes on with the answers. */
export type Asking<Result> = Generator<Batch, Result, Answers>;

/** Asks for one thing. */
export function* ask<Key extends Name>(name: Key, ...args: Parameters<Lookups[Key]>): Asking<AnswerOf[Key]> {
  const [answer] = yield { requests: [{ name, args } as Request] };
  return answer as AnswerOf[Key];
}

/** What stands in for an answer that could not be had, where the conversation can go on without it; else undefined. */
export function standIn(request: Request): Answer | undefined {
  if (request.name === 'understand') return notUnderstood(request.args[0]);
  if (request.name === 'search') return [];
  if (request.name === 'http') return { ok: false, status: null };
  return undefined;
}

/** Nothing is known of what a message means. */
export const notUnderstood = (_query?: UnderstandQuery): Understood => ({
  rung: 'fallback',
  intent: null,
  confidence: 0,
  ranking: [],
  outOfScope: false,
  slots: {},
  locale: null,
  followUp: false,
  mood: 'calm',
  took: 0,
});

const call = (lookups: Lookups | LocalLookups, { name, args }: Request): unknown =>
  (lookups[name] as (...args: unknown[]) => unknown)(...args);

/** Runs a turn on what the process knows; undefined when that is not all it needs. */
export function runLocally<Result>(turn: Asking<Result>, lookups: LocalLookups): Result | undefined {
  let next = turn.next([]);
  while (!next.done) {
    const answers: Answer[] = [];
    for (const request of next.value.requests) {
      const answer = call(lookups, request);
      if (answer === undefined) return undefined;
      answers.push(answer as Answer);
    }
    next = turn.next(answers);
  }
  return next.value;
}

/** Runs a turn, waiting for what it asks. Rejects when something that cannot be done without could not be had. */
export async function runWaiting<Result>(turn: Asking<Result>, lookups: Lookups): Promise<Result> {
  let next = turn.next([]);
  while (!next.done) next = turn.next(await answersTo(next.value, lookups));
  return next.value;
}

async function answersTo({ requests, enough }: Batch, lookups: Lookups): Promise<Answers> {
  const answers: (Answer | undefined)[] = requests.map(() => undefined);
  const isEnough = (): boolean => enough?.(answers) ?? false;

  /** Keeps an answer that is known at once; else returns the wait for it. */
  function begin(i: number, request: Request): Promise<void> | undefined {
    const fail = (error: unknown): void => {
      answers[i] = standIn(request);
      if (answers[i] === undefined) throw error;
    };
    try {
      const answer = call(lookups, request) as Answer | Promise<Answer>;
      if (types.isPromise(answer)) return answer.then((given) => void (answers[i] = given)).catch(fail);
      answers[i] = answer;
      return undefined;
    } catch (error) {
      return Promise.reject(error as Error).catch(fail);
    }
  }

  const open: Promise<void>[] = [];
  for (const [i, request] of requests.entries()) {
    const waiting = begin(i, request);
    if (waiting) open.push(waiting);
    // What the process knows may be enough: then no model is asked in vain, for others wait for it.
    else if (open.length === 0 && isEnough()) return answers;
  }
  await new Promise<void>((resolve, reject) => {
    let left = open.length;
    if (left === 0) resolve();
    for (const one of open)
      void one.then(() => {
        left -= 1;
        if (left === 0 || isEnough()) resolve();
        return undefined;
      }, reject);
  });
  return [...answers];
}
