import { randomBytes, randomUUID } from 'node:crypto';
import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { Pool } from 'pg';
import { createUploadStore } from '#adapters/files/upload-store.ts';
import { createApp, type RequestLine } from '#adapters/http/app.ts';
import { createAgentSockets } from '#adapters/http/agent-sockets.ts';
import { authEndpoints } from '#adapters/http/auth.endpoints.ts';
import { chatEndpoints } from '#adapters/http/chat.endpoints.ts';
import { deskEndpoints } from '#adapters/http/desk.endpoints.ts';
import type { Endpoint, LimitTier } from '#adapters/http/endpoint.ts';
import { healthEndpoints } from '#adapters/http/health.endpoints.ts';
import { knowledgeEndpoints } from '#adapters/http/knowledge.endpoints.ts';
import { createLimits } from '#adapters/http/limits.ts';
import { createMetrics } from '#adapters/http/metrics.ts';
import { openApiDocument } from '#adapters/http/openapi.ts';
import { ticketsEndpoints } from '#adapters/http/tickets.endpoints.ts';
import { uploadsEndpoints } from '#adapters/http/uploads.endpoints.ts';
import { createAuditLog } from '#adapters/postgres/audit-log.ts';
import { openOrm } from '#adapters/postgres/orm.ts';
import { createStores } from '#adapters/postgres/stores.ts';
import { createChatSockets } from '#adapters/web/chat-sockets.ts';
import { createAccounts } from '#core/access/accounts.ts';
import type { Role } from '#core/access/roles.ts';
import { verifyAccess } from '#core/access/tokens.ts';
import { createCursorBook } from '#core/channel/cursor-book.ts';
import { createReplyWaiter } from '#core/channel/reply-waiter.ts';
import { createWebChat } from '#core/channel/web-chat.ts';
import { createLocalLive, type LiveEvent } from '#core/conversation/live.ts';
import { createUploads } from '#core/conversation/uploads.ts';
import { createUuid7 } from '#core/conversation/uuid.ts';
import { createDesk } from '#core/desk/desk.ts';
import { createPresence } from '#core/desk/presence.ts';
import { createFaqs } from '#core/knowledge/faqs.ts';
import { createKnowledgeBase } from '#core/knowledge/knowledge-base.ts';
import { createSearchIndex } from '#core/knowledge/search-index.ts';
import { createTickets } from '#core/tickets/tickets.ts';
import { createBlindIndex } from '#core/privacy/blind-index.ts';
import { createTestDatabase } from './database.ts';
import { echo, KNOWS_NOTHING } from './dialogue.ts';
import { createTestSeal } from './stores.ts';

/** Somebody who signed in. */
export type Person = { id: string; token: string; email: string };
/** An answer, its body read: parsed where it is JSON. */
export type Answer = { status: number; headers: Headers; body: unknown };
export type Sending = {
  token?: string | undefined;
  body?: unknown;
  /** Sent as they are. */
  raw?: string | Buffer;
  headers?: Record<string, string>;
};

/** The whole HTTP side on a port of its own, over a real database. */
export type FrontDoor = Awaited<ReturnType<typeof openFrontDoor>>;

const PASSWORD = 'a long walk by the tide';
const SECRET = 'a secret for tests that is long enough';

const now = (): Date => new Date();
const nothing = (): undefined => undefined;

const WIDE = { count: 1_000_000, seconds: 60 };
const WIDE_LIMITS: Record<LimitTier | 'requests', { count: number; seconds: number }> = {
  requests: WIDE,
  sessions: WIDE,
  messages: WIDE,
  logins: WIDE,
  loginsPerEmail: WIDE,
  signUps: WIDE,
  searches: WIDE,
  uploads: WIDE,
};

