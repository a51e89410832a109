import { randomUUID } from 'node:crypto';
import Koa from 'koa';
import type { Endpoint } from './endpoint.ts';
import type { Limits } from './limits.ts';
import { documentPages } from './openapi.ts';
import { pages, type PageFolders } from './pages.ts';
import { problems } from './problem.ts';
import { routerOf } from './router.ts';
import { whoAsks, type Doorkeeper } from './who.ts';

/** What a request's log line says; never a body, a query or a token. */
export type RequestLine = { requestId: string; method: string; route: string; status: number; ms: number };

/** The HTTP side: a list in the order in which a request meets it. */
export function createApp(tools: {
  endpoints: readonly Endpoint[];
  limits: Limits;
  doorkeeper: Doorkeeper;
  folders: PageFolders;
  /** Origins of other sites whose pages may call the chat. */
  origins: readonly string[];
  trustedProxies: number;
  onRequest: (line: RequestLine) => void;
  onFault: (error: unknown, about: { requestId: string; path: string }) => void;
}): Koa {
  const app = new Koa({ proxy: tools.trustedProxies > 0, maxIpsCount: tools.trustedProxies });
  const router = routerOf(tools.endpoints, tools.limits);
  app.silent = true;
  app.use(async (ctx, next) => {
    const began = performance.now();
    const requestId =
      ctx
        .get('X-Request-Id')
        .replaceAll(/[^\w-]/g, '')
        .slice(0, 64) || randomUUID();
    ctx.state['requestId'] = requestId;
    ctx.set('X-Request-Id', requestId);
    await next();
    tools.onRequest({
      requestId,
      method: ctx.method,
      route: (ctx['routerPath'] as string | undefined) ?? (ctx['_matchedRoute'] as string | undefined) ?? 'page',
      status: ctx.status,
      ms: performance.now() - began,
    });
  });
  app.use(problems(tools.onFault));
  app.use(safeHeaders(tools.origins));
  app.use(async (ctx, next) => {
    if (!ctx.path.startsWith('/healthz') && !ctx.path.startsWith('/readyz'))
      await tools.limits.take('requests', ctx.ip);
    await next();
  });
  app.use(pages(tools.folders));
  app.use(documentPages(tools.endpoints));
  for (const step of whoAsks(tools.doorkeeper)) app.use(step);
  app.use(router.routes());
  app.use(router.allowedMethods());
  return app;
}

/** Headers for every answer, and CORS for the sites on the list: the widget on a shop's page talks to us across origins. */
const safeHeaders =
  (origins: readonly string[]): Koa.Middleware =>
  async (ctx, next) => {
    ctx.set('X-Content-Type-Options', 'nosniff');
    ctx.set('Referrer-Policy', 'strict-origin-when-cross-origin');
    ctx.set('X-Frame-Options', 'SAMEORIGIN');
    if (ctx.secure) ctx.set('Strict-Transport-Security', 'max-age=31536000; includeSubDomains');
    const origin = ctx.get('Origin');
    if (origin && origins.includes(origin)) {
      ctx.vary('Origin');
      ctx.set('Access-Control-Allow-Origin', origin);
      if (ctx.method === 'OPTIONS') {
        ctx.set('Access-Control-Allow-Methods', 'GET, POST, PUT, DELETE');
        ctx.set('Access-Control-Allow-Headers', 'Authorization, Content-Type, If-Match, Idempotency-Key');
        ctx.set('Access-Control-Max-Age', '600');
        ctx.status = 204;
        return;
      }
    }
    await next();
  };
