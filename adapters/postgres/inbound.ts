import type { Pool } from 'pg';
import type { ConversationState } from '#core/conversation/conversation.schema.ts';
import type { Inbound, Received } from '#core/conversation/store.ts';
import { violatedUnique } from './statements.ts';
import { customerRow, type RowTools } from './turn-rows.ts';

/** The row first: its lock gives the message its number. In a person's hands a message waits for no turn. */
const RECEIVE = {
  name: 'receive',
  text: `
with s as (
  update chat_sessions set seq = seq + 1, pending = pending + case when mode = 'agent' then 0 else 1 end,
      active_at = date_trunc('minute', now()), updated_at = now()
   where id = $1 and mode <> 'closed' and pending < $2
  returning id, seq, mode),
i as (
  insert into inbound (session_id, seq, delivery_key, semantic_key, state, done_at)
  select id, seq, $3, $4, case when mode = 'agent' then 'done' else 'pending' end, case when mode = 'agent' then now() end from s),
m as (
  insert into chat_messages (session_id, seq, id, author, kind, body_sealed, masked, client_id, created_at)
  select id, seq, $5, 'customer', $6, $7, $8, $9, $10 from s)
select seq, mode from s`,
};

/** Writes messages as they come in, once each, however often they are delivered. */
export function createReceiver(tools: RowTools & { pool: Pool }) {
  const { pool, sealing } = tools;

  async function known(inbound: Inbound): Promise<Received | undefined> {
    const found = await pool.query<{ seq: number }>(
      'select seq from inbound where delivery_key = $1 or semantic_key = $2 limit 1',
      [inbound.deliveryKey, inbound.semanticKey],
    );
    return found.rows[0] && { kind: 'duplicate', seq: found.rows[0].seq };
  }

  /** Why nothing was written. What was taken before stays so, whatever became of the conversation since. */
  async function refusal(inbound: Inbound): Promise<Received> {
    const duplicate = await known(inbound);
    if (duplicate) return duplicate;
    const found = await pool.query<{ mode: ConversationState; seq: number }>(
      'select mode, seq from chat_sessions where id = $1',
      [inbound.conversationId],
    );
    const row = found.rows[0];
    if (!row) return { kind: 'unknown' };
    return row.mode === 'closed' ? { kind: 'closed', head: row.seq } : { kind: 'full' };
  }

  return {
    async receive(inbound: Inbound): Promise<Received> {
      const owner = await pool.query<{ contact_id: string; data_key: Buffer | null; name_sealed: Buffer | null }>({
        name: 'receive-owner',
        text: `select s.contact_id, c.data_key, c.name_sealed from chat_sessions s join contacts c on c.id = s.contact_id where s.id = $1`,
        values: [inbound.conversationId],
      });
      const whose = owner.rows[0];
      const key = whose && sealing.key(whose.contact_id, whose.data_key);
      if (!whose || !key) return { kind: 'unknown' };
      const name = sealing.open(key, 'contacts.name', whose.contact_id, whose.name_sealed);
      const now = tools.now();
      const { row, change } = customerRow(
        tools,
        key,
        { contact: name ? { name } : {} },
        { seq: 1, clientId: inbound.clientId, content: inbound.content, now },
      );
      try {
        const written = await pool.query<{ seq: number; mode: ConversationState }>({
          ...RECEIVE,
          values: [
            inbound.conversationId,
            inbound.most,
            inbound.deliveryKey,
            inbound.semanticKey,
            row.id,
            row.kind,
            row.body,
            row.masked,
            row.clientId,
            now,
          ],
        });
        const placed = written.rows[0];
        if (!placed) return await refusal(inbound);
        const { seq, mode } = placed;
        return { kind: 'received', seq, mode, change: { ...change, seq, message: { ...change.message, seq } } };
      } catch (error) {
        const duplicate = violatedUnique(error) && (await known(inbound));
        if (duplicate) return duplicate;
        throw error;
      }
    },
  };
}