/** Opens it. `limits` narrows allowances; `also` adds endpoints; `trustedProxies` as the setting. Close it in `afterAll`. */
export async function openFrontDoor(
  options: {
    limits?: Partial<typeof WIDE_LIMITS>;
    also?: readonly Endpoint[];
    trustedProxies?: number;
    origins?: readonly string[];
  } = {},
) {
  const database = await createTestDatabase();
  const pool = new Pool({ ...database.connection, max: 6 });
  const orm = await openOrm(database.connection, 4);
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'front-door-'));
  const seal = createTestSeal();
  const uuid = createUuid7(Date.now);
  const em = () => orm.em.fork();
  const blindIndex = createBlindIndex(randomBytes(32));
  const accounts = createAccounts({
    em,
    seal,
    blindIndex,
    passwords: {
      // The real ones take most of a test's time and are tested where they stand.
      hash: async (password) => password,
      verify: async (password, stored) => password === stored,
    },
    secret: SECRET,
    uuid,
    random: randomBytes,
    now,
  });
  const faults: unknown[] = [];
  const onError = (error: unknown): void => void faults.push(error);
  const stores = createStores({ pool, seal, blindIndex, uuid, now, waitMs: 60_000, onError });
  const { conversations: store, contacts, ticketNumbers: numbers } = stores;
  const live = createLocalLive(onError);
  const events: LiveEvent[] = [];
  live.subscribe((event) => events.push(event));
  const chat = createWebChat({
    store,
    dialogue: echo,
    lookups: KNOWS_NOTHING,
    live,
    wake: nothing,
    uuid,
    now,
    onError,
  });
  const tickets = createTickets({ store: stores.tickets, live });
  const knowledge = createKnowledgeBase({ em, index: createSearchIndex(), onError });
  const audit = createAuditLog({ pool, now });
  const faqs = createFaqs({ em, audit, onChange: knowledge.changed });
  const files = createUploadStore({ dir: path.join(folder, 'uploads'), random: randomBytes });
  const clock = { now: Date.now };
  const uploads = createUploads({ files, rows: stores.uploads, now: () => new Date(clock.now()) });
  const desk = createDesk({
    store: stores.desk,
    live,
    wake: nothing,
    deliver: nothing,
    suggest: () => [],
    intentTitle: (name) => name,
    attachment: uploads.attachment,
  });
  const presence = createPresence();
  const sockets = createAgentSockets({
    desk,
    store,
    live,
    presence,
    verify: (token) => verifyAccess({ token, secret: SECRET, now: now() }),
    signInHolds: (signIn) => accounts.signInHolds(signIn),
    allowsOrigin: (origin) => origin === undefined || origin === 'https://desk.example',
    onError,
  });
  const cursors = createCursorBook(store);
  const refusing = new Set<string>();
  const chatSockets = createChatSockets({
    chat,
    store,
    live,
    cursors,
    attachment: uploads.attachment,
    allowsOrigin: (origin) => origin === undefined || origin === 'https://shop.example',
    allowance: (id) => (refusing.has(id) ? 2_000 : undefined),
    random: () => 0,
    now: () => clock.now(),
    onError,
  });
  const limits = createLimits({ ...WIDE_LIMITS, ...options.limits });
  const metrics = createMetrics();
  const state = { database: true };
  const endpoints = [
    ...chatEndpoints({ chat, store, waiter: createReplyWaiter({ live, store }), contactOf: contacts.find }),
    ...authEndpoints({ accounts, limits }),
    ...deskEndpoints({ desk, accounts }),
    ...ticketsEndpoints({ tickets }),
    ...knowledgeEndpoints({ faqs, knowledge }),
    ...uploadsEndpoints({ uploads }),
    ...healthEndpoints({ ready: { database: () => state.database, knowledge: () => knowledge.loaded }, metrics }),
    ...(options.also ?? []),
  ];
  const pagesFolder = path.join(folder, 'pages');
  for (const name of ['admin', 'demo', 'widget', 'fonts'])
    fs.mkdirSync(path.join(pagesFolder, name), { recursive: true });
  const lines: RequestLine[] = [];
  const app = createApp({
    endpoints,
    limits,
    doorkeeper: {
      secret: SECRET,
      visitor: (token) => chat.open(token).catch(nothing),
      signInHolds: (signIn) => accounts.signInHolds(signIn),
    },
    folders: {
      admin: path.join(pagesFolder, 'admin'),
      demo: path.join(pagesFolder, 'demo'),
      widget: path.join(pagesFolder, 'widget'),
      fonts: path.join(pagesFolder, 'fonts'),
    },
    origins: options.origins ?? [],
    trustedProxies: options.trustedProxies ?? 0,
    onRequest: (line) => {
      lines.push(line);
      metrics.request(line);
    },
    onFault: onError,
  });
  const handle = app.callback();
  const server = http.createServer((request, response) => void handle(request, response));
  server.on('upgrade', (request, socket, head) => {
    const session = /^\/ws\/chat\/(.+)$/.exec(request.url ?? '')?.[1];
    if (session) chatSockets.upgrade(request, socket, head, session);
    else sockets.upgrade(request, socket, head);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const address = `http://127.0.0.1:${port}`;

  const undocumented = new Set<string>();
  const { paths } = openApiDocument(endpoints);
  const documented = endpoints.map((endpoint) => ({
    method: endpoint.method.toUpperCase(),
    // A path that is written out is nearer than one with a parameter in it.
    pattern: new RegExp(`^${endpoint.path.replaceAll('.', String.raw`\.`).replaceAll(/\{\w+\}/g, '[^/]+')}$`),
    name: endpoint.path,
    answers: Object.keys(paths?.[endpoint.path]?.[endpoint.method]?.responses ?? {}),
  }));
  /** Keeps an answer in mind that the document does not name; what is none of an endpoint's own is not asked for. */
  function note(method: string, url: string, status: number): void {
    const [path] = url.split('?');
    const matching = documented.filter((one) => one.method === method && one.pattern.test(path!));
    const one = matching.find(({ name }) => name === path) ?? matching[0];
    if (one && status !== 500 && !one.answers.includes(String(status)))
      undocumented.add(`${method} ${one.name} ${status}`);
  }

  async function ask(method: string, url: string, { token, body, raw, headers = {} }: Sending = {}): Promise<Answer> {
    const sent = raw ?? (body === undefined ? undefined : JSON.stringify(body));
    const response = await fetch(address + url, {
      method,
      headers: {
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...(token ? { Authorization: `Bearer ${token}` } : {}),
        ...headers,
      },
      ...(sent === undefined ? {} : { body: sent as string }),
    });
    const text = await response.text();
    note(method, url, response.status);
    const isJson = /json/.test(response.headers.get('content-type') ?? '');
    return { status: response.status, headers: response.headers, body: isJson ? (JSON.parse(text) as unknown) : text };
  }

  return {
    address,
    port,
    pool,
    endpoints,
    pagesFolder,
    accounts,
    audit,
    chat,
    chatSockets,
    contacts,
    cursors,
    events,
    /** What the server took for faults of its own: empty it, or expect it to be empty. */
    faults,
    keys: stores.keys,
    knowledge,
    lines,
    /** Answers so far that the document does not name. */
    undocumented: (): string[] => [...undocumented],
    metrics,
    live,
    numbers,
    /** Of every `person`. */
    password: PASSWORD,
    presence,
    sockets,
    state,
    store,
    sealing: stores.sealing,
    tickets,
    uploads,
    /** The clock of what sweeps, and of the customers' sockets. */
    clock,
    /** Conversations whose allowance is used up. */
    refusing,
    ask,
    get: (url: string, sending?: Sending) => ask('GET', url, sending),
    post: (url: string, sending?: Sending) => ask('POST', url, sending),
    put: (url: string, sending?: Sending) => ask('PUT', url, sending),
    del: (url: string, sending?: Sending) => ask('DELETE', url, sending),

    /** Makes an account and signs it in. */
    async person(role: Role, name: string = role): Promise<Person> {
      const email = `${randomUUID()}@example.com`;
      const { id } = await accounts.create({ email, name, roles: [role], password: PASSWORD });
      const { access_token: token } = await accounts.signIn(email, PASSWORD);
      return { id, token, email };
    },
    /** Begins a conversation. */
    async visitor(token?: string): Promise<{ sessionId: string; token: string }> {
      const { body } = await ask('POST', '/chat/sessions', { body: {}, token });
      const begun = body as { sessionId: string; sessionToken: string };
      return { sessionId: begun.sessionId, token: begun.sessionToken };
    },
    async close(): Promise<void> {
      sockets.close();
      await chatSockets.drain(0);
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      metrics.close();
      await orm.close();
      await pool.end();
      await database.drop();
      fs.rmSync(folder, { recursive: true, force: true });
    },
  };
}
