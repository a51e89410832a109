import type { Pool } from 'pg';
import type { Message } from '#core/conversation/conversation.schema.ts';
import type { Attachment, OutboundContent } from '#core/conversation/content.schema.ts';
import type { DeskStore } from '#core/desk/desk-store.ts';
import { conflict, notFound } from '#core/errors.ts';
import type { DataKey } from '#core/privacy/seal.ts';
import { inTransaction, insertMessages, insertOutbound } from './statements.ts';
import { toMessage, type TranscriptRow } from './transcript.ts';
import { namesOf, ourRow, type RowTools, type Whose } from './turn-rows.ts';

/** How long after an agent's message it is still worth delivering on a platform. */
const MESSAGE_LIVES_MS = 7 * 24 * 3_600_000;

/** Only who has the conversation writes in it; the row's lock gives the message its number. */
const TAKE_PLACE = {
  name: 'agent-message-place',
  text: `
with held as (
  update chat_sessions set seq = seq + 1, active_at = date_trunc('minute', now()), updated_at = now()
   where id = $1 and mode = 'agent' and agent_id = $2 returning seq, contact_id, channel)
select held.*, c.data_key, c.name_sealed from held join contacts c on c.id = held.contact_id`,
};

type ContactRow = { contact_id: string; data_key: Buffer | null; name_sealed: Buffer | null };

/** What people of the desk write, in SQL. */
export function createDeskMessages(
  tools: RowTools & { pool: Pool },
): Pick<DeskStore, 'say' | 'resend' | 'note' | 'markRead'> {
  const { pool, sealing } = tools;

  /** Whom it is about, and his key; undefined when he was erased. */
  function customer(row: ContactRow): { key: DataKey; whose: Whose } | undefined {
    const key = sealing.key(row.contact_id, row.data_key);
    if (!key) return undefined;
    const name = sealing.open(key, 'contacts.name', row.contact_id, row.name_sealed);
    return { key, whose: { contact: name ? { name } : {} } };
  }

  async function written(sessionId: string, clientMessageId: string): Promise<Message | undefined> {
    const found = await pool.query<TranscriptRow & { contact_id: string }>(
      `select m.*, s.contact_id from chat_messages m join chat_sessions s on s.id = m.session_id
        where m.session_id = $1 and m.client_id = $2 and m.author = 'agent'`,
      [sessionId, clientMessageId],
    );
    const row = found.rows[0];
    return row && toMessage(sealing, await sealing.keyOf(row.contact_id), row);
  }

  return {
    async say(sessionId, agent, message) {
      try {
        return await inTransaction(pool, async (client) => {
          const placed = await client.query<ContactRow & { seq: number; channel: string }>({
            ...TAKE_PLACE,
            values: [sessionId, agent.id],
          });
          const row = placed.rows[0];
          if (!row) throw conflict('Only the person who has this conversation writes in it. Take it over first.');
          const about = customer(row);
          if (!about) throw conflict('This customer’s data was erased: nothing can be written to him any more.');
          const now = tools.now();
          const made = ourRow(tools, about.key, about.whose, {
            seq: row.seq,
            content: contentOf(message),
            inReplyTo: [],
            now,
            agent,
            clientId: message.clientMessageId,
          });
          await insertMessages(client, sessionId, [made.row]);
          if (row.channel !== 'web')
            await insertOutbound(client, sessionId, [made.row], new Date(now.getTime() + MESSAGE_LIVES_MS));
          return { message: made.change.message, changes: [made.change] };
        });
      } catch (error) {
        // Sent again it is the same message, also when somebody else has the conversation by now.
        const before = await written(sessionId, message.clientMessageId);
        if (!before) throw error;
        return { message: before, changes: [] };
      }
    },

    async resend(sessionId, seq) {
      const again = await pool.query<TranscriptRow & { contact_id: string }>(
        `with o as (update outbound set state = 'pending', author = 'agent', attempts = 0, next_at = now(), error = null, lane_by = null,
                           expires_at = now() + interval '1 day', updated_at = now()
                     where session_id = $1 and seq = $2 and state in ('failed', 'uncertain', 'expired') returning session_id, seq)
         select m.*, s.contact_id, 'pending' as delivery from o
           join chat_messages m on m.session_id = o.session_id and m.seq = o.seq join chat_sessions s on s.id = o.session_id`,
        [sessionId, seq],
      );
      const row = again.rows[0];
      if (!row) throw conflict('This message was delivered, or is on its way: there is nothing to send again.');
      return toMessage(sealing, await sealing.keyOf(row.contact_id), row);
    },

    async note(sessionId, agent, text) {
      const found = await pool.query<ContactRow & { seq: number }>(
        `select s.seq, s.contact_id, c.data_key, c.name_sealed
           from chat_sessions s join contacts c on c.id = s.contact_id where s.id = $1`,
        [sessionId],
      );
      const row = found.rows[0];
      if (!row) throw notFound('conversation');
      const about = customer(row);
      if (!about) throw conflict('This customer’s data was erased: nothing can be noted of him any more.');
      const id = tools.uuid();
      const now = tools.now();
      await pool.query(
        'insert into notes (id, session_id, author_id, body_sealed, masked, after_seq, created_at) values ($1, $2, $3, $4, $5, $6, $7)',
        [
          id,
          sessionId,
          agent.id,
          sealing.seal(about.key, 'notes.body', id, text),
          tools.mask(text, namesOf(about.whose)),
          row.seq,
          now,
        ],
      );
      return { id, author: agent, text, afterSeq: row.seq, createdAt: now.toISOString() };
    },

    async markRead(sessionId, seq) {
      await pool.query(
        `insert into cursors (session_id, agent_seq) select s.id, least(s.seq, $2) from chat_sessions s where s.id = $1
         on conflict (session_id) do update set agent_seq = greatest(cursors.agent_seq, excluded.agent_seq)`,
        [sessionId, seq],
      );
    },
  };
}

const contentOf = (message: { text: string } | { attachment: Attachment }): OutboundContent =>
  'text' in message
    ? { kind: 'text', text: message.text }
    : { kind: message.attachment.type.startsWith('image/') ? 'image' : 'file', attachment: message.attachment };
