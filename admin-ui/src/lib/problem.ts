/** One bad field of a request: `path` as in JSON, `message` says how to mend it. */
export type FieldError = { readonly path: string; readonly message: string };

/** What the server refused, as `application/problem+json` says it; `status` 0: no answer came at all. */
export class ServerProblem extends Error {
  readonly status: number;
  readonly title: string;
  readonly errors: readonly FieldError[];
  /** What the server's log calls this request. */
  readonly requestId: string | undefined;

  constructor(status: number, title: string, detail: string, errors: readonly FieldError[] = [], requestId?: string) {
    super(detail);
    this.name = 'ServerProblem';
    this.status = status;
    this.title = title;
    this.errors = errors;
    this.requestId = requestId;
  }
}

/** Reads a refused answer. One that is no problem document (a proxy's page) keeps its status alone. */
export async function readProblem(response: Response): Promise<ServerProblem> {
  try {
    const body = (await response.json()) as Partial<ServerProblem> & { detail?: string };
    return new ServerProblem(
      response.status,
      body.title ?? response.statusText,
      body.detail ?? body.title ?? response.statusText,
      body.errors ?? [],
      body.requestId,
    );
  } catch {
    return new ServerProblem(response.status, response.statusText, response.statusText);
  }
}

/** The address could not be reached: no network, or the server is down. */
export const unreachable = (): ServerProblem => new ServerProblem(0, 'Unreachable', 'The server cannot be reached.');

/** Nobody is signed in any more. */
export const signedOut = (): ServerProblem => new ServerProblem(401, 'Unauthenticated', 'Sign in to go on.');
