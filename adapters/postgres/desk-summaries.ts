import type { Pool } from 'pg';
import type { ChannelName, ConversationState } from '#core/conversation/conversation.schema.ts';
import type { Locale } from '#core/conversation/content.schema.ts';
import type { DeskStore } from '#core/desk/desk-store.ts';
import type { ConversationSummary, Handoff } from '#core/desk/desk.schema.ts';
import { foreignCursor } from '#core/errors.ts';
import { plainText } from '#core/conversation/plain-text.ts';
import { isUuid } from '#core/conversation/uuid.ts';
import { agentOf, toHandoff } from './handoff-rows.ts';
import type { Sealing } from './sealing.ts';

type SummaryRow = {
  id: string;
  channel: ChannelName;
  mode: ConversationState;
  locale: Locale;
  seq: number;
  topic: string | null;
  mood: 'calm' | 'angry';
  created_at: Date;
  updated_at: Date;
  active_at: Date;
  contact_id: string;
  data_key: Buffer | null;
  name_sealed: Buffer | null;
  agent_id: string | null;
  agent_key: Buffer | null;
  agent_name: Buffer | null;
  unread: string;
  last_id: string | null;
  last_author: 'customer' | 'bot' | 'agent' | 'system' | null;
  last_body: Buffer | null;
  last_at: Date | null;
  ticket: string | null;
  handoff_id: string | null;
  handoff_reason: Handoff['reason'] | null;
  handoff_status: Handoff['status'] | null;
  handoff_agent: string | null;
  handoff_agent_key: Buffer | null;
  handoff_agent_name: Buffer | null;
  requested_at: Date | null;
  claimed_at: Date | null;
  ended_at: Date | null;
};

/** Somebody opened the chat, was greeted and went: nothing for people. One greeting is `seq` 1, most need no look at their messages. */
const SPOKEN = `(s.mode <> 'bot' or (s.seq > 1 and
       exists (select from chat_messages m where m.session_id = s.id and m.author = 'customer')))`;

/** Filters stand in the text as parameters that may be null: one statement for every list. */
const SUMMARIES = {
  name: 'summaries',
  text: `
select s.id, s.channel, s.mode, s.locale, s.seq, s.topic, s.mood, s.created_at, s.updated_at, s.active_at, s.contact_id, c.data_key, c.name_sealed,
       s.agent_id, a.data_key as agent_key, a.name_sealed as agent_name,
       (select count(*) from chat_messages m where m.session_id = s.id and m.author = 'customer' and m.seq > coalesce(r.agent_seq, 0)) as unread,
       l.id as last_id, l.author as last_author, l.body_sealed as last_body, l.created_at as last_at,
       (select k.number from tickets k where k.session_id = s.id order by k.created_at desc limit 1) as ticket,
       h.id as handoff_id, h.reason as handoff_reason, h.status as handoff_status, h.agent_id as handoff_agent,
       ha.data_key as handoff_agent_key, ha.name_sealed as handoff_agent_name, h.requested_at, h.claimed_at, h.ended_at
  from chat_sessions s
  join contacts c on c.id = s.contact_id
  left join users a on a.id = s.agent_id
  left join cursors r on r.session_id = s.id
  left join lateral (select m.id, m.author, m.body_sealed, m.created_at from chat_messages m
                      where m.session_id = s.id and m.change = 'message' order by m.seq desc limit 1) l on true
  left join lateral (select * from handoffs h where h.session_id = s.id order by h.requested_at desc limit 1) h on true
  left join users ha on ha.id = h.agent_id
 where ($1::text is null or s.mode = $1) and ($2::uuid is null or s.agent_id = $2) and ($3::uuid[] is null or s.id = any($3))
   and ($7 or ${SPOKEN})
   and ($4::timestamptz is null or (s.active_at, s.id) < ($4, $5::uuid))
 order by s.active_at desc, s.id desc limit $6`,
};

const COUNTS = `
select (select count(*) from handoffs where status = 'waiting') as waiting,
       (select count(*) from chat_sessions where agent_id = $1) as mine,
       (select count(*) from chat_sessions s where s.mode <> 'closed' and ${SPOKEN}) as all`;

