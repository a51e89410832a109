import { randomBytes, randomUUID } from 'node:crypto';
import path from 'node:path';
import { pino, type Logger } from 'pino';
import { createHousekeeping } from '#adapters/bullmq/housekeeping.ts';
import { openQueues } from '#adapters/bullmq/queues.ts';
import { createBullWakeUps } from '#adapters/bullmq/wake-ups.ts';
import { startOrderSystem } from '#adapters/demo-shop/order-system.ts';
import { flowLookUp } from '#adapters/fetch/flow-look-up.ts';
import { createGuardedFetch } from '#adapters/fetch/guarded-fetch.ts';
import { createUploadStore } from '#adapters/files/upload-store.ts';
import { createAgentSockets } from '#adapters/http/agent-sockets.ts';
import { createApp } from '#adapters/http/app.ts';
import { authEndpoints } from '#adapters/http/auth.endpoints.ts';
import { chatEndpoints } from '#adapters/http/chat.endpoints.ts';
import { deskEndpoints } from '#adapters/http/desk.endpoints.ts';
import { healthEndpoints } from '#adapters/http/health.endpoints.ts';
import { knowledgeEndpoints } from '#adapters/http/knowledge.endpoints.ts';
import { createLimits } from '#adapters/http/limits.ts';
import { listen } from '#adapters/http/listen.ts';
import { countTurns, createMetrics } from '#adapters/http/metrics.ts';
import { ticketsEndpoints } from '#adapters/http/tickets.endpoints.ts';
import { uploadsEndpoints } from '#adapters/http/uploads.endpoints.ts';
import { createOllamaIntents } from '#adapters/ollama/ollama-intents.ts';
import { createOllamaServers } from '#adapters/ollama/ollama-servers.ts';
import { createAuditLog } from '#adapters/postgres/audit-log.ts';
import { createConversationStore } from '#adapters/postgres/conversation-store.ts';
import { deskStatus } from '#adapters/postgres/queue-standing.ts';
import { createDeskStore } from '#adapters/postgres/desk-store.ts';
import { createFlowStore } from '#adapters/postgres/flow-store.ts';
import { createIntentStore } from '#adapters/postgres/intent-store.ts';
import { createOutboundStore } from '#adapters/postgres/outbound-store.ts';
import { openDatabase, type Database } from '#adapters/postgres/open-database.ts';
import { outboundStates } from '#adapters/postgres/outbound-states.ts';
import { createSealing } from '#adapters/postgres/sealing.ts';
import { installationSecret } from '#adapters/postgres/secrets.ts';
import { seed } from '#adapters/postgres/seed.ts';
import { createTicketNumbers } from '#adapters/postgres/ticket-numbers.ts';
import { createTicketStore } from '#adapters/postgres/ticket-store.ts';
import { createUploadRows } from '#adapters/postgres/upload-rows.ts';
import { createUserContacts } from '#adapters/postgres/user-contacts.ts';
import { createRedisLive } from '#adapters/redis/live.ts';
import { createRedisPresence } from '#adapters/redis/presence.ts';
import { createChatSockets } from '#adapters/web/chat-sockets.ts';
import { createAccounts, type Accounts } from '#core/access/accounts.ts';
import { createPasswords } from '#core/access/password.ts';
import type { Role } from '#core/access/roles.ts';
import { verifyAccess } from '#core/access/tokens.ts';
import { createAllowance } from '#core/channel/allowance.ts';
import { createCursorBook } from '#core/channel/cursor-book.ts';
import { createReplyWaiter } from '#core/channel/reply-waiter.ts';
import { createDelivery } from '#core/channel/deliver.ts';
import { createSweeper } from '#core/channel/sweeper.ts';
import { createLocalWakeUps } from '#core/channel/wake-up.ts';
import { createWebChat } from '#core/channel/web-chat.ts';
import type { Configuration } from '#core/configuration.ts';
import { createLocalLive, type Live } from '#core/conversation/live.ts';
import { createNonces } from '#core/conversation/nonces.ts';
import { createUploads } from '#core/conversation/uploads.ts';
import { createUuid7 } from '#core/conversation/uuid.ts';
import { createDesk } from '#core/desk/desk.ts';
import { createPresence } from '#core/desk/presence.ts';
import { serviceTime } from '#core/desk/service-hours.ts';
import { createDialogue } from '#core/dialogue/dialogue.ts';
import { DEFAULT_THRESHOLDS } from '#core/dialogue/meaning.ts';
import { createTurnRunner } from '#core/dialogue/turn-runner.ts';
import type { Lookups } from '#core/dialogue/turn.ts';
import { Problem } from '#core/errors.ts';
import { createFaqs } from '#core/knowledge/faqs.ts';
import { createKnowledgeBase } from '#core/knowledge/knowledge-base.ts';
import { createSearchIndex } from '#core/knowledge/search-index.ts';
import { createBlindIndex } from '#core/privacy/blind-index.ts';
import { createContactKeys } from '#core/privacy/contact-keys.ts';
import { openKeyRingFolder } from '#core/privacy/key-ring-folder.ts';
import { parseKeyRing } from '#core/privacy/key-ring.ts';
import { mask } from '#core/privacy/mask.ts';
import { safeError } from '#core/privacy/safe-error.ts';
import { createSeal } from '#core/privacy/seal.ts';
import { createTickets } from '#core/tickets/tickets.ts';
import { createChoiceCache } from '#core/understanding/choice-cache.ts';
import { createUnderstanding } from '#core/understanding/understand.ts';
import {
  loadDemoFaqs,
  loadDemoIntents,
  loadDemoOrders,
  loadDemoOutOfScope,
  loadDemoShop,
} from '#flows/demo/demo-content.ts';
import { loadShippedFlows } from '#flows/flows.ts';

