import type { Readable } from 'node:stream';
import { z } from 'zod';
import type { Permission, Role } from '#core/access/roles.ts';
import type { ProblemKind } from '#core/errors.ts';

/** Who asks. A visitor holds the token of one conversation. */
export type Caller =
  | { kind: 'anonymous' }
  | { kind: 'visitor'; sessionId: string; contactId: string }
  | { kind: 'user'; id: string; roles: readonly Role[]; signIn: string };

/** Who may ask: anybody; whoever holds a token of any kind; anybody signed in; a person with that permission. It cannot be left out. */
export type Allow = 'anyone' | 'token' | 'signed-in' | Permission;

/** Which allowance a request is taken from; each is a setting. */
export type LimitTier = 'sessions' | 'messages' | 'logins' | 'loginsPerEmail' | 'signUps' | 'searches' | 'uploads';

/** A stored file as an answer. */
export type FileAnswer = { stream: Readable; type: string; bytes: number; name: string };

/** One request, parsed: what a handler is given. */
export type Call<Params, Query, Body> = {
  params: Params;
  query: Query;
  body: Body;
  caller: Caller;
  /** The sender's address; behind trusted proxies the one that they report. */
  ip: string;
  /** `If-Match` as a version; undefined when it was not sent. */
  ifMatch: number | undefined;
  idempotencyKey: string | undefined;
  /** The body's bytes, for an endpoint whose `body` is `'bytes'`. */
  stream: Readable;
  setHeader: (name: string, value: string) => void;
};

type Schema = z.ZodType | undefined;
type Parsed<S extends Schema> = S extends z.ZodType ? z.output<S> : undefined;

/** An endpoint is a value: the router, the document and the list of permissions are all made from it. */
export type Endpoint = {
  method: 'get' | 'post' | 'put' | 'delete';
  /** As OpenAPI writes it: `/tickets/{ticket_id}`. */
  path: string;
  summary: string;
  tag: string;
  allow: Allow;
  params?: z.ZodObject;
  query?: z.ZodObject;
  /** `'bytes'`: not read before the handler asks for it. */
  body?: z.ZodType | 'bytes';
  /** RFC 6749 takes forms as well as JSON. */
  form?: true;
  returns: z.ZodType | 'nothing' | 'file';
  /** Takes an `Idempotency-Key`: a request that is sent again under the same one is done once. */
  idempotent?: true;
  /** The answer's type, where it is not JSON. */
  produces?: string;
  status: number;
  problems: readonly ProblemKind[];
  limit?: LimitTier;
  handle(call: Call<unknown, unknown, unknown>): Promise<unknown>;
};

type Spec<P, Q, B> = {
  summary: string;
  allow: Allow;
  params?: P;
  query?: Q;
  body?: B;
  form?: true;
  returns: z.ZodType | 'nothing' | 'file';
  idempotent?: true;
  produces?: string;
  status?: number;
  problems?: readonly ProblemKind[];
  limit?: LimitTier;
};

const maker =
  (method: Endpoint['method'], usual: number) =>
  <
    P extends z.ZodObject | undefined = undefined,
    Q extends z.ZodObject | undefined = undefined,
    B extends z.ZodType | 'bytes' | undefined = undefined,
  >(
    path: string,
    spec: Spec<P, Q, B>,
    handle: (call: Call<Parsed<P>, Parsed<Q>, B extends z.ZodType ? z.output<B> : undefined>) => unknown,
  ): Endpoint => ({
    ...(spec as Spec<z.ZodObject, z.ZodObject, z.ZodType | 'bytes'>),
    method,
    path,
    tag: path.split('/')[1] ?? '',
    status: spec.status ?? (spec.returns === 'nothing' ? 204 : usual),
    problems: spec.problems ?? [],
    handle: async (call) => handle(call as Parameters<typeof handle>[0]),
  });

export const get = maker('get', 200);
export const post = maker('post', 201);
export const put = maker('put', 200);
export const del = maker('delete', 204);

/** Path parameters with one id in them. */
export const byId = <Name extends string>(name: Name): z.ZodObject<Record<Name, z.ZodUUID>> =>
  z.object({ [name]: z.uuid() } as Record<Name, z.ZodUUID>);
