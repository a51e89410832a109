import type { TokenAnswer } from '#core/access/access.schema.ts';
import { readProblem, signedOut, unreachable } from './problem.ts';

const REFRESH_KEY = 'frontdesk.refresh';
const LOCK = 'frontdesk.refresh';
/** An access token that ends sooner is renewed before it is used, so that no request dies under way. */
const SPARE_MS = 30_000;

/** Who is signed in at this browser. The access token lives in memory, the refresh token where all tabs see it. */
export type Session = {
  signedIn: () => boolean;
  subscribe: (onChange: () => void) => () => void;
  signIn: (email: string, password: string) => Promise<void>;
  signOut: () => Promise<void>;
  /** An access token that is good for now. Throws `ServerProblem` 401 when nobody is signed in. */
  access: () => Promise<string>;
  /** Renews a token that the server refused; a token that was renewed meanwhile is given as it is. */
  renewed: (refused: string) => Promise<string>;
  /** Ends this browser's session in all tabs, without asking the server. */
  forget: () => void;
};

/** Runs `work` in one tab at a time. */
export type Exclusively = <T>(name: string, work: () => Promise<T>) => Promise<T>;

type Tools = {
  fetch: typeof fetch;
  storage: Storage;
  exclusively: Exclusively;
  now: () => number;
  /** Calls back when another tab changed the storage. */
  onStorage: (changed: (key: string | null) => void) => void;
};

/** One refresh at a time: within a tab by a shared promise, among tabs by a lock, since a refresh token works once. */
export function createSession({ fetch, storage, exclusively, now, onStorage }: Tools): Session {
  let access: { token: string; expiresAt: number } | undefined;
  let renewing: Promise<string> | undefined;
  const listeners = new Set<() => void>();
  const changed = (): void => listeners.forEach((listener) => listener());

  function take(answer: TokenAnswer): string {
    access = { token: answer.access_token, expiresAt: now() + answer.expires_in * 1_000 };
    storage.setItem(REFRESH_KEY, answer.refresh_token);
    changed();
    return answer.access_token;
  }

  function forget(): void {
    access = undefined;
    storage.removeItem(REFRESH_KEY);
    changed();
  }

  const post = async (path: string, body: unknown, token?: string): Promise<Response> => {
    const headers: Record<string, string> = { 'Content-Type': 'application/json' };
    if (token !== undefined) headers.Authorization = `Bearer ${token}`;
    try {
      return await fetch(path, { method: 'POST', headers, body: JSON.stringify(body) });
    } catch {
      throw unreachable();
    }
  };

  async function refresh(): Promise<string> {
    // Read inside the lock: another tab may have used up the token that stood here before.
    const token = storage.getItem(REFRESH_KEY);
    if (token === null) throw signedOut();
    const response = await post('/auth/refresh', { refresh_token: token });
    if (response.ok) return take((await response.json()) as TokenAnswer);
    if (response.status < 500 && response.status !== 429) {
      forget();
      throw signedOut();
    }
    throw await readProblem(response);
  }

  function renew(): Promise<string> {
    renewing ??= exclusively(LOCK, refresh).finally(() => {
      renewing = undefined;
    });
    return renewing;
  }

  onStorage((key) => {
    if (key !== null && key !== REFRESH_KEY) return;
    if (storage.getItem(REFRESH_KEY) === null) access = undefined;
    changed();
  });

  return {
    signedIn: () => storage.getItem(REFRESH_KEY) !== null,
    subscribe(onChange) {
      listeners.add(onChange);
      return () => listeners.delete(onChange);
    },
    async signIn(email, password) {
      const response = await post('/auth/login', { email, password });
      if (!response.ok) throw await readProblem(response);
      take((await response.json()) as TokenAnswer);
    },
    async signOut() {
      const token = access?.token;
      forget();
      // The browser forgets first: signing out works without a network too, and the server's part ends by itself in time.
      if (token !== undefined) await post('/auth/logout', {}, token).catch(() => undefined);
    },
    async access() {
      if (storage.getItem(REFRESH_KEY) === null) throw signedOut();
      return access && access.expiresAt - SPARE_MS > now() ? access.token : renew();
    },
    async renewed(refused) {
      return access && access.token !== refused ? access.token : renew();
    },
    forget,
  };
}
