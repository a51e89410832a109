import type { GuardedFetch } from './guarded-fetch.ts';

/** Largest answer that a flow looks at. */
const MAX_BYTES = 64 * 1024;

/** What came of a look-up; `status` null: there was no answer. */
export type LookUpAnswer = { ok: true; body: unknown } | { ok: false; status: number | null };

/** A read over HTTP that a flow asks for. Whatever goes wrong is an answer: the flow says what then. */
export async function flowLookUp(
  guardedFetch: GuardedFetch,
  { url, timeoutMs }: { url: string; timeoutMs: number },
  signal: AbortSignal,
): Promise<LookUpAnswer> {
  try {
    const answer = await guardedFetch(url, { timeoutMs, maxBytes: MAX_BYTES, signal });
    if (answer.status !== 200) return { ok: false, status: answer.status };
    return { ok: true, body: JSON.parse(answer.body.toString('utf8')) as unknown };
  } catch {
    return { ok: false, status: null };
  }
}