/** Told while something takes long; for a terminal. */
type Progress = (step: string) => void;

/** A running Frontdesk. */
export type Running = {
  addresses: readonly [name: string, url: string][];
  /** Only on the very first start: how the first admin signs in. */
  firstAdmin?: { email: string; password: string };
  /** Takes no new work, finishes what is under way, and ends everything it started. */
  stop(): Promise<void>;
};

const ROOT = import.meta.dirname;
const SWEEP_MS = 1_000;
const CURSORS_MS = 1_000;
/** How often files that no message carries are looked for. */
const UPLOADS_MS = 3_600_000;
const TEND_MS = 10_000;
/** How long a customer waits for a person before the bot files a ticket. */
const PERSON_WAIT_MS = 10 * 60_000;
const DRAIN_MS = 5_000;
const DELAYS = { rateAfter: 2 * 60_000, remindAfter: 10 * 60_000, closeAfter: 30 * 60_000 };
const FIRST_ADMIN = 'admin@frontdesk.local';

/** What everything stands on: the database, the keys, the people. */
async function layFoundation(configuration: Configuration, onProgress: Progress, log: Logger, mayJoin = false) {
  const database = await openDatabase({
    address: configuration.database,
    dataDir: configuration.dataDir,
    mayJoin,
    onProgress,
    log: { info: (text) => log.debug(text), warn: (text) => log.warn(text), error: (text) => log.error(text) },
  });
  try {
    const keyRing = configuration.keys
      ? parseKeyRing(configuration.keys)
      : openKeyRingFolder(path.join(configuration.dataDir, 'keys'), randomBytes);
    const seal = createSeal({ keyRing, random: randomBytes });
    const blindIndex = createBlindIndex(await installationSecret(database.pool, seal, 'blind-index'));
    const secret = configuration.secret ?? (await installationSecret(database.pool, seal, 'access-tokens'));
    const uuid = createUuid7(Date.now);
    const accounts = createAccounts({
      em: () => database.orm.em.fork(),
      seal,
      blindIndex,
      passwords: createPasswords(),
      secret,
      uuid,
      random: randomBytes,
      now: () => new Date(),
    });
    const onError = (error: unknown, about: object = {}): void =>
      log.error({ err: safeError(error), ...about }, 'failed');
    return { configuration, database, seal, blindIndex, secret, uuid, accounts, log, onError };
  } catch (error) {
    await database.close();
    throw error;
  }
}
type OrderSystem = Awaited<ReturnType<typeof startOrderSystem>> | undefined;
type Foundation = Awaited<ReturnType<typeof layFoundation>>;

