import { setTimeout as pause } from 'node:timers/promises';

/** Asks again until there is an answer; throws the last error when there was none in time. */
export async function untilItAnswers<T>(ask: () => Promise<T>, withinMs = 30_000): Promise<T> {
  const end = performance.now() + withinMs;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (performance.now() > end) throw error;
    }
    await pause(100);
  }
}
