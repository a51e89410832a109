import type { Pool } from 'pg';
import type { ChannelName } from '#core/conversation/conversation.schema.ts';
import type { ConversationDetail, ConversationSummary } from '#core/desk/desk.schema.ts';
import type { DeskStore } from '#core/desk/desk-store.ts';
import type { DataKey } from '#core/privacy/seal.ts';
import { agentOf, toHandoff, type HandoffRow } from './handoff-rows.ts';
import type { Sealing } from './sealing.ts';
import { slotsOf } from './slots.ts';

const MOST_HANDOFFS = 50;
const MOST_TICKETS = 20;
const MOST_EARLIER = 10;

type OwnRow = {
  data_key: Buffer | null;
  name_sealed: Buffer | null;
  email_sealed: Buffer | null;
  phone_sealed: Buffer | null;
  page_sealed: Buffer | null;
  state_sealed: Buffer | null;
  understood: Understanding | null;
};
type Understanding = { rung: string; took: number; ranking: { intent: string; confidence: number }[] };
type Slots = Readonly<Record<string, string>>;

/** Everything that the desk shows beside a transcript. */
export function createDeskDetail(
  { pool, sealing }: { pool: Pool; sealing: Sealing },
  summary: (id: string) => Promise<ConversationSummary | null>,
): Pick<DeskStore, 'detail'> {
  async function contactOf(
    { id, customer }: ConversationSummary,
    key: DataKey | undefined,
    own: OwnRow,
  ): Promise<ConversationDetail['contact']> {
    const identities = await pool.query<{ id: string; channel: ChannelName; external_sealed: Buffer }>(
      'select id, channel, external_sealed from contact_identities where contact_id = $1 order by created_at',
      [customer.id],
    );
    return {
      name: sealing.open(key, 'contacts.name', customer.id, own.name_sealed),
      email: sealing.open(key, 'contacts.email', customer.id, own.email_sealed),
      phone: sealing.open(key, 'contacts.phone', customer.id, own.phone_sealed),
      identities: identities.rows.map((row) => ({
        channel: row.channel,
        label: sealing.open(key, 'contact_identities.external', row.id, row.external_sealed) ?? '—',
      })),
      page: readPage(sealing.openJson(key, 'chat_sessions.page', id, own.page_sealed)),
    };
  }

  /** Its handoffs, the first one first, and what the bot had collected before the last one. */
  async function handoffsOf(id: string, key: DataKey | undefined) {
    const found = await pool.query<
      HandoffRow & { agent_key: Buffer | null; agent_name: Buffer | null; collected_sealed: Buffer | null }
    >(
      `select h.id, h.session_id, h.reason, h.status, h.agent_id, h.requested_at, h.claimed_at, h.ended_at, h.collected_sealed,
              a.data_key as agent_key, a.name_sealed as agent_name
         from handoffs h left join users a on a.id = h.agent_id where h.session_id = $1 order by h.requested_at desc limit $2`,
      [id, MOST_HANDOFFS],
    );
    const last = found.rows[0];
    return {
      handoffs: found.rows
        .map((row) => toHandoff(row, agentOf(sealing, row.agent_id, row.agent_key, row.agent_name)))
        .reverse(),
      collected: (last && sealing.openJson(key, 'handoffs.collected', last.id, last.collected_sealed)) as Slots | null,
    };
  }

  async function ticketsOf(contactId: string, key: DataKey | undefined): Promise<ConversationDetail['tickets']> {
    const found = await pool.query<{ id: string; number: string; subject_sealed: Buffer; status: string }>(
      'select id, number, subject_sealed, status from tickets where contact_id = $1 order by created_at desc limit $2',
      [contactId, MOST_TICKETS],
    );
    return found.rows.map((row) => ({
      id: row.id,
      number: row.number,
      subject: sealing.open(key, 'tickets.subject', row.id, row.subject_sealed) ?? '—',
      status: row.status,
    }));
  }

  async function earlierOf(contactId: string, id: string): Promise<ConversationDetail['earlier']> {
    const found = await pool.query<{
      id: string;
      topic: string | null;
      close_reason: string | null;
      created_at: Date;
      by_agent: boolean;
    }>(
      `select s.id, s.topic, s.close_reason, s.created_at,
              exists (select from handoffs h where h.session_id = s.id and h.claimed_at is not null) as by_agent
         from chat_sessions s where s.contact_id = $1 and s.id <> $2 order by s.created_at desc limit $3`,
      [contactId, id, MOST_EARLIER],
    );
    return found.rows.map((row) => ({
      id: row.id,
      topic: row.topic,
      endedBy: row.by_agent ? 'agent' : (row.close_reason ?? 'open'),
      at: row.created_at.toISOString(),
    }));
  }

  async function notesOf(id: string, key: DataKey | undefined): Promise<ConversationDetail['notes']> {
    const found = await pool.query<{
      id: string;
      author_id: string;
      name_sealed: Buffer;
      data_key: Buffer | null;
      body_sealed: Buffer;
      after_seq: number;
      created_at: Date;
    }>(
      `select n.id, n.author_id, u.name_sealed, u.data_key, n.body_sealed, n.after_seq, n.created_at
         from notes n join users u on u.id = n.author_id where n.session_id = $1 order by n.created_at`,
      [id],
    );
    return found.rows.map((row) => ({
      id: row.id,
      author: agentOf(sealing, row.author_id, row.data_key, row.name_sealed),
      text: sealing.open(key, 'notes.body', row.id, row.body_sealed) ?? '—',
      afterSeq: row.after_seq,
      createdAt: row.created_at.toISOString(),
    }));
  }

  async function seenOf(id: string): Promise<number> {
    const found = await pool.query<{ seen_seq: number }>('select seen_seq from cursors where session_id = $1', [id]);
    return found.rows[0]?.seen_seq ?? 0;
  }

  return {
    async detail(id) {
      const shown = await summary(id);
      if (!shown) return null;
      const contactId = shown.customer.id;
      const found = await pool.query<OwnRow>(
        `select c.data_key, c.name_sealed, c.email_sealed, c.phone_sealed, s.page_sealed, s.state_sealed, s.understood
           from chat_sessions s join contacts c on c.id = s.contact_id where s.id = $1`,
        [id],
      );
      const own = found.rows[0]!;
      const key = sealing.key(contactId, own.data_key);
      const [contact, { handoffs, collected }, tickets, earlier, notes, seen] = await Promise.all([
        contactOf(shown, key, own),
        handoffsOf(id, key),
        ticketsOf(contactId, key),
        earlierOf(contactId, id),
        notesOf(id, key),
        seenOf(id),
      ]);
      // What the customer added while waiting comes on top of what was handed over.
      const added = slotsOf(sealing.openJson(key, 'chat_sessions.state', id, own.state_sealed));
      return {
        ...shown,
        contact,
        handoffs,
        collected: withoutFiles({ ...collected, ...added }),
        understanding: own.understood && titled(own.understood),
        tickets,
        earlier,
        notes,
        seen,
      };
    },
  };
}

/** The files among what was collected are in the transcript. */
function withoutFiles(collected: Slots): Slots {
  const { files: _, ...slots } = collected;
  return slots;
}

/** Its intents under their names; their titles are the desk's to add. */
const titled = ({ rung, took, ranking }: Understanding): ConversationDetail['understanding'] => ({
  rung,
  took,
  ranking: ranking.map((one) => ({ ...one, title: one.intent })),
});

const readPage = (page: unknown): { url: string; title: string } | null => {
  const { url, title } = (page ?? {}) as { url?: string; title?: string };
  return url || title ? { url: url ?? '', title: title ?? '' } : null;
};
