import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { createUploadStore } from '#adapters/files/upload-store.ts';
import { countTurns, createMetrics } from '#adapters/http/metrics.ts';
import { outboundStates } from '#adapters/postgres/outbound-states.ts';
import { createStores } from '#adapters/postgres/stores.ts';
import { createCursorBook } from '#core/channel/cursor-book.ts';
import { createDelivery } from '#core/channel/deliver.ts';
import { createSweeper } from '#core/channel/sweeper.ts';
import { createWebChat } from '#core/channel/web-chat.ts';
import type { Configuration } from '#core/configuration.ts';
import { createNonces } from '#core/conversation/nonces.ts';
import { createUploads } from '#core/conversation/uploads.ts';
import { createDesk } from '#core/desk/desk.ts';
import { createDialogue } from '#core/dialogue/dialogue.ts';
import { DEFAULT_THRESHOLDS } from '#core/dialogue/meaning.ts';
import { createTurnRunner } from '#core/dialogue/turn-runner.ts';
import { createTickets } from '#core/tickets/tickets.ts';
import { loadDemoShop } from '#flows/demo/demo-content.ts';
import type { Content } from './content.ts';
import type { Foundation } from './foundation.ts';
import { buildLookUps } from './look-ups.ts';
import type { Processes } from './processes.ts';

/** How long a customer waits for a person before the bot files a ticket. */
const PERSON_WAIT_MS = 10 * 60_000;
const SWEEP_MS = 1_000;
const DELAYS = { rateAfter: 2 * 60_000, remindAfter: 10 * 60_000, closeAfter: 30 * 60_000 };

/** Everything between a channel and the database. */
export type Engine = ReturnType<typeof buildEngine>;

/** Makes it; nothing of it runs yet. `orders`: the demo shop's order system, where there is one. */
export function buildEngine(
  foundation: Foundation,
  content: Content,
  processes: Processes,
  orders: { url: string; address: string } | undefined,
) {
  const { configuration, database, seal, blindIndex, uuid, onError } = foundation;
  const { flows, intents, knowledge } = content;
  const { live, presence, wakeUps } = processes;
  const { pool } = database;
  const now = (): Date => new Date();
  const wake = (id: string): void => wakeUps.wake('turn', id);
  const deliver = (id: string): void => wakeUps.wake('delivery', id);

  const stores = createStores({ pool, seal, blindIndex, uuid, now, waitMs: PERSON_WAIT_MS, onError });
  const { conversations: store, contacts, ticketNumbers } = stores;
  const metrics = createMetrics();
  metrics.watch({ name: 'frontdesk_outbound', help: 'Messages on their way out.', label: 'state' }, () =>
    outboundStates(pool),
  );
  const tickets = createTickets({ store: stores.tickets, live });
  const ownAddresses = orders ? [orders.address] : [];
  const lookUps = buildLookUps(foundation, content, processes, { ticketNumbers, tickets, ownAddresses });
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
  const worker = processes.process;
  const runner = createTurnRunner({
    store,
    dialogue,
    lookupsFor: lookUps.anywhere,
    live,
    deliver,
    worker,
    now,
    onError,
  });
  const chat = createWebChat({ store, dialogue, lookups: lookUps.here, live, wake, uuid, now, onError });
  const uploads = createUploads({
    files: createUploadStore({ dir: path.join(configuration.dataDir, 'uploads'), random: randomBytes }),
    rows: stores.uploads,
    now,
  });
  const desk = createDesk({
    store: stores.desk,
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
    store: stores.outbound,
    // The web delivers by its sockets; the platforms' adapters stand here as they come.
    adapters: [],
    live,
    worker,
    clock: () => performance.now(),
    random: Math.random,
    onError,
  });
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
    models: lookUps.models,
    chat,
    runner,
    desk,
    tickets,
    uploads,
    cursors: createCursorBook(store),
    delivery,
    sweeper,
    metrics,
  };
}

/** Words of the installation that flows use. */
function shopSettings(configuration: Configuration): Record<string, string | { 'zh-TW': string; en: string }> {
  const shop = configuration.demo ? loadDemoShop() : undefined;
  return {
    timeZone: configuration.timeZone,
    ...(shop ? { shop: shop.name } : {}),
    replyWithin: { 'zh-TW': '一個工作天內', en: 'within one working day' },
  };
}
