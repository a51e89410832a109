import { createRequire } from 'node:module';
import fs from 'node:fs';
import path from 'node:path';
import type { Middleware } from 'koa';
import { z } from 'zod';
import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiPathsObject } from 'zod-openapi';
import { PROBLEM_STATUS, type ProblemKind } from '#core/errors.ts';
import type { Endpoint } from './endpoint.ts';

const ProblemDocument = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    detail: z.string(),
    errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
    requestId: z.string(),
  })
  .meta({ id: 'Problem', description: 'RFC 9457; `errors` names each bad field by its path.' });

/** Those that the endpoint names, and those that the road to it may end in. */
function problemsOf(endpoint: Endpoint): Set<ProblemKind> {
  const { allow, body, params, query } = endpoint;
  const kinds: ProblemKind[] = [...endpoint.problems, 'too-many', 'unavailable'];
  if (allow !== 'anyone') kinds.push('unauthenticated');
  if (allow !== 'anyone' && allow !== 'token') kinds.push('forbidden');
  if (params) kinds.push('not-found');
  if (query || body) kinds.push('invalid');
  if (body && body !== 'bytes') kinds.push('too-large', 'unsupported');
  return new Set(kinds);
}

const IfMatch = z.object({
  'If-Match': z.string().optional().meta({ description: 'The version that is changed: `"7"`.', example: '"7"' }),
});
const IdempotencyKey = z.object({
  'Idempotency-Key': z
    .string()
    .max(200)
    .optional()
    .meta({ description: 'Your own name for this request: sent again, it is done once.', example: 'f3b1a0c2-filing' }),
});

function headersOf({ problems, idempotent }: Endpoint): { header?: z.ZodObject } {
  if (problems.includes('stale')) return { header: IfMatch };
  return idempotent ? { header: IdempotencyKey } : {};
}

function operation(endpoint: Endpoint): ZodOpenApiOperationObject {
  const answers: ZodOpenApiOperationObject['responses'] = {
    [String(endpoint.status) as '200']:
      endpoint.returns === 'nothing'
        ? { description: 'Done.' }
        : endpoint.returns === 'file'
          ? {
              description: 'The file.',
              content: { 'application/octet-stream': { schema: z.string().meta({ format: 'binary' }) } },
            }
          : {
              description: endpoint.summary,
              content: { [endpoint.produces ?? 'application/json']: { schema: endpoint.returns } },
            },
  };
  for (const kind of problemsOf(endpoint)) {
    const { status, title } = PROBLEM_STATUS[kind];
    answers[String(status) as '400'] = {
      description: title,
      content: { 'application/problem+json': { schema: ProblemDocument } },
    };
  }
  return {
    operationId: `${endpoint.method}${endpoint.path.replaceAll(/[/{}_-]+(\w?)/g, (_, letter: string) => letter.toUpperCase())}`,
    summary: endpoint.summary,
    tags: [endpoint.tag],
    security: endpoint.allow === 'anyone' ? [] : [{ bearer: [] }],
    requestParams: {
      ...(endpoint.params ? { path: endpoint.params } : {}),
      ...(endpoint.query ? { query: endpoint.query } : {}),
      ...headersOf(endpoint),
    },
    ...(endpoint.body === 'bytes'
      ? {
          requestBody: {
            required: true,
            content: { 'application/octet-stream': { schema: z.string().meta({ format: 'binary' }) } },
          },
        }
      : endpoint.body
        ? {
            requestBody: {
              required: true,
              content: {
                'application/json': { schema: endpoint.body },
                ...(endpoint.form ? { 'application/x-www-form-urlencoded': { schema: endpoint.body } } : {}),
              },
            },
          }
        : {}),
    responses: answers,
  };
}

/** The OpenAPI document, made from the same schemas that validate. */
export function openApiDocument(endpoints: readonly Endpoint[]): ReturnType<typeof createDocument> {
  const paths: ZodOpenApiPathsObject = {};
  for (const endpoint of endpoints) (paths[endpoint.path] ??= {})[endpoint.method] = operation(endpoint);
  return createDocument({
    openapi: '3.1.0',
    info: {
      title: 'Frontdesk',
      version: '1',
      description:
        'Chat, desk, tickets and knowledge. The live chat’s WebSocket protocol is described in docs/websocket.md.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } },
    paths,
  });
}

const PAGE = `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Frontdesk API</title><link rel="icon" href="data:,"><link rel="stylesheet" href="/docs/swagger-ui.css">
<div id="ui"></div><script src="/docs/swagger-ui-bundle.js"></script><script src="/docs/start.js"></script></html>`;
const START = `SwaggerUIBundle({ url: '/openapi.json', dom_id: '#ui', deepLinking: true, validatorUrl: null });`;
const FILES: Readonly<Record<string, string>> = {
  'swagger-ui.css': 'text/css',
  'swagger-ui-bundle.js': 'text/javascript',
};

/** `/openapi.json`, and `/docs` to browse it offline. */
export function documentPages(endpoints: readonly Endpoint[]): Middleware {
  let made: string | undefined;
  const folder = path.dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
  return async (ctx, next) => {
    const name = ctx.path.startsWith('/docs/') ? ctx.path.slice('/docs/'.length) : '';
    const type = FILES[name];
    if (ctx.method !== 'GET') await next();
    else if (ctx.path === '/openapi.json') {
      ctx.type = 'application/json';
      ctx.body = made ??= JSON.stringify(openApiDocument(endpoints));
    } else if (ctx.path === '/docs') {
      ctx.set('Content-Security-Policy', "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:");
      ctx.type = 'text/html';
      ctx.body = PAGE;
    } else if (ctx.path === '/docs/start.js') {
      ctx.type = 'text/javascript';
      ctx.body = START;
    } else if (type) {
      ctx.type = type;
      ctx.set('Cache-Control', 'public, max-age=86400');
      ctx.body = fs.createReadStream(path.join(folder, name));
    } else await next();
  };
}
