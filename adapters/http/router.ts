import { Router } from '@koa/router';
import { bodyParser } from '@koa/bodyparser';
import type { Context, Middleware } from 'koa';
import { invalid, Problem, unauthenticated } from '#core/errors.ts';
import type { Call, Caller, Endpoint, FileAnswer } from './endpoint.ts';
import { fromZod } from './problem.ts';
import type { Limits } from './limits.ts';
import { refuseUnstorable } from './storable.ts';
import { admit } from './who.ts';

/** Largest JSON or form body. */
const MAX_BODY = '256kb';
const MAX_KEY = 200;

const json = bodyParser({ enableTypes: ['json'], jsonLimit: MAX_BODY, onError: unreadable });
const form = bodyParser({
  enableTypes: ['json', 'form'],
  jsonLimit: MAX_BODY,
  formLimit: MAX_BODY,
  onError: unreadable,
});

function unreadable(error: Error): never {
  if ('status' in error && error.status === 413) throw new Problem('too-large', `The body is larger than ${MAX_BODY}.`);
  if ('status' in error && error.status === 415)
    throw new Problem(
      'unsupported',
      'The body is compressed in a way that is not known here: send it plain, or by gzip.',
    );
  throw new Problem('invalid', 'The body cannot be read: send JSON with Content-Type: application/json.');
}

/** A router in which every endpoint is admitted, limited, parsed, and answered in the same way. */
export function routerOf(endpoints: readonly Endpoint[], limits: Limits): Router {
  const router = new Router();
  for (const endpoint of endpoints) {
    // Whoever may not do it is told so before his body is read.
    const steps: Middleware[] = [entrance(endpoint, limits)];
    if (endpoint.body && endpoint.body !== 'bytes') steps.push(typed(endpoint), endpoint.form ? form : json);
    steps.push((ctx) => answer(ctx, endpoint));
    router[endpoint.method](endpoint.path.replaceAll(/\{(\w+)\}/g, ':$1'), ...(steps as [Middleware]));
  }
  return router;
}

/** Refuses a body of another kind than the endpoint takes; none at all is read as an empty one. */
const typed =
  (endpoint: Endpoint): Middleware =>
  (ctx, next) => {
    if (ctx.is('json', ...(endpoint.form ? ['urlencoded'] : [])) === false && ctx.request.length !== 0)
      throw new Problem('unsupported', 'Send JSON with Content-Type: application/json.');
    return next();
  };

/** Takes the request from its allowance, and lets in whoever may do what he asks for. */
const entrance =
  (endpoint: Endpoint, limits: Limits): Middleware =>
  async (ctx, next) => {
    const caller = ctx.state['caller'] as Caller;
    if (endpoint.limit) {
      const left = await limits.take(endpoint.limit, limitKey(endpoint, caller, ctx.ip));
      ctx.set('RateLimit-Limit', String(left.limit));
      ctx.set('RateLimit-Remaining', String(left.remaining));
      ctx.set('RateLimit-Reset', String(left.resetSeconds));
    }
    admit(caller, endpoint.allow, ctx.headers.authorization !== undefined);
    await next();
  };

async function answer(ctx: Context, endpoint: Endpoint): Promise<void> {
  const params = endpoint.params?.safeParse(ctx['params']);
  // An id that cannot be one is nowhere to be found.
  if (params && !params.success) throw new Problem('not-found', `There is nothing at ${ctx.method} ${ctx.path}.`);
  if (endpoint.query) refuseUnstorable(ctx.query, 'query');
  const query = endpoint.query?.safeParse(ctx.query);
  if (query && !query.success) throw fromZod(query.error, 'query');
  const schema = endpoint.body === 'bytes' ? undefined : endpoint.body;
  const sent = schema && ((ctx.request as { body?: unknown }).body ?? {});
  refuseUnstorable(sent, 'body');
  const body = schema?.safeParse(sent);
  if (body && !body.success) throw fromZod(body.error, 'body');
  const call: Call<unknown, unknown, unknown> = {
    params: params?.data,
    query: query?.data,
    body: body?.data,
    caller: ctx.state['caller'] as Caller,
    ip: ctx.ip,
    ifMatch: versionOf(ctx.get('If-Match')),
    idempotencyKey: keyOf(ctx.get('Idempotency-Key')),
    stream: ctx.req,
    setHeader: (name, value) => ctx.set(name, value),
  };
  const value = await endpoint.handle(call);
  ctx.status = endpoint.status;
  if (endpoint.returns === 'nothing') ctx.body = null;
  else if (endpoint.returns === 'file') sendFile(ctx, value as FileAnswer);
  else ctx.body = value;
  if (endpoint.returns === 'nothing') ctx.status = 204;
}

/** A visitor's messages count for the conversation, everything else for the address or the person. */
function limitKey(endpoint: Endpoint, caller: Caller, ip: string): string {
  if (endpoint.limit === 'messages' && caller.kind === 'visitor') return caller.sessionId;
  return caller.kind === 'user' ? caller.id : ip;
}

/** A client's own name for a request: a UUID, for example. */
function keyOf(header: string): string | undefined {
  if (header.length > MAX_KEY) throw invalid(`An Idempotency-Key has ${MAX_KEY} characters at most.`);
  return header || undefined;
}

/** The version that an `If-Match` names: `"7"` or `7`. */
function versionOf(header: string): number | undefined {
  const version = /^(?:W\/)?"?(\d+)"?$/.exec(header.trim())?.[1];
  return version === undefined ? undefined : Number(version);
}

/** Always as a download of a type that we found out ourselves, in a sandbox: a file of a customer's must never run. */
function sendFile(ctx: Context, file: FileAnswer): void {
  ctx.set('Content-Disposition', `attachment; filename*=UTF-8''${encodeURIComponent(file.name)}`);
  ctx.set('Content-Security-Policy', "default-src 'none'; sandbox");
  ctx.set('X-Content-Type-Options', 'nosniff');
  ctx.set('Cache-Control', 'private, max-age=3600');
  ctx.type = file.type;
  ctx.length = file.bytes;
  ctx.body = file.stream;
}

/** The signed-in person behind a call. */
export function userOf(caller: Caller): Extract<Caller, { kind: 'user' }> {
  if (caller.kind !== 'user') throw unauthenticated('This needs somebody who signed in.');
  return caller;
}
