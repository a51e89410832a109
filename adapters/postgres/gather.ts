/** Most calls that share one statement. */
const MOST = 64;
/** Statements under way at once: one commits while the next gathers. */
const STATEMENTS = 2;

/**
 * Calls that come together share a statement: `run` takes them all and answers each by its place. What comes in this tick, or
 * while earlier statements are under way, goes together. When `run` rejects, all of that statement do.
 */
export function gather<In, Out>(run: (calls: readonly In[]) => Promise<readonly Out[]>): (call: In) => Promise<Out> {
  type Waiting = { call: In; resolve: (out: Out) => void; reject: (error: unknown) => void };
  let waiting: Waiting[] = [];
  let running = 0;
  let planned = false;

  async function flush(): Promise<void> {
    planned = false;
    if (!waiting.length || running >= STATEMENTS) return;
    running++;
    const batch = waiting.slice(0, MOST);
    waiting = waiting.slice(MOST);
    plan();
    try {
      const answers = await run(batch.map(({ call }) => call));
      batch.forEach(({ resolve }, index) => resolve(answers[index]!));
    } catch (error) {
      for (const { reject } of batch) reject(error);
    } finally {
      running--;
      plan();
    }
  }

  function plan(): void {
    if (planned || !waiting.length || running >= STATEMENTS) return;
    planned = true;
    setImmediate(() => void flush());
  }

  return (call) =>
    new Promise((resolve, reject) => {
      waiting.push({ call, resolve, reject });
      plan();
    });
}
