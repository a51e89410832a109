import { flowLookUp } from '#adapters/fetch/flow-look-up.ts';
import { createGuardedFetch } from '#adapters/fetch/guarded-fetch.ts';
import { createOllamaIntents } from '#adapters/ollama/ollama-intents.ts';
import { createOllamaServers } from '#adapters/ollama/ollama-servers.ts';
import { deskStatus } from '#adapters/postgres/queue-standing.ts';
import type { Stores } from '#adapters/postgres/stores.ts';
import { serviceTime } from '#core/desk/service-hours.ts';
import type { LocalLookups, Lookups } from '#core/dialogue/turn.ts';
import { mask } from '#core/privacy/mask.ts';
import { safeError } from '#core/privacy/safe-error.ts';
import type { Tickets } from '#core/tickets/tickets.ts';
import { createChoiceCache } from '#core/understanding/choice-cache.ts';
import { createUnderstanding } from '#core/understanding/understand.ts';
import type { Content } from './content.ts';
import type { Foundation } from './foundation.ts';
import type { Processes } from './processes.ts';

/** What turns may look up: `here` answers at once or not at all, `anywhere` waits for a model, a server, a table. */
export function buildLookUps(
  { configuration, database, log }: Foundation,
  { intents, knowledge }: Content,
  { presence }: Processes,
  tools: { ticketNumbers: Stores['ticketNumbers']; tickets: Tickets; ownAddresses: readonly string[] },
) {
  const { ticketNumbers, tickets } = tools;
  const models =
    configuration.ollama &&
    createOllamaServers({
      urls: configuration.ollama.urls,
      model: configuration.ollama.model,
      log: { info: (text) => log.info(text), warn: (text) => log.warn(text) },
    });
  const understanding = createUnderstanding({
    ...(models ? { model: createOllamaIntents({ servers: models }) } : {}),
    classifier: intents.classifier,
    catalogue: intents.catalogue,
    cache: createChoiceCache(),
    mask: (text) => mask(text),
    clock: () => performance.now(),
    skipModelAbove: configuration.skipModelAbove,
    // The servers tell their changes of state themselves; each single time-out is only for whoever looks closely.
    onFault: (error) => log.debug({ err: safeError(error) }, 'the model did not answer'),
  });
  const guardedFetch = createGuardedFetch({ allow: tools.ownAddresses });

  const here: LocalLookups = {
    understand: (query) => understanding.now(query),
    search: (query) => knowledge.search(query),
    http: () => undefined,
    desk: () => undefined,
    ticketNumber: () => ticketNumbers.next(),
    ticket: () => undefined,
  };
  const anywhere = (conversation: { contactId: string }, signal: AbortSignal): Lookups => ({
    understand: (query) => understanding.ask(query, signal),
    search: (query) => knowledge.search(query),
    http: (request) => flowLookUp(guardedFetch, request, signal),
    desk: () => {
      const { open, opensAt } = serviceTime(configuration.serviceHours, configuration.timeZone, new Date());
      return deskStatus(database.pool, { open, opensAt, agents: presence.online() });
    },
    ticketNumber: () => ticketNumbers.take(),
    ticket: (number) => tickets.statusFor(conversation.contactId, number),
  });
  return { models, here, anywhere };
}
