import { randomUUID } from 'node:crypto';
import { inTransaction, insertMessages, insertOutbound } from '#adapters/postgres/statements.ts';
import { ourRow } from '#adapters/postgres/turn-rows.ts';
import type { ChannelName } from '#core/conversation/conversation.schema.ts';
import type { OutboundContent } from '#core/conversation/content.schema.ts';
import { mask } from '#core/privacy/mask.ts';
import { openTestStores } from './stores.ts';

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
  const house = await openTestStores();
  const { pool, errors } = house;
  const { desk, sealing, outbound: store } = house.stores;
  const tools = { ...house.tools, sealing, mask: masked };
  const agent = await house.agent('小安');

  return {
    pool,
    agent,
    desk,
    errors,
    store,

    /** A conversation of a new contact; its id is also its place on the platform. */
    async conversation(channel: ChannelName = 'telegram', place?: string | null): Promise<string> {
      const [id, contact] = [randomUUID(), randomUUID()];
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

    drop: house.close,
  };
}

/** A name for a worker. */
export const workerId = (): string => randomUUID();
