import type { Pool, PoolClient } from 'pg';
import type { ConversationStore, NewConversation, TurnWritten } from '#core/conversation/store.ts';
import { notFound } from '#core/errors.ts';
import type { BlindIndex } from '#core/privacy/blind-index.ts';
import { createClaims } from './claims.ts';
import { loadContactFacts, loadConversation } from './conversation-rows.ts';
import type { EffectTools } from './effects.ts';
import { createReceiver } from './inbound.ts';
import { inTransaction, violatedUnique } from './statements.ts';
import { createTranscript } from './transcript.ts';
import { commitWholeTurn, writeWholeTurn } from './turn-transaction.ts';
import { createTurnWriter } from './turn-writer.ts';

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

  /** Makes the contact; its key stays in memory. */
  async function insertContact(client: PoolClient, start: NewConversation): Promise<void> {
    const { key, wrapped } = sealing.newKey();
    await client.query('insert into contacts (id, data_key, locale) values ($1, $2, $3)', [
      start.contactId,
      wrapped,
      start.locale,
    ]);
    sealing.key(start.contactId, wrapped);
    if (!start.identity) return;
    const id = tools.uuid();
    await client.query(
      `insert into contact_identities (id, contact_id, channel, connection, external_index, external_sealed) values ($1, $2, $3, $4, $5, $6)`,
      [
        id,
        start.contactId,
        start.channel,
        start.connection,
        tools.blindIndex('identity', start.identity),
        sealing.seal(key, 'contact_identities.external', id, start.identity),
      ],
    );
  }

  const begin = (start: NewConversation) =>
    inTransaction(pool, async (client) => {
      if (start.newContact) await insertContact(client, start);
      const key = await sealing.keyOf(start.contactId);
      if (!key) throw notFound('contact');
      await client.query(
        `insert into chat_sessions (id, contact_id, channel, connection, conversation_key, locale, token_hash, token_expires_at, page_sealed)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
        [
          start.id,
          start.contactId,
          start.channel,
          start.connection,
          start.conversationKey,
          start.locale,
          start.tokenHash,
          start.tokenExpiresAt,
          start.page ? sealing.seal(key, 'chat_sessions.page', start.id, JSON.stringify(start.page)) : null,
        ],
      );
      const loaded = await loadConversation(client, sealing, start.id);
      if (!loaded) throw notFound('contact');
      const { conversation } = loaded;
      if (!start.outcome) return { conversation, changes: [] };
      const opened = await writeWholeTurn(client, tools, key, {
        conversation,
        outcome: start.outcome,
        inbound: null,
        taken: [],
      });
      if (!opened) throw new Error('A conversation that nobody else can know of moved on.');
      return opened;
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
        if (write.outcome.effects.length) return await commitWholeTurn(tools, { ...write, taken: [] });
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

    contactFacts: (contactId) => loadContactFacts(pool, sealing, contactId),

    async writeCursors(cursors) {
      if (!cursors.length) return;
      await pool.query({
        name: 'write-cursors',
        text: `insert into cursors (session_id, delivered_seq, seen_seq)
               select c.id, c.delivered, c.seen from unnest($1::uuid[], $2::int[], $3::int[]) as c(id, delivered, seen)
                where exists (select from chat_sessions s where s.id = c.id) order by c.id
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
        // What a person has, or a worker holds, cannot be rung: it must not stand before what can.
        text: `select t.session_id from timers t join chat_sessions s on s.id = t.session_id
                where t.due_at <= now() and s.mode in ('bot', 'queued') and (s.lease_until is null or s.lease_until < now())
                order by t.due_at limit $1`,
        values: [limit],
      });
      return found.rows.map((row) => row.session_id);
    },
  };
}