const LAST_CHARACTERS = 160;

/** The desk's lists; `summary` is the row of any one conversation, also of one that no list shows. */
export function createDeskSummaries({
  pool,
  sealing,
}: {
  pool: Pool;
  sealing: Sealing;
}): Pick<DeskStore, 'summaries' | 'counts'> & { summary(id: string): Promise<ConversationSummary | null> } {
  function toSummary(row: SummaryRow): ConversationSummary {
    const key = sealing.key(row.contact_id, row.data_key);
    const content =
      row.last_id &&
      (sealing.openJson(key, 'chat_messages.body', row.last_id, row.last_body) as
        | Parameters<typeof plainText>[0]
        | null);
    return {
      id: row.id,
      channel: row.channel,
      state: row.mode,
      locale: row.locale,
      customer: {
        id: row.contact_id,
        name:
          sealing.open(key, 'contacts.name', row.contact_id, row.name_sealed) ??
          visitorName(row.contact_id, row.locale),
      },
      agent: agentOf(sealing, row.agent_id, row.agent_key, row.agent_name),
      handoff:
        row.handoff_id && row.handoff_reason && row.handoff_status && row.requested_at
          ? toHandoff(
              {
                id: row.handoff_id,
                session_id: row.id,
                reason: row.handoff_reason,
                status: row.handoff_status,
                requested_at: row.requested_at,
                claimed_at: row.claimed_at,
                ended_at: row.ended_at,
              },
              agentOf(sealing, row.handoff_agent, row.handoff_agent_key, row.handoff_agent_name),
            )
          : null,
      last:
        content && row.last_author && row.last_at
          ? { text: plainText(content).slice(0, LAST_CHARACTERS), by: row.last_author, at: row.last_at.toISOString() }
          : null,
      unread: Number(row.unread),
      topic: row.topic,
      mood: row.mood,
      ticket: row.ticket,
      head: row.seq,
      createdAt: row.created_at.toISOString(),
      updatedAt: row.updated_at.toISOString(),
    };
  }

  return {
    async summaries(query) {
      const after = query.cursor === undefined ? undefined : readCursor(query.cursor);
      const found = await pool.query<SummaryRow>({
        ...SUMMARIES,
        values: [
          query.state ?? null,
          query.agentId ?? null,
          query.ids ?? null,
          after?.at ?? null,
          after?.id ?? null,
          query.limit + 1,
          false,
        ],
      });
      const rows = found.rows.slice(0, query.limit);
      const last = rows.at(-1);
      return {
        items: rows.map(toSummary),
        nextCursor: found.rows.length > query.limit && last ? writeCursor(last.active_at, last.id) : null,
      };
    },

    async counts(agentId) {
      const found = await pool.query<{ waiting: string; mine: string; all: string }>(COUNTS, [agentId]);
      const row = found.rows[0]!;
      return { waiting: Number(row.waiting), mine: Number(row.mine), all: Number(row.all) };
    },

    async summary(id) {
      const found = await pool.query<SummaryRow>({ ...SUMMARIES, values: [null, null, [id], null, null, 1, true] });
      return found.rows[0] ? toSummary(found.rows[0]) : null;
    },
  };
}

/** What a customer without a name is called: the end of his id, so that two of them are told apart. */
export const visitorName = (contactId: string, locale: Locale): string =>
  `${locale === 'en' ? 'Visitor' : '訪客'} ${contactId.slice(-4).toUpperCase()}`;

const writeCursor = (at: Date, id: string): string => Buffer.from(`${at.toISOString()} ${id}`).toString('base64url');

/** The year 10000: later times are written in a way that PostgreSQL does not read. */
const LAST_MS = 253_402_300_800_000;

function readCursor(cursor: string): { at: Date; id: string } {
  const [at, id] = Buffer.from(cursor, 'base64url').toString().split(' ');
  const date = new Date(at ?? '');
  if (!(date.getTime() > 0 && date.getTime() < LAST_MS) || !isUuid(id ?? '')) throw foreignCursor();
  return { at: date, id: id! };
}