/** The content of an installation that begins empty: the flows that ship, and the demo shop when it is wanted. */
async function loadContent({ database, configuration, onError }: Foundation, live: Live, onProgress: Progress) {
  const flows = createFlowStore({ pool: database.pool });
  await flows.publish(loadShippedFlows());
  if (configuration.demo && (await seed(database.pool, demoContent()))) onProgress('Demo shop: content loaded');
  await flows.load();
  const intents = createIntentStore({ pool: database.pool });
  await intents.load(onProgress);
  const knowledge = createKnowledgeBase({ em: () => database.orm.em.fork(), index: createSearchIndex(), onError });
  await knowledge.load();
  live.subscribe((event) => {
    if (event.type === 'knowledge') void knowledge.changed(event.faqId);
  });
  const faqs = createFaqs({
    em: () => database.orm.em.fork(),
    audit: createAuditLog({ pool: database.pool, now: () => new Date() }),
    onChange: async (faqId) => {
      await knowledge.changed(faqId);
      live.publish({ type: 'knowledge', faqId });
    },
  });
  return { flows, intents, knowledge, faqs };
}

/**
 * How processes tell each other that there is something to do or to see. The built-in database belongs to one process: there
 * a wake-up is a function call, and BullMQ does the housekeeping only.
 */
async function connectProcesses({ configuration, database, onError }: Foundation, stops: Stops) {
  const { redisUrl } = configuration;
  const queues = await openQueues({
    backend: redisUrl ? { kind: 'redis', url: redisUrl } : { kind: 'postgres', connection: database.connection },
    onError,
  });
  stops.push(queues.close);
  const wakeUps = database.embedded ? createLocalWakeUps(onError) : createBullWakeUps({ queues, onError });
  stops.push(wakeUps.close);
  const here = { queues, wakeUps, housekeeping: createHousekeeping({ queues }), process: randomUUID() };
  const local = { live: createLocalLive(onError), presence: createPresence() };
  if (!redisUrl) return { ...here, ...local };
  const tools = { url: redisUrl, process: here.process, onError };
  const live = createRedisLive({ ...tools, local: local.live });
  const presence = createRedisPresence({ ...tools, local: local.presence, clock: () => performance.now() });
  stops.push(live.close, presence.close);
  return { ...here, live, presence };
}
type Processes = Awaited<ReturnType<typeof connectProcesses>>;
type Content = Awaited<ReturnType<typeof loadContent>>;

