import { hash, verify, type Options } from '@node-rs/argon2';
import { unavailable } from '#core/errors.ts';

/** Hashes and checks passwords (argon2id), a few at a time. */
export type Passwords = {
  /** The PHC string to store. Throws a `Problem` (unavailable) when too many wait. */
  hash(password: string): Promise<string>;
  /**
   * Whether the password is the one that was hashed. For an unknown user pass `null`: it takes as long, and is false, so
   * nobody learns from the time who has an account. Throws a `Problem` (unavailable) when too many wait.
   */
  verify(password: string, stored: string | null): Promise<boolean>;
};

// OWASP's minimum for argon2id (which the package takes by itself); 5–20 ms on one core.
const COST: Options = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
// Of random bytes that nobody kept, at the same cost.
const NOBODY = '$argon2id$v=19$m=19456,t=2,p=1$s37DdiTbjuOGqqRTyMqoCg$sLAh24XUqhPYWZteAc3B62q4DNLCx8KxasvpUK9O2iY';

/**
 * `atOnce` hashes run beside each other, others wait in line, `waiting` at most. Each takes one of the four threads that
 * file and name look-ups need too, so by default a flood of sign-ins leaves them two.
 */
export function createPasswords({ atOnce = 2, waiting = 200 }: { atOnce?: number; waiting?: number } = {}): Passwords {
  const line = createLine(atOnce, waiting);
  return {
    hash: (password) => line(() => hash(normal(password), COST)),
    verify: (password, stored) =>
      line(async () => (await verify(stored ?? NOBODY, normal(password))) && stored !== null),
  };
}

/** The same password typed on another keyboard or system has the same bytes. */
const normal = (password: string): string => password.normalize('NFKC');

function createLine(atOnce: number, most: number): <T>(job: () => Promise<T>) => Promise<T> {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (job) => {
    if (running >= atOnce) {
      if (waiting.length >= most)
        throw unavailable('Too many are signing in at this moment. Try again in a few seconds.', 5);
      await new Promise<void>((resolve) => waiting.push(resolve));
    } else running++;
    try {
      return await job();
    } finally {
      // The place goes straight to the next in line, so nobody can slip in between.
      const next = waiting.shift();
      if (next) next();
      else running--;
    }
  };
}
