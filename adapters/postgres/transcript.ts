import type { Pool } from 'pg';
import type { Author, Change, ConversationState, Delivery, Message } from '#core/conversation/conversation.schema.ts';
import type { InboundContent, OutboundContent } from '#core/conversation/content.schema.ts';
import type { DataKey } from '#core/privacy/seal.ts';
import type { Sealing } from './sealing.ts';
import type { StateInfo } from './turn-rows.ts';

/** A row of `chat_messages` as queries bring it. */
export type TranscriptRow = {
  seq: number;
  id: string;
  change: 'message' | 'edit' | 'delete' | 'state';
  of_seq: number | null;
  author: Author['kind'];
  kind: string;
  body_sealed: Buffer | null;
  in_reply_to: number[] | null;
  client_id: string | null;
  info: unknown;
  created_at: Date;
  delivery?: Delivery | null;
};

/** What stands where a contact was erased. */
const ERASED: OutboundContent = { kind: 'system', topic: 'closed', text: '⟨erased⟩' };

export function toMessage(
  sealing: Sealing,
  key: DataKey | undefined,
  row: TranscriptRow,
  customerName?: string,
): Message {
  const content = sealing.openJson(key, 'chat_messages.body', row.id, row.body_sealed) as
    | OutboundContent
    | InboundContent
    | null;
  const name =
    row.author === 'agent'
      ? (row.info as { name?: string } | null)?.name
      : row.author === 'customer'
        ? customerName
        : undefined;
  return {
    id: row.id,
    seq: row.seq,
    inReplyTo: row.in_reply_to ?? [],
    author: name ? { kind: row.author, name } : { kind: row.author },
    content: content ?? ERASED,
    createdAt: row.created_at.toISOString(),
    ...(row.client_id ? { clientMessageId: row.client_id } : {}),
    ...(row.delivery ? { delivery: row.delivery } : {}),
  };
}

function toChange(sealing: Sealing, key: DataKey | undefined, row: TranscriptRow, customerName?: string): Change {
  switch (row.change) {
    case 'message':
      return { type: 'reply', seq: row.seq, message: toMessage(sealing, key, row, customerName) };
    case 'edit':
      return { type: 'edit', seq: row.seq, of: row.of_seq!, message: toMessage(sealing, key, row, customerName) };
    case 'delete':
      return { type: 'delete', seq: row.seq, of: row.of_seq! };
    case 'state': {
      const { unattended: _, ...info } = row.info as StateInfo;
      return { type: 'state', seq: row.seq, ...info, at: row.created_at.toISOString() };
    }
  }
}

/** Reads of the transcript, opened with the contact's key. */
export function createTranscript({ pool, sealing }: { pool: Pool; sealing: Sealing }) {
  async function owner(id: string) {
    const found = await pool.query<{
      seq: number;
      mode: ConversationState;
      contact_id: string;
      data_key: Buffer | null;
      name_sealed: Buffer | null;
    }>({
      name: 'transcript-owner',
      text: `select s.seq, s.mode, s.contact_id, c.data_key, c.name_sealed
               from chat_sessions s join contacts c on c.id = s.contact_id where s.id = $1`,
      values: [id],
    });
    const row = found.rows[0];
    if (!row) return undefined;
    const key = sealing.key(row.contact_id, row.data_key);
    return {
      head: row.seq,
      state: row.mode,
      key,
      name: sealing.open(key, 'contacts.name', row.contact_id, row.name_sealed) ?? undefined,
    };
  }

  return {
    async changes(id: string, after: number, limit: number) {
      const whose = await owner(id);
      if (!whose) return { changes: [], head: 0, more: false };
      const rows = await pool.query<TranscriptRow>({
        name: 'transcript-changes',
        text: `select seq, id, change, of_seq, author, kind, body_sealed, in_reply_to, client_id, info, created_at
                 from chat_messages where session_id = $1 and seq > $2 order by seq limit $3`,
        values: [id, after, limit + 1],
      });
      const more = rows.rows.length > limit;
      const changes = rows.rows.slice(0, limit).map((row) => toChange(sealing, whose.key, row, whose.name));
      // Rows read after the head was: the newest of them is the head by now.
      return { changes, head: Math.max(whose.head, changes.at(-1)?.seq ?? 0), more };
    },

    async history(id: string, after: number, limit: number) {
      const whose = await owner(id);
      if (!whose) return null;
      const rows = await pool.query<TranscriptRow & { edited_at: Date | null; deleted_at: Date | null }>({
        name: 'transcript-history',
        text: `
select m.seq, coalesce(e.id, m.id) as id, m.change, m.of_seq, m.author, m.kind, coalesce(e.body_sealed, m.body_sealed) as body_sealed,
       m.in_reply_to, m.client_id, m.info, m.created_at, e.created_at as edited_at, d.created_at as deleted_at,
       case when m.author in ('bot', 'agent') then
         case when o.state is not null then case o.state when 'attempting' then 'pending' when 'expired' then 'failed' else o.state end
              when c.seen_seq >= m.seq then 'read' when c.delivered_seq >= m.seq then 'delivered' else 'sent' end end as delivery
  from chat_messages m
  left join lateral (select e.id, e.body_sealed, e.created_at from chat_messages e
                      where e.session_id = m.session_id and e.change = 'edit' and e.of_seq = m.seq order by e.seq desc limit 1) e on true
  left join lateral (select d.created_at from chat_messages d
                      where d.session_id = m.session_id and d.change = 'delete' and d.of_seq = m.seq limit 1) d on true
  left join outbound o on o.session_id = m.session_id and o.seq = m.seq
  left join cursors c on c.session_id = m.session_id
 where m.session_id = $1 and m.seq > $2 and m.change = 'message' order by m.seq limit $3`,
        values: [id, after, limit + 1],
      });
      const items = rows.rows.slice(0, limit).map((row) => ({
        ...toMessage(sealing, whose.key, row, whose.name),
        ...(row.edited_at ? { editedAt: row.edited_at.toISOString() } : {}),
        ...(row.deleted_at ? { deletedAt: row.deleted_at.toISOString() } : {}),
      }));
      return { items, head: whose.head, state: whose.state, more: rows.rows.length > limit };
    },
  };
}