/** The engine: everything between a channel and the database. */
function buildEngine(foundation: Foundation, content: Content, processes: Processes, orders: OrderSystem) {
  const { configuration, database, seal, blindIndex, uuid, log, onError } = foundation;
  const { pool } = database;
  const { flows, intents, knowledge } = content;
  const now = (): Date => new Date();
  const keys = createContactKeys({ seal, load: wrappedKeyOf(database), now: Date.now });
  const rows = {
    pool,
    sealing: createSealing({ seal, keys }),
    mask: (text: string, names: readonly string[]) => mask(text, { names }),
    uuid,
    now,
    waitMs: PERSON_WAIT_MS,
  };
  const store = createConversationStore({ ...rows, blindIndex });
  const { live, presence, wakeUps } = processes;
  const servers =
    configuration.ollama &&
    createOllamaServers({
      urls: configuration.ollama.urls,
      model: configuration.ollama.model,
      log: { info: (text) => log.info(text), warn: (text) => log.warn(text) },
    });
  const understanding = createUnderstanding({
    ...(servers ? { model: createOllamaIntents({ servers }) } : {}),
    classifier: intents.classifier,
    catalogue: intents.catalogue,
    cache: createChoiceCache(),
    mask: (text) => mask(text),
    clock: () => performance.now(),
    skipModelAbove: configuration.skipModelAbove,
    // The servers tell their changes of state themselves; each single time-out is only for whoever looks closely.
    onFault: (error) => log.debug({ err: safeError(error) }, 'the model did not answer'),
  });
  const guardedFetch = createGuardedFetch(orders ? { allow: [orders.address] } : {});
  const ticketNumbers = createTicketNumbers(pool);
  const contacts = createUserContacts(rows);
  const tickets = createTickets({ store: createTicketStore({ ...rows, numbers: ticketNumbers, contacts }), live });
  const metrics = createMetrics();
  metrics.watch({ name: 'frontdesk_outbound', help: 'Messages on their way out.', label: 'state' }, () =>
    outboundStates(pool),
  );
  const dialogue = countTurns(
    createDialogue({
      current: flows.current,
      release: flows.release,
      intents: () => intents.catalogue().intents,
      ids: { nonce: createNonces() },
      thresholds: DEFAULT_THRESHOLDS,
      settings: { ...shopSettings(configuration), ordersUrl: orders?.url ?? '' },
      delays: DELAYS,
    }),
    metrics,
  );
  const lookupsFor = (conversation: { contactId: string }, signal: AbortSignal): Lookups => ({
    understand: (query) => understanding.ask(query, signal),
    search: (query) => knowledge.search(query),
    http: (request) => flowLookUp(guardedFetch, request, signal),
    desk: () => {
      const { open, opensAt } = serviceTime(configuration.serviceHours, configuration.timeZone, now());
      return deskStatus(pool, { open, opensAt, agents: presence.online() });
    },
    ticketNumber: () => ticketNumbers.take(),
    ticket: (number) => tickets.statusFor(conversation.contactId, number),
  });
  const wake = (id: string): void => wakeUps.wake('turn', id);
  const deliver = (id: string): void => wakeUps.wake('delivery', id);
  const runner = createTurnRunner({
    store,
    dialogue,
    lookupsFor,
    live,
    deliver,
    worker: processes.process,
    now,
    onError,
  });
  const chat = createWebChat({
    store,
    dialogue,
    live,
    wake,
    uuid,
    now,
    onError,
    lookups: {
      understand: (query) => understanding.now(query),
      search: (query) => knowledge.search(query),
      http: () => undefined,
      desk: () => undefined,
      ticketNumber: () => ticketNumbers.next(),
      ticket: () => undefined,
    },
  });
  const uploads = createUploads({
    files: createUploadStore({ dir: path.join(configuration.dataDir, 'uploads'), random: randomBytes }),
    rows: createUploadRows(rows),
    now,
  });
  const desk = createDesk({
    store: createDeskStore(rows),
    live,
    wake,
    deliver,
    attachment: uploads.attachment,
    intentTitle: (name, locale) =>
      intents.catalogue().intents.find((intent) => intent.name === name)?.title[locale] ?? name,
    suggest: (text, locale) =>
      knowledge
        .search({ text, locale, limit: 3 })
        .filter((hit) => hit.match >= DEFAULT_THRESHOLDS.clarify)
        .map((hit) => ({ id: hit.id, question: hit.title, answer: hit.answer })),
  });
  const delivery = createDelivery({
    store: createOutboundStore({ pool, sealing: rows.sealing, onError }),
    // The web delivers by its sockets; the platforms' adapters stand here as they come.
    adapters: [],
    live,
    worker: processes.process,
    clock: () => performance.now(),
    random: Math.random,
    onError,
  });
  const cursors = createCursorBook(store);
  const sweeper = createSweeper({
    store,
    run: runner.run,
    also: [desk.releaseUnattended, ticketNumbers.refill, delivery.due],
    everyMs: SWEEP_MS,
    onError,
  });
  return {
    store,
    live,
    presence,
    contacts,
    servers,
    chat,
    runner,
    desk,
    tickets,
    uploads,
    cursors,
    delivery,
    sweeper,
    metrics,
  };
}
type Engine = ReturnType<typeof buildEngine>;

