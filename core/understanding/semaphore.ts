/** Why nobody was let in: `full` no place left to wait, `late` waited as long as one may. */
export class Busy extends Error {
  readonly reason: 'full' | 'late';

  constructor(reason: 'full' | 'late', detail: string) {
    super(detail);
    this.name = 'Busy';
    this.reason = reason;
  }
}

/** Lets so many in at once, and the next ones wait in a line of bounded length for a bounded time. */
export type Semaphore = {
  /** Resolves with how to leave again, at once or when a place is free. Rejects with `Busy`, or with the signal's reason. */
  enter: (signal: AbortSignal) => Promise<() => void>;
  load: () => { inside: number; waiting: number };
  /** Whether one more would find a place, inside or in the line. */
  hasRoom: () => boolean;
};

/** `within` gives the signal that aborts after so many milliseconds. */
export function createSemaphore(tools: {
  places: number;
  line: number;
  waitMs: number;
  within: (ms: number) => AbortSignal;
}): Semaphore {
  const { places, line, waitMs, within } = tools;
  const waiting = new Set<() => void>();
  let inside = 0;

  /** A place to leave once; whoever waits longest takes it over. */
  function place(): () => void {
    let left = false;
    return () => {
      if (left) return;
      left = true;
      const [next] = waiting;
      if (next) next();
      else inside--;
    };
  }

  function wait(signal: AbortSignal): Promise<() => void> {
    const { promise, resolve, reject } = Promise.withResolvers<() => void>();
    const patience = within(waitMs);
    const rest = (): void => {
      waiting.delete(admit);
      signal.removeEventListener('abort', leave);
      patience.removeEventListener('abort', giveUp);
    };
    const admit = (): void => {
      rest();
      resolve(place());
    };
    const leave = (): void => {
      rest();
      reject(signal.reason);
    };
    const giveUp = (): void => {
      rest();
      reject(new Busy('late', `No place was free within ${waitMs} ms.`));
    };
    waiting.add(admit);
    signal.addEventListener('abort', leave);
    patience.addEventListener('abort', giveUp);
    return promise;
  }

  return {
    async enter(signal) {
      signal.throwIfAborted();
      if (inside < places) {
        inside++;
        return place();
      }
      if (waiting.size >= line) throw new Busy('full', `${inside} are being served and ${waiting.size} wait.`);
      return wait(signal);
    },
    load: () => ({ inside, waiting: waiting.size }),
    hasRoom: () => inside < places || waiting.size < line,
  };
}
