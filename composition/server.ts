import path from 'node:path';
import { createAgentSockets } from '#adapters/http/agent-sockets.ts';
import { createApp } from '#adapters/http/app.ts';
import { authEndpoints } from '#adapters/http/auth.endpoints.ts';
import { chatEndpoints } from '#adapters/http/chat.endpoints.ts';
import { deskEndpoints } from '#adapters/http/desk.endpoints.ts';
import { healthEndpoints } from '#adapters/http/health.endpoints.ts';
import { knowledgeEndpoints } from '#adapters/http/knowledge.endpoints.ts';
import { createLimits } from '#adapters/http/limits.ts';
import { listen } from '#adapters/http/listen.ts';
import { ticketsEndpoints } from '#adapters/http/tickets.endpoints.ts';
import { uploadsEndpoints } from '#adapters/http/uploads.endpoints.ts';
import { createChatSockets } from '#adapters/web/chat-sockets.ts';
import { verifyAccess } from '#core/access/tokens.ts';
import { createAllowance } from '#core/channel/allowance.ts';
import { createReplyWaiter } from '#core/channel/reply-waiter.ts';
import type { Configuration } from '#core/configuration.ts';
import { Problem } from '#core/errors.ts';
import type { Content } from './content.ts';
import type { Engine } from './engine.ts';
import type { Foundation } from './foundation.ts';
import type { Stops } from './stops.ts';

const ROOT = path.resolve(import.meta.dirname, '..');
const CURSORS_MS = 1_000;
const TEND_MS = 10_000;

/** HTTP and sockets on one port, which it returns; a worker serves nothing but its health. */
export async function startServing(
  foundation: Foundation,
  content: Content,
  engine: Engine,
  role: Configuration['role'],
  stops: Stops,
): Promise<number> {
  const { configuration, onError } = foundation;
  const { metrics } = engine;
  const state = { draining: false };
  const sockets = buildSockets(foundation, engine);
  metrics.watch({ name: 'frontdesk_sockets', help: 'Open WebSockets.', label: 'kind' }, () => ({
    chat: sockets.chat.open,
    agent: sockets.agent.open,
  }));
  const timers = [
    setInterval(() => void engine.cursors.flush().catch(onError), CURSORS_MS),
    setInterval(() => void Promise.all([sockets.chat.tend(), sockets.agent.tend()]).catch(onError), TEND_MS),
  ];
  stops.push(metrics.close, () => timers.forEach(clearInterval));
  const server = await listen({
    app: buildApp(foundation, content, engine, { role, draining: () => state.draining }),
    port: configuration.port,
    host: configuration.host,
    sockets: role === 'worker' ? undefined : { agent: sockets.agent.upgrade, chat: sockets.chat.upgrade },
  });
  stops.push(
    server.close,
    sockets.agent.close,
    () => sockets.chat.drain(0),
    () => {
      state.draining = true;
    },
  );
  return server.port;
}

function buildSockets({ configuration, accounts, secret, onError }: Foundation, engine: Engine) {
  const { chat, store, live, desk, cursors, presence, uploads } = engine;
  const allowsOrigin = (origin: string | undefined, host: string | undefined): boolean =>
    origin === undefined || configuration.origins.includes(origin) || URL.parse(origin)?.host === host;
  return {
    chat: createChatSockets({
      chat,
      store,
      live,
      cursors,
      attachment: uploads.attachment,
      allowsOrigin,
      allowance: createAllowance(configuration.limits.messages, Date.now).take,
      random: Math.random,
      now: Date.now,
      onError,
    }),
    agent: createAgentSockets({
      desk,
      store,
      live,
      presence,
      verify: (token) => verifyAccess({ token, secret, now: new Date() }),
      signInHolds: accounts.signInHolds,
      allowsOrigin,
      onError,
    }),
  };
}

function buildApp(
  { configuration, accounts, secret, database, log, onError }: Foundation,
  { faqs, knowledge }: Content,
  { chat, store, live, contacts, desk, tickets, uploads, metrics }: Engine,
  { role, draining }: { role: Configuration['role']; draining: () => boolean },
) {
  const limits = createLimits({ ...configuration.limits, uploads: { count: 60, seconds: 3_600 } });
  const health = healthEndpoints({
    metrics,
    ready: {
      database: async () => (await database.pool.query('select 1')).rowCount === 1,
      knowledge: () => knowledge.loaded,
      open: () => !draining(),
    },
  });
  const endpoints = [
    ...chatEndpoints({ chat, store, waiter: createReplyWaiter({ live, store }), contactOf: contacts.find }),
    ...authEndpoints({ accounts, limits }),
    ...deskEndpoints({ desk, accounts }),
    ...ticketsEndpoints({ tickets }),
    ...knowledgeEndpoints({ faqs, knowledge }),
    ...uploadsEndpoints({ uploads }),
    ...health,
  ];
  return createApp({
    endpoints: role === 'worker' ? health : endpoints,
    limits,
    doorkeeper: {
      secret,
      visitor: (token) => chat.open(token).catch(ignoreProblems),
      signInHolds: accounts.signInHolds,
    },
    folders: {
      admin: path.join(ROOT, 'admin-ui/dist'),
      demo: configuration.demo ? path.join(ROOT, 'adapters/web/demo-page') : undefined,
      widget: path.join(ROOT, 'adapters/web/widget/dist'),
      fonts: path.join(ROOT, 'node_modules/@fontsource-variable/noto-sans-tc'),
    },
    origins: configuration.origins,
    trustedProxies: configuration.trustedProxies,
    onRequest: (line) => {
      metrics.request(line);
      log.debug(line, 'request');
    },
    onFault: (error, about) => onError(error, about),
  });
}

function ignoreProblems(error: unknown): undefined {
  if (error instanceof Problem) return undefined;
  throw error;
}
