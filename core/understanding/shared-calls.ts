/** Answers equal questions that are asked at the same time with one call. */
export type SharedCalls<T> = (
  key: string,
  signal: AbortSignal,
  call: (signal: AbortSignal) => Promise<T>,
) => Promise<T>;

/** The value, or the signal's reason as soon as it aborts, whatever the promise does. */
export async function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const abort = (): void => aborted.reject(signal.reason);
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort);
  try {
    return await Promise.race([promise, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

/** Each caller leaves when its own signal aborts; the call itself is aborted when all have left. */
export function createSharedCalls<T>(): SharedCalls<T> {
  const running = new Map<string, { promise: Promise<T>; abort: AbortController; callers: number }>();
  return async (key, signal, call) => {
    signal.throwIfAborted();
    let shared = running.get(key);
    if (!shared) {
      const abort = new AbortController();
      const promise = call(abort.signal).finally(() => {
        if (running.get(key) === shared) running.delete(key);
      });
      promise.catch(() => {}); // Whoever still waits hears of it; when all have left nobody does.
      shared = { promise, abort, callers: 0 };
      running.set(key, shared);
    }
    shared.callers++;
    try {
      return await untilAborted(shared.promise, signal);
    } finally {
      if (--shared.callers === 0) {
        if (running.get(key) === shared) running.delete(key);
        shared.abort.abort(signal.reason);
      }
    }
  };
}
