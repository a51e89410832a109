import type { Pool, PoolClient } from 'pg';
import type { ChannelName, ConversationState } from '#core/conversation/conversation.schema.ts';
import type { Locale } from '#core/conversation/content.schema.ts';
import type { Conversation } from '#core/conversation/conversation.ts';
import type { DataKey } from '#core/privacy/seal.ts';
import type { Sealing } from './sealing.ts';

type ContactRow = {
  data_key: Buffer | null;
  name_sealed: Buffer | null;
  email_sealed: Buffer | null;
  phone_sealed: Buffer | null;
};
type PreviousRow = { previous_closed_at: Date | null; previous_topic: string | null; previous_ticket: string | null };
type Row = ContactRow &
  PreviousRow & {
    id: string;
    contact_id: string;
    channel: ChannelName;
    connection: string;
    conversation_key: string | null;
    locale: Locale;
    mode: ConversationState;
    epoch: number;
    seq: number;
    pending: number;
    state_sealed: Buffer | null;
    rating: number | null;
    due_at: Date | null;
    agent_id: string | null;
    agent_name: Buffer | null;
    agent_key: Buffer | null;
  };

/** Joins the last conversation that has ended, of the contact `w.contact`, of those begun before `w.begun`. */
const WITH_PREVIOUS = `
  left join lateral (select p.closed_at as previous_closed_at, p.topic as previous_topic,
                            (select k.number from tickets k where k.session_id = p.id order by k.created_at desc limit 1) as previous_ticket
                       from chat_sessions p
                      where p.contact_id = w.contact and p.closed_at is not null and p.created_at < w.begun
                      order by p.created_at desc limit 1) p on true`;

const LOAD = {
  name: 'load-conversation',
  text: `
select s.id, s.contact_id, s.channel, s.connection, s.conversation_key, s.locale, s.mode, s.epoch, s.seq, s.pending,
       s.state_sealed, s.rating, t.due_at, c.data_key, c.name_sealed, c.email_sealed, c.phone_sealed,
       s.agent_id, u.name_sealed as agent_name, u.data_key as agent_key,
       p.*
  from chat_sessions s
  join contacts c on c.id = s.contact_id
  left join timers t on t.session_id = s.id
  left join users u on u.id = s.agent_id
  cross join lateral (select s.contact_id as contact, s.created_at as begun) w${WITH_PREVIOUS}
 where s.id = $1`,
};

const FACTS = {
  name: 'contact-facts',
  text: `
select c.data_key, c.name_sealed, c.email_sealed, c.phone_sealed, p.*
  from contacts c
  cross join lateral (select c.id as contact, 'infinity'::timestamptz as begun) w${WITH_PREVIOUS}
 where c.id = $1`,
};

function openContact(sealing: Sealing, key: DataKey, id: string, row: ContactRow): Conversation['contact'] {
  const contact: Conversation['contact'] = {};
  const name = sealing.open(key, 'contacts.name', id, row.name_sealed);
  const email = sealing.open(key, 'contacts.email', id, row.email_sealed);
  const phone = sealing.open(key, 'contacts.phone', id, row.phone_sealed);
  if (name) contact.name = name;
  if (email) contact.email = email;
  if (phone) contact.phone = phone;
  return contact;
}

const toPrevious = (row: PreviousRow): Conversation['previous'] =>
  row.previous_closed_at && {
    closedAt: row.previous_closed_at.toISOString(),
    ...(row.previous_topic ? { topic: row.previous_topic } : {}),
    ...(row.previous_ticket ? { ticket: row.previous_ticket } : {}),
  };

/** What is known of a contact before a conversation with it; null when there is none, or it was erased. */
export async function loadContactFacts(
  pool: Pool,
  sealing: Sealing,
  id: string,
): Promise<Pick<Conversation, 'contact' | 'previous'> | null> {
  const found = await pool.query<ContactRow & PreviousRow>({ ...FACTS, values: [id] });
  const row = found.rows[0];
  const key = row && sealing.key(id, row.data_key);
  return key ? { contact: openContact(sealing, key, id, row), previous: toPrevious(row) } : null;
}

/** A conversation with its contact's key, read and opened; undefined when there is none, or its contact was erased. */
export async function loadConversation(
  client: Pick<Pool | PoolClient, 'query'>,
  sealing: Sealing,
  id: string,
): Promise<{ conversation: Conversation; key: DataKey } | undefined> {
  const found = await client.query<Row>({ ...LOAD, values: [id] });
  const row = found.rows[0];
  const key = row && sealing.key(row.contact_id, row.data_key);
  if (!row || !key) return undefined;
  const agentName =
    row.agent_id && sealing.open(sealing.key(row.agent_id, row.agent_key), 'users.name', row.agent_id, row.agent_name);
  return {
    key,
    conversation: {
      id: row.id,
      contactId: row.contact_id,
      channel: row.channel,
      connection: row.connection,
      conversationKey: row.conversation_key,
      locale: row.locale,
      mode: row.mode,
      epoch: row.epoch,
      seq: row.seq,
      pending: row.pending,
      state: sealing.openJson(key, 'chat_sessions.state', row.id, row.state_sealed),
      alarmAt: row.due_at,
      agent: row.agent_id ? { id: row.agent_id, name: agentName || '—' } : null,
      contact: openContact(sealing, key, row.contact_id, row),
      previous: toPrevious(row),
      rated: row.rating !== null,
    },
  };
}
