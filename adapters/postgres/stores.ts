import type { Pool } from 'pg';
import type { NewUuid } from '#core/conversation/uuid.ts';
import type { BlindIndex } from '#core/privacy/blind-index.ts';
import { createContactKeys } from '#core/privacy/contact-keys.ts';
import { mask } from '#core/privacy/mask.ts';
import type { Seal } from '#core/privacy/seal.ts';
import { createConversationStore } from './conversation-store.ts';
import { createDeskStore } from './desk-store.ts';
import { createOutboundStore } from './outbound-store.ts';
import { createSealing } from './sealing.ts';
import { createTicketNumbers } from './ticket-numbers.ts';
import { createTicketStore } from './ticket-store.ts';
import { createUploadRows } from './upload-rows.ts';
import { createUserContacts } from './user-contacts.ts';

/** The stores that hold what customers write. */
export type Stores = ReturnType<typeof createStores>;

/** Makes them over one database and one seal. `waitMs`: how long a customer waits for a person before the bot takes care of it. */
export function createStores(tools: {
  pool: Pool;
  seal: Seal;
  blindIndex: BlindIndex;
  uuid: NewUuid;
  now: () => Date;
  waitMs: number;
  onError: (error: unknown, about: { conversation: string }) => void;
}) {
  const { pool, seal, uuid, now, waitMs } = tools;
  const keys = createContactKeys({ seal, load: (id) => wrappedKeyOf(pool, id), now: Date.now });
  const sealing = createSealing({ seal, keys });
  const masked = (text: string, names: readonly string[]): string => mask(text, { names });
  const rows = { pool, sealing, mask: masked, uuid, now, waitMs };
  const ticketNumbers = createTicketNumbers(pool);
  const contacts = createUserContacts(rows);
  return {
    keys,
    sealing,
    contacts,
    ticketNumbers,
    conversations: createConversationStore({ ...rows, blindIndex: tools.blindIndex }),
    desk: createDeskStore(rows),
    outbound: createOutboundStore({ pool, sealing, onError: tools.onError }),
    tickets: createTicketStore({ ...rows, numbers: ticketNumbers, contacts }),
    uploads: createUploadRows(rows),
  };
}

async function wrappedKeyOf(pool: Pool, contactId: string): Promise<Buffer | null> {
  const found = await pool.query<{ data_key: Buffer | null }>({
    name: 'contact-key',
    text: 'select data_key from contacts where id = $1',
    values: [contactId],
  });
  return found.rows[0]?.data_key ?? null;
}
