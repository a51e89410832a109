import { randomBytes, randomUUID } from 'node:crypto';
import { Pool } from 'pg';
import { createDeskStore } from '#adapters/postgres/desk-store.ts';
import { createOutboundStore } from '#adapters/postgres/outbound-store.ts';
import { createSealing } from '#adapters/postgres/sealing.ts';
import { inTransaction, insertMessages, insertOutbound } from '#adapters/postgres/statements.ts';
import { ourRow } from '#adapters/postgres/turn-rows.ts';
import type { ChannelName } from '#core/conversation/conversation.schema.ts';
import type { OutboundContent } from '#core/conversation/content.schema.ts';
import { createUuid7 } from '#core/conversation/uuid.ts';
import { createContactKeys } from '#core/privacy/contact-keys.ts';
import { createKeyRing } from '#core/privacy/key-ring.ts';
import { mask } from '#core/privacy/mask.ts';
import { createSeal } from '#core/privacy/seal.ts';
import { createTestDatabase } from './database.ts';

/** A row of the outbox as tests look at it. */
export type OutboundRow = {
  seq: number;
  state: string;
  attempts: number;
  doubts: number;
  error: string | null;
  platform_id: string | null;
  /** Seconds until it is looked at; null: never again. */
  rest: number | null;
};

const HOUR_MS = 3_600_000;
const masked = (text: string, names: readonly string[]): string => mask(text, { names });

/** A migrated database with an outbox, and what fills it as turns and agents do. Call `drop` in `afterAll`. */
export async function createTestOutbox() {
  const database = await createTestDatabase();
  const pool = new Pool({ ...database.connection, max: 8 });
  pool.on('error', () => {}); // dropping the database cuts what is left
  const seal = createSeal({
    keyRing: createKeyRing({ keys: new Map([['k1', randomBytes(32)]]), current: 'k1' }),
    random: randomBytes,
  });
  const load = async (id: string): Promise<Buffer | null> =>
    (await pool.query<{ data_key: Buffer | null }>('select data_key from contacts where id = $1', [id])).rows[0]
      ?.data_key ?? null;
  const sealing = createSealing({ seal, keys: createContactKeys({ seal, load, now: Date.now, capacity: 1 }) });
  const uuid = createUuid7(Date.now);
  const tools = { pool, sealing, uuid, now: () => new Date(), mask: masked, waitMs: HOUR_MS };
  const desk = createDeskStore(tools);
  const errors: unknown[] = [];
  const agent = { id: uuid(), name: '小安' };
  const agentKey = sealing.newKey();
  await pool.query(
    'insert into users (id, email_index, email_sealed, name_sealed, data_key) values ($1, $2, $3, $4, $5)',
    [
      agent.id,
      randomBytes(32),
      sealing.seal(agentKey.key, 'users.email', agent.id, 'an@shop.test'),
      sealing.seal(agentKey.key, 'users.name', agent.id, agent.name),
      agentKey.wrapped,
    ],
  );

  return {
    pool,
    agent,
    desk,
    errors,
    store: createOutboundStore({ pool, sealing, onError: (error) => void errors.push(error) }),

    /** A conversation of a new contact; its id is also its place on the platform. */
    async conversation(channel: ChannelName = 'telegram', place?: string | null): Promise<string> {
      const [id, contact] = [uuid(), uuid()];
      await pool.query(`insert into contacts (id, data_key, locale) values ($1, $2, 'zh-TW')`, [
        contact,
        sealing.newKey().wrapped,
      ]);
      await pool.query(
        `insert into chat_sessions (id, contact_id, channel, connection, conversation_key, locale) values ($1, $2, $3, 'main', $4, 'zh-TW')`,
        [id, contact, channel, place === undefined ? id : place],
      );
      return id;
    },

    /** Writes messages of the bot's and lines them up; returns their numbers. */
    say: (id: string, ...said: (string | OutboundContent)[]): Promise<number[]> =>
      inTransaction(pool, async (client) => {
        const held = await client.query<{ seq: number; contact_id: string }>(
          'update chat_sessions set seq = seq + $2 where id = $1 returning seq, contact_id',
          [id, said.length],
        );
        const { seq, contact_id: contact } = held.rows[0]!;
        const key = await sealing.keyOf(contact);
        const rows = said.map((content, index) => {
          const at = { seq: seq - said.length + index + 1, inReplyTo: [], now: new Date() };
          const whole = typeof content === 'string' ? ({ kind: 'text', text: content } as const) : content;
          return ourRow(tools, key!, { contact: {} }, { ...at, content: whole }).row;
        });
        await insertMessages(client, id, rows);
        await insertOutbound(client, id, rows, new Date(Date.now() + HOUR_MS));
        return rows.map((row) => row.seq);
      }),

    takeOver: (id: string) => desk.takeOver(id, agent),

    async erase(id: string): Promise<void> {
      await pool.query(
        'update contacts set data_key = null from chat_sessions s where s.id = $1 and contacts.id = s.contact_id',
        [id],
      );
    },

    async rows(id: string): Promise<OutboundRow[]> {
      const found = await pool.query<OutboundRow>(
        `select seq, state, attempts, doubts, error, platform_id,
                case when next_at < 'infinity' then extract(epoch from next_at - now())::float8 end as rest
           from outbound where session_id = $1 order by seq`,
        [id],
      );
      return found.rows;
    },

    async drop(): Promise<void> {
      await pool.end();
      await database.drop();
    },
  };
}

/** A name for a worker. */
export const workerId = (): string => randomUUID();
