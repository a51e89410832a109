import { randomBytes } from 'node:crypto';
import { pino, type Logger } from 'pino';
import { startOrderSystem } from '#adapters/demo-shop/order-system.ts';
import { drawPassword, makeFirstAdmin, type FirstAdmin } from '#core/access/first-admin.ts';
import type { Role } from '#core/access/roles.ts';
import type { Configuration } from '#core/configuration.ts';
import { createLocalLive } from '#core/conversation/live.ts';
import { safeError } from '#core/privacy/safe-error.ts';
import { loadDemoOrders } from '#flows/demo/demo-content.ts';
import { loadContent } from './composition/content.ts';
import { buildEngine, type Engine } from './composition/engine.ts';
import { layFoundation, type Progress } from './composition/foundation.ts';
import { connectProcesses, type Processes } from './composition/processes.ts';
import { startServing } from './composition/server.ts';
import { createStops, type Stops } from './composition/stops.ts';

/** A running Frontdesk. */
export type Running = {
  addresses: readonly [name: string, url: string][];
  /** Only on the very first start: how the first admin signs in. */
  firstAdmin?: FirstAdmin;
  /** Takes no new work, finishes what is under way, and ends everything it started. */
  stop(): Promise<void>;
};

/** How often files that no message carries are looked for. */
const UPLOADS_MS = 3_600_000;
/** How long turns under way may take when the process stops. */
const DRAIN_MS = 5_000;

/** Starts what the configuration asks for. Throws a `Problem` whose words say what to mend. */
export async function startFrontdesk(
  configuration: Configuration,
  {
    role = configuration.role,
    onProgress = () => {},
    log,
  }: { role?: Configuration['role']; onProgress?: Progress; log: Logger },
): Promise<Running> {
  const { demo } = configuration;
  const stops = createStops((error) => log.error({ err: safeError(error) }, 'something could not be ended'));
  try {
    const foundation = await layFoundation(configuration, { onProgress, log });
    stops.push(foundation.database.close);
    const orders = demo ? await startOrderSystem({ orders: loadDemoOrders(), now: () => new Date() }) : undefined;
    if (orders) stops.push(orders.stop);
    const processes = await connectProcesses(foundation, stops);
    const content = await loadContent(foundation, { live: processes.live, demo, onProgress });
    const engine = buildEngine(foundation, content, processes, orders);
    stops.push(engine.cursors.flush);
    if (engine.models) {
      void engine.models.warmUp();
      stops.push(engine.models.stop);
    }
    if (role !== 'api') await startWork(configuration, processes, engine, stops);
    // Nobody waits yet: what only the start needed is given back. (The launcher brings `gc`.)
    globalThis.gc?.();
    const port = await startServing(foundation, content, engine, role, stops);
    // Last, for the password is told once: a start that fails, on a port in use say, must not swallow it.
    const firstAdmin = await makeFirstAdmin(foundation.accounts, randomBytes);
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
      stop: stops.run,
    };
  } catch (error) {
    await stops.run();
    throw error;
  }
}

/** Turns, deliveries, sweeps and housekeeping: what a worker does. */
async function startWork(
  { redisUrl }: Configuration,
  { wakeUps, housekeeping, queues }: Processes,
  engine: Engine,
  stops: Stops,
): Promise<void> {
  const { runner, delivery, sweeper, uploads } = engine;
  wakeUps.work('turn', runner.run);
  wakeUps.work('delivery', delivery.run);
  sweeper.start();
  stops.push(
    delivery.close,
    () => Promise.race([runner.idle(), new Promise((resolve) => setTimeout(resolve, DRAIN_MS).unref())]),
    sweeper.stop,
  );
  const scheduled = housekeeping
    .schedule('unused-uploads', UPLOADS_MS, async () => void (await uploads.sweep()))
    .catch(queues.trouble.met);
  // Where Redis is away it is waited for; customers need not.
  if (!redisUrl) await scheduled;
}

/** Brings the database to the newest schema. Returns the names of the migrations that ran. */
export async function migrateDatabase(configuration: Configuration): Promise<string[]> {
  const { database } = await layFoundation(configuration, quietly(configuration));
  await database.close();
  return database.migrated;
}

/** Writes the flows that ship and the demo shop, where nothing stands yet. */
export async function seedDemo(configuration: Configuration, onProgress: Progress = () => {}): Promise<void> {
  const foundation = await layFoundation(configuration, { ...quietly(configuration), onProgress });
  try {
    await loadContent(foundation, { live: createLocalLive(foundation.onError), demo: true, onProgress });
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
  const { accounts, database } = await layFoundation(configuration, { ...quietly(configuration), mayJoin: true });
  try {
    const { email, name, role, password = drawPassword(randomBytes) } = user;
    const { id } = await accounts.create({ email, name, roles: [role], password });
    return { id, email, password };
  } finally {
    await database.close();
  }
}

/** How a command that ends by itself tells what happens: by its log, on standard error. */
const quietly = (configuration: Configuration): { onProgress: Progress; log: Logger } => ({
  onProgress: () => {},
  log: pino({ level: configuration.logLevel, base: null }, pino.destination({ dest: 2, sync: false })),
});
