import { randomBytes, randomUUID } from 'node:crypto';
import { Pool } from 'pg';
import { createStores } from '#adapters/postgres/stores.ts';
import type { Conversation } from '#core/conversation/conversation.ts';
import type { Outcome } from '#core/conversation/store.ts';
import { createUuid7 } from '#core/conversation/uuid.ts';
import { createBlindIndex } from '#core/privacy/blind-index.ts';
import { createKeyRing } from '#core/privacy/key-ring.ts';
import { createSeal } from '#core/privacy/seal.ts';
import { createTestDatabase } from './database.ts';

/** A seal whose keys nobody else has. */
export const createTestSeal = () =>
  createSeal({
    keyRing: createKeyRing({ keys: new Map([['test', randomBytes(32)]]), current: 'test' }),
    random: randomBytes,
  });

/** A turn that says `text` and, unless `more` tells so, does nothing else. */
export const outcome = (text: string, more: Partial<Outcome> = {}): Outcome => ({
  state: { at: text },
  replies: [{ content: { kind: 'text', text }, inReplyTo: [] }],
  effects: [],
  locale: 'zh-TW',
  alarmAt: null,
  understood: new Map(),
  topic: null,
  mood: null,
  ...more,
});

/** A customer's text as the web road writes it; `id` is the client's. */
export const inboundOf = ({ id: session }: Conversation, text: string, id: string = randomUUID()) => ({
  deliveryKey: `web:${session}:${id}`,
  clientId: id,
  content: { kind: 'text' as const, text },
});

/** A migrated database, the stores over it, and what tests begin with. Call `close` in `afterAll`. */
export async function openTestStores() {
  const database = await createTestDatabase();
  const pool = new Pool({ ...database.connection, max: 8 });
  pool.on('error', () => {}); // dropping the database cuts what is left
  const errors: unknown[] = [];
  const tools = {
    pool,
    seal: createTestSeal(),
    blindIndex: createBlindIndex(randomBytes(32)),
    uuid: createUuid7(Date.now),
    now: () => new Date(),
    waitMs: 60_000,
    onError: (error: unknown) => void errors.push(error),
  };
  const stores = createStores(tools);

  /** Begins a conversation of a new contact on the web; its opening says 您好. */
  async function begin(more: Partial<Outcome> = {}): Promise<Conversation> {
    const { conversation } = await stores.conversations.begin({
      id: randomUUID(),
      contactId: randomUUID(),
      newContact: true,
      channel: 'web',
      connection: 'web',
      conversationKey: null,
      identity: null,
      locale: 'zh-TW',
      tokenHash: randomBytes(32),
      tokenExpiresAt: new Date(Date.now() + 3_600_000),
      page: { url: 'https://shop.example/', title: '首頁' },
      outcome: outcome('您好', more),
    });
    return conversation;
  }

  return {
    tools,
    pool,
    stores,
    errors,
    begin,

    /** A conversation that waits for a person. */
    async queued(): Promise<{ conversation: Conversation; handoffId: string }> {
      const conversation = await begin({ effects: [{ type: 'request-handoff', reason: 'asked', collected: {} }] });
      return { conversation, handoffId: (await stores.desk.detail(conversation.id))!.handoff!.id };
    },

    /** Writes a customer's message on the full road. */
    receive: ({ id }: Conversation, text: string, deliveryKey: string = randomUUID(), most = 50) =>
      stores.conversations.receive({
        conversationId: id,
        deliveryKey,
        semanticKey: null,
        clientId: null,
        content: { kind: 'text', text },
        most,
      }),

    /** Answers all that waits in a conversation. */
    async answer({ id }: Conversation): Promise<void> {
      const claim = await stores.conversations.claim(id, randomUUID(), 5_000);
      if (claim) await stores.conversations.commitTurn(claim, outcome('好'));
    },

    /** Somebody at the desk. */
    async agent(name: string): Promise<{ id: string; name: string }> {
      const id = randomUUID();
      const { key, wrapped } = stores.sealing.newKey();
      await pool.query(
        'insert into users (id, email_index, email_sealed, name_sealed, data_key) values ($1, $2, $3, $4, $5)',
        [
          id,
          randomBytes(32),
          stores.sealing.seal(key, 'users.email', id, `${id}@shop.example`),
          stores.sealing.seal(key, 'users.name', id, name),
          wrapped,
        ],
      );
      return { id, name };
    },

    /** Destroys a contact's key. */
    async erase(contactId: string): Promise<void> {
      await pool.query('update contacts set data_key = null where id = $1', [contactId]);
      stores.keys.forget(contactId);
    },

    /** What was said, as it reads. */
    texts: async (id: string): Promise<string[]> =>
      (await stores.conversations.history(id, 0, 100))!.items.map(({ content }) =>
        'text' in content ? content.text! : content.kind,
      ),

    /** What was said, as search and lists see it. */
    async masked(id: string): Promise<string[]> {
      const rows = await pool.query<{ masked: string }>(
        `select masked from chat_messages where session_id = $1 and change = 'message' order by seq`,
        [id],
      );
      return rows.rows.map((row) => row.masked);
    },

    /** Conversations whose transcripts have gaps, or in which something waits that nobody knows of. */
    async broken(): Promise<unknown[]> {
      const found = await pool.query(
        `select s.id from chat_sessions s where s.seq <> (select count(*) from chat_messages m where m.session_id = s.id)
            or s.pending <> (select count(*) from inbound i where i.session_id = s.id and i.state = 'pending')`,
      );
      return found.rows;
    },

    async close(): Promise<void> {
      await pool.end();
      await database.drop();
    },
  };
}
