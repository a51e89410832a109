import type { Attachment } from '#core/conversation/content.schema.ts';
import { readProblem, signedOut, unreachable } from './problem.ts';
import type { Session } from './session.ts';

/** Values of a query string; `undefined` and empty ones are left out. */
export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

type Asking = Omit<RequestInit, 'headers'> & { headers?: Record<string, string> };
type Sending = { body?: unknown; ifMatch?: number; signal?: AbortSignal };

/** The server's HTTP interface, as the signed-in user. Every refusal is thrown as `ServerProblem`. */
export type Api = {
  get: <T>(path: string, query?: Query, signal?: AbortSignal) => Promise<T>;
  send: <T>(method: 'POST' | 'PUT' | 'DELETE', path: string, sending?: Sending) => Promise<T>;
  /** Stores a file for a conversation; a message names it then. */
  upload: (file: File, sessionId: string) => Promise<Attachment>;
  download: (uploadId: string, signal?: AbortSignal) => Promise<Blob>;
};

/** A refused access token is renewed once; refused again, the browser's session ends in all tabs. */
export function createApi({ fetch, session }: { fetch: typeof globalThis.fetch; session: Session }): Api {
  async function ask(path: string, init: Asking = {}): Promise<Response> {
    const attempt = async (token: string): Promise<Response> => {
      try {
        return await fetch(path, { ...init, headers: { ...init.headers, Authorization: `Bearer ${token}` } });
      } catch (error) {
        if (init.signal?.aborted) throw error;
        throw unreachable();
      }
    };
    const token = await session.access();
    let response = await attempt(token);
    if (response.status === 401) {
      response = await attempt(await session.renewed(token));
      if (response.status === 401) {
        session.forget();
        throw signedOut();
      }
    }
    if (!response.ok) throw await readProblem(response);
    return response;
  }

  return {
    get: async (path, query = {}, signal) => json(await ask(`${path}${queryString(query)}`, signal ? { signal } : {})),
    async send(method, path, { body, ifMatch, signal } = {}) {
      const headers: Record<string, string> = {};
      if (body !== undefined) headers['Content-Type'] = 'application/json';
      if (ifMatch !== undefined) headers['If-Match'] = `"${ifMatch}"`;
      const init: Asking = { method, headers };
      if (body !== undefined) init.body = JSON.stringify(body);
      if (signal) init.signal = signal;
      return json(await ask(path, init));
    },
    upload: async (file, sessionId) =>
      json(
        await ask(`/uploads${queryString({ name: file.name, sessionId })}`, {
          method: 'POST',
          headers: { 'Content-Type': file.type || 'application/octet-stream' },
          body: file,
        }),
      ),
    download: async (uploadId, signal) => (await ask(`/uploads/${uploadId}`, signal ? { signal } : {})).blob(),
  };
}

const json = async <T>(response: Response): Promise<T> =>
  (response.status === 204 ? undefined : await response.json()) as T;

function queryString(query: Query): string {
  const given = Object.entries(query).flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : [[name, String(value)]],
  );
  return given.length > 0 ? `?${new URLSearchParams(given).toString()}` : '';
}
