import type { Pool } from 'pg';
import type { ConversationStore, NewConversation, TurnWrite, TurnWritten } from '#core/conversation/store.ts';
import type { BlindIndex } from '#core/privacy/blind-index.ts';
import { createClaims } from './claims.ts';
import { loadConversation } from './conversation-rows.ts';
import type { EffectTools } from './effects.ts';
import { createReceiver } from './inbound.ts';
import { inTransaction, insertMessages, violatedUnique } from './statements.ts';
import { createTranscript } from './transcript.ts';
import { ourRow } from './turn-rows.ts';
import { createTurnWriter } from './turn-writer.ts';
import { setAlarm, writeWholeTurn } from './turn-transaction.ts';

/** The hot path in SQL (`core/conversation/store.ts`). */
export function createConversationStore(
  tools: EffectTools & { pool: Pool; blindIndex: BlindIndex },
): ConversationStore {
  const { pool, sealing } = tools;
  const writer = createTurnWriter({ ...tools, keyOf: (conversation) => sealing.keyOf(conversation.contactId) });
  const transcript = createTranscript(tools);

  async function duplicateOf(deliveryKey: string): Promise<TurnWritten> {
    const found = await pool.query<{ seq: number }>('select seq from inbound where delivery_key = $1', [deliveryKey]);
    return found.rows[0] ? { kind: 'duplicate', seq: found.rows[0].seq } : { kind: 'moved' };
  }

  async function writeWithEffects(write: TurnWrite): Promise<TurnWritten> {
    const key = await sealing.keyOf(write.conversation.contactId);
    if (!key) return { kind: 'moved' };
    const client = await pool.connect();
    try {
      await client.query('begin');
      const done = await writeWholeTurn(client, tools, key, { ...write, taken: [] });
      await client.query(done ? 'commit' : 'rollback');
      return done ? { kind: 'written', ...done } : { kind: 'moved' };
    } catch (error) {
      await client.query('rollback').catch(() => {});
      throw error;
    } finally {
      client.release();
    }
  }

  const begin = (start: NewConversation) =>
    inTransaction(pool, async (client) => {
      const key = start.newContact ? sealing.newKey() : { key: await sealing.keyOf(start.contactId), wrapped: null };
      if (!key.key) throw new Error('This contact was erased.');
      if (key.wrapped) {
        await client.query('insert into contacts (id, data_key, locale) values ($1, $2, $3)', [
          start.contactId,
          key.wrapped,
          start.locale,
        ]);
        sealing.key(start.contactId, key.wrapped);
        if (start.identity) {
          const id = tools.uuid();
          await client.query(
            `insert into contact_identities (id, contact_id, channel, connection, external_index, external_sealed) values ($1, $2, $3, $4, $5, $6)`,
            [
              id,
              start.contactId,
              start.channel,
              start.connection,
              tools.blindIndex('identity', start.identity),
              sealing.seal(key.key, 'contact_identities.external', id, start.identity),
            ],
          );
        }
      }
      const { outcome } = start;
      const replies = outcome?.replies ?? [];
      await client.query(
        `insert into chat_sessions (id, contact_id, channel, connection, conversation_key, locale, seq, state_sealed, token_hash, token_expires_at, page_sealed)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
        [
          start.id,
          start.contactId,
          start.channel,
          start.connection,
          start.conversationKey,
          outcome?.locale ?? start.locale,
          replies.length,
          outcome ? sealing.seal(key.key, 'chat_sessions.state', start.id, JSON.stringify(outcome.state)) : null,
          start.tokenHash,
          start.tokenExpiresAt,
          start.page ? sealing.seal(key.key, 'chat_sessions.page', start.id, JSON.stringify(start.page)) : null,
        ],
      );
      const now = tools.now();
      const written = replies.map((reply, index) =>
        ourRow(tools, key.key!, { contact: {} }, { seq: index + 1, content: reply.content, inReplyTo: [], now }),
      );
      await insertMessages(
        client,
        start.id,
        written.map((made) => made.row),
      );
      if (outcome?.alarmAt) await setAlarm(client, start.id, outcome.alarmAt);
      const loaded = await loadConversation(client, sealing, start.id);
      if (!loaded) throw new Error('The conversation that was just written is not there.');
      return {
        conversation: { ...loaded.conversation, state: outcome?.state ?? null },
        changes: written.map((made) => made.change),
      };
    });

  return {
    begin,
    load: async (id) => (await loadConversation(pool, sealing, id))?.conversation ?? null,

    async byToken(hash, expiresAt) {
      const found = await pool.query<{ id: string; contact_id: string; token_expires_at: Date }>({
        name: 'by-token',
        text: `select s.id, s.contact_id, s.token_expires_at from chat_sessions s where s.token_hash = $1 and s.token_expires_at > now()`,
        values: [hash],
      });
      const row = found.rows[0];
      if (!row) return null;
      // It slides by the hour: not every use of it is a write.
      if (expiresAt.getTime() - row.token_expires_at.getTime() > 3_600_000)
        await pool.query('update chat_sessions set token_expires_at = $2 where id = $1', [row.id, expiresAt]);
      return { id: row.id, contactId: row.contact_id };
    },

    async writeTurn(write) {
      try {
        if (write.outcome.effects.length) return await writeWithEffects(write);
        return await writer.write(write);
      } catch (error) {
        if (violatedUnique(error) === 'inbound_delivery_key' && write.inbound)
          return duplicateOf(write.inbound.deliveryKey);
        throw error;
      }
    },

    ...createReceiver(tools),
    ...createClaims(tools),
    ...transcript,

    async heads(ids) {
      if (!ids.length) return new Map();
      const found = await pool.query<{ id: string; seq: number }>({
        name: 'heads',
        text: 'select id, seq from chat_sessions where id = any($1::uuid[])',
        values: [ids],
      });
      return new Map(found.rows.map((row) => [row.id, row.seq]));
    },

    async contactFacts(contactId) {
      const found = await pool.query<{ id: string }>(
        'select id from chat_sessions where contact_id = $1 order by created_at desc limit 1',
        [contactId],
      );
      const last = found.rows[0] && (await loadConversation(pool, sealing, found.rows[0].id))?.conversation;
      if (!last) return { contact: {}, previous: null };
      const closed = await pool.query<{ closed_at: Date; topic: string | null; ticket: string | null }>(
        `select s.closed_at, s.topic, (select k.number from tickets k where k.session_id = s.id order by k.created_at desc limit 1) as ticket
           from chat_sessions s where s.contact_id = $1 and s.closed_at is not null order by s.created_at desc limit 1`,
        [contactId],
      );
      const row = closed.rows[0];
      return {
        contact: last.contact,
        previous: row
          ? {
              closedAt: row.closed_at.toISOString(),
              ...(row.topic ? { topic: row.topic } : {}),
              ...(row.ticket ? { ticket: row.ticket } : {}),
            }
          : null,
      };
    },

    async writeCursors(cursors) {
      if (!cursors.length) return;
      await pool.query({
        name: 'write-cursors',
        text: `insert into cursors (session_id, delivered_seq, seen_seq)
               select c.id, c.delivered, c.seen from unnest($1::uuid[], $2::int[], $3::int[]) as c(id, delivered, seen)
                where exists (select from chat_sessions s where s.id = c.id)
               on conflict (session_id) do update set delivered_seq = greatest(cursors.delivered_seq, excluded.delivered_seq),
                 seen_seq = greatest(cursors.seen_seq, excluded.seen_seq)`,
        values: [
          cursors.map((cursor) => cursor.id),
          cursors.map((cursor) => cursor.delivered),
          cursors.map((cursor) => cursor.seen),
        ],
      });
    },

    async rate(id, score, comment) {
      const loaded = await loadConversation(pool, sealing, id);
      if (!loaded) return false;
      const rated = await pool.query(
        `update chat_sessions set rating = $2, rating_comment_sealed = $3
          where id = $1 and rating is null and not exists (select from handoffs h where h.session_id = $1 and h.status in ('waiting', 'claimed'))`,
        [id, score, comment ? sealing.seal(loaded.key, 'chat_sessions.rating_comment', id, comment) : null],
      );
      return rated.rowCount === 1;
    },

    async pending(limit) {
      const found = await pool.query<{ id: string }>({
        name: 'pending',
        text: `select id from chat_sessions where pending > 0 and mode in ('bot', 'queued') and (lease_until is null or lease_until < now())
               order by lease_until nulls first limit $1`,
        values: [limit],
      });
      return found.rows.map((row) => row.id);
    },

    async dueAlarms(limit) {
      const found = await pool.query<{ session_id: string }>({
        name: 'due-alarms',
        text: 'select session_id from timers where due_at <= now() order by due_at limit $1',
        values: [limit],
      });
      return found.rows.map((row) => row.session_id);
    },

    setAlarm: (id, at) => setAlarm(pool, id, at),
  };
}