/** Sockets and HTTP on one port. */
function buildServer(
  foundation: Foundation,
  content: Content,
  engine: Engine,
  { role, draining }: { role: Configuration['role']; draining: () => boolean },
) {
  const { configuration, accounts, secret, database, log, onError } = foundation;
  const { chat, store, live, desk, cursors } = engine;
  const limits = createLimits({ ...configuration.limits, uploads: { count: 60, seconds: 3_600 } });
  const allowance = createAllowance(configuration.limits.messages, Date.now);
  const allowsOrigin = (origin: string | undefined, host: string | undefined): boolean =>
    origin === undefined || configuration.origins.includes(origin) || URL.parse(origin)?.host === host;
  const verify = (token: string) => verifyAccess({ token, secret, now: new Date() });

  const chatSockets = createChatSockets({
    chat,
    store,
    live,
    cursors,
    attachment: engine.uploads.attachment,
    allowsOrigin,
    allowance: allowance.take,
    random: Math.random,
    now: Date.now,
    onError,
  });
  const agentSockets = createAgentSockets({
    desk,
    store,
    live,
    presence: engine.presence,
    verify,
    signInHolds: accounts.signInHolds,
    allowsOrigin,
    onError,
  });
  const { metrics } = engine;
  metrics.watch({ name: 'frontdesk_sockets', help: 'Open WebSockets.', label: 'kind' }, () => ({
    chat: chatSockets.open,
    agent: agentSockets.open,
  }));
  const health = healthEndpoints({
    metrics,
    ready: {
      database: async () => (await database.pool.query('select 1')).rowCount === 1,
      knowledge: () => content.knowledge.loaded,
      open: () => !draining(),
    },
  });
  const endpoints = [
    ...chatEndpoints({ chat, store, waiter: createReplyWaiter({ live, store }), contactOf: engine.contacts.find }),
    ...authEndpoints({ accounts, limits }),
    ...deskEndpoints({ desk, accounts }),
    ...ticketsEndpoints({ tickets: engine.tickets }),
    ...knowledgeEndpoints({ faqs: content.faqs, knowledge: content.knowledge }),
    ...uploadsEndpoints({ uploads: engine.uploads }),
    ...health,
  ];
  const app = createApp({
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
  return { app, chatSockets, agentSockets };
}

type Stops = (() => Promise<unknown> | void)[];

/** Turns, sweeps and housekeeping: what a worker does. */
async function startWork({ onError }: Foundation, { wakeUps, housekeeping }: Processes, engine: Engine, stops: Stops) {
  wakeUps.work('turn', engine.runner.run);
  wakeUps.work('delivery', engine.delivery.run);
  stops.push(engine.delivery.close);
  stops.push(() =>
    Promise.race([engine.runner.idle(), new Promise((resolve) => setTimeout(resolve, DRAIN_MS).unref())]),
  );
  engine.sweeper.start();
  stops.push(engine.sweeper.stop);
  await housekeeping
    .schedule('unused-uploads', UPLOADS_MS, async () => void (await engine.uploads.sweep()))
    .catch(onError);
}

/** HTTP and sockets; a worker serves nothing but its health. */
async function startServing(
  foundation: Foundation,
  content: Content,
  engine: Engine,
  role: Configuration['role'],
  stops: Stops,
): Promise<number> {
  const { configuration, onError } = foundation;
  const state = { draining: false };
  const { app, chatSockets, agentSockets } = buildServer(foundation, content, engine, {
    role,
    draining: () => state.draining,
  });
  const timers = [
    setInterval(() => void engine.cursors.flush().catch(onError), CURSORS_MS),
    setInterval(() => void Promise.all([chatSockets.tend(), agentSockets.tend()]).catch(onError), TEND_MS),
  ];
  stops.push(() => timers.forEach(clearInterval));
  const server = await listen({
    app,
    port: configuration.port,
    host: configuration.host,
    sockets: role === 'worker' ? undefined : { agent: agentSockets.upgrade, chat: chatSockets.upgrade },
  });
  stops.push(async () => {
    state.draining = true;
    await chatSockets.drain(0);
    agentSockets.close();
    engine.metrics.close();
    await server.close();
  });
  return server.port;
}

/** Starts what the configuration asks for. Throws a `Problem` whose words say what to mend. */
export async function startFrontdesk(
  configuration: Configuration,
  {
    role = configuration.role,
    onProgress = () => {},
    log,
  }: { role?: Configuration['role']; onProgress?: Progress; log: Logger },
): Promise<Running> {
  // What was started last is stopped first.
  const stops: Stops = [];
  const stop = async (): Promise<void> => {
    for (const end of stops.splice(0).toReversed()) await end();
  };
  try {
    const foundation = await layFoundation(configuration, onProgress, log);
    stops.push(() => foundation.database.close());
    const orders = configuration.demo
      ? await startOrderSystem({ orders: loadDemoOrders(), now: () => new Date() })
      : undefined;
    if (orders) stops.push(orders.stop);
    const processes = await connectProcesses(foundation, stops);
    const content = await loadContent(foundation, processes.live, onProgress);
    const firstAdmin = await firstAdminOf(foundation.accounts);
    const engine = buildEngine(foundation, content, processes, orders);
    stops.push(() => engine.cursors.flush().catch(foundation.onError));
    void engine.servers?.warmUp();
    stops.push(() => engine.servers?.stop());
    if (role !== 'api') await startWork(foundation, processes, engine, stops);
    const port = await startServing(foundation, content, engine, role, stops);
    const home = `http://localhost:${port}`;
    return {
      addresses:
        role === 'worker'
          ? [['Health', `${home}/readyz`]]
          : [
              ['Web chat', `${home}/`],
              ['Admin', `${home}/admin`],
              ['API', `${home}/docs`],
            ],
      ...(firstAdmin ? { firstAdmin } : {}),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Brings the database to the newest schema. Returns the names of the migrations that ran. */
export async function migrateDatabase(configuration: Configuration): Promise<string[]> {
  const { database } = await layFoundation(configuration, () => {}, createLog(configuration));
  await database.close();
  return database.migrated;
}

/** Writes the flows that ship and the demo shop, where nothing stands yet. */
export async function seedDemo(configuration: Configuration, onProgress: Progress = () => {}): Promise<void> {
  const foundation = await layFoundation(configuration, onProgress, createLog(configuration));
  try {
    const live = createLocalLive(foundation.onError);
    await loadContent({ ...foundation, configuration: { ...configuration, demo: true } }, live, onProgress);
  } finally {
    await foundation.database.close();
  }
}

/** Makes an account; without a password one is drawn, and returned. */
export async function createUser(
  configuration: Configuration,
  user: { email: string; name: string; role: Role; password?: string | undefined },
): Promise<{ id: string; email: string; password: string }> {
  // Also while the server runs: an account is there for it at once.
  const { accounts, database } = await layFoundation(configuration, () => {}, createLog(configuration), true);
  try {
    const password = user.password ?? newPassword();
    const { id } = await accounts.create({ email: user.email, name: user.name, roles: [user.role], password });
    return { id, email: user.email, password };
  } finally {
    await database.close();
  }
}

async function firstAdminOf(accounts: Accounts): Promise<{ email: string; password: string } | undefined> {
  if (await accounts.hasAdmin()) return undefined;
  const password = newPassword();
  try {
    await accounts.create({ email: FIRST_ADMIN, name: 'Admin', roles: ['admin', 'agent'], password });
  } catch (error) {
    // Another process that starts beside this one was first.
    if (error instanceof Problem && error.kind === 'conflict') return undefined;
    throw error;
  }
  return { email: FIRST_ADMIN, password };
}

const newPassword = (): string => randomBytes(12).toString('base64url');

const createLog = (configuration: Configuration): Logger =>
  pino({ level: configuration.logLevel, base: null }, pino.destination({ dest: 2, sync: false }));

function ignoreProblems(error: unknown): undefined {
  if (error instanceof Problem) return undefined;
  throw error;
}

const wrappedKeyOf =
  ({ pool }: Database) =>
  async (contactId: string): Promise<Buffer | null> => {
    const found = await pool.query<{ data_key: Buffer | null }>({
      name: 'contact-key',
      text: 'select data_key from contacts where id = $1',
      values: [contactId],
    });
    return found.rows[0]?.data_key ?? null;
  };

/** What the demo shop brings along. */
const demoContent = () => ({
  intents: loadDemoIntents(),
  outOfScope: loadDemoOutOfScope(),
  faqs: loadDemoFaqs(),
  settings: {},
});

/** Words of the installation that flows use. */
function shopSettings(configuration: Configuration): Record<string, string | { 'zh-TW': string; en: string }> {
  const shop = configuration.demo ? loadDemoShop() : undefined;
  return {
    timeZone: configuration.timeZone,
    ...(shop ? { shop: shop.name } : {}),
    replyWithin: { 'zh-TW': '一個工作天內', en: 'within one working day' },
  };
}
