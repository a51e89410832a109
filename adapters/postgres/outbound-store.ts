import type { Pool } from 'pg';
import type { HeldMessage, OutboundStore, Settlement, Taken } from '#core/channel/outbound-store.ts';
import type { Author, ChannelName } from '#core/conversation/conversation.schema.ts';
import type { Locale, OutboundContent } from '#core/conversation/content.schema.ts';
import { gather } from './gather.ts';
import type { Sealing } from './sealing.ts';

/** Somebody else was just at the head of the lane: it is looked at again so soon. */
const BUSY_MS = 100;
/** Longest error that is kept. */
const MOST_ERROR = 300;

/** Open: it keeps the lane. What is uncertain for good (`infinity`) does not. */
const open = (row: string): string =>
  `(${row}.state in ('pending', 'attempting') or (${row}.state = 'uncertain' and ${row}.next_at < 'infinity'))`;

/**
 * The heads of many lanes. A head is found first and then locked, never waited for: whoever has its lock has the lane, and
 * what changed meanwhile is not taken. The owner is looked at in the same statement; who takes a conversation over cancels
 * pending rows in the transaction that moves the owner, so one of the two comes first.
 */
const TAKE = {
  name: 'outbound-take',
  text: `
with head as materialized (
  select l.*, h.id, h.next_at
    from unnest($1::uuid[], $2::uuid[], $3::int[]) as l(session_id, by, lease_ms)
    cross join lateral (select o.id, o.next_at from outbound o where o.session_id = l.session_id and ${open('o')} order by o.seq limit 1) h),
held as (
  select o.id, o.state, head.by, head.lease_ms, o.author = 'bot' and s.mode = 'agent' as silenced,
         coalesce(o.expires_at <= now(), false) as late
    from head join outbound o on o.id = head.id join chat_sessions s on s.id = o.session_id
   where ${open('o')} and o.next_at <= now()
     for update of o skip locked),
taken as (
  update outbound o set
      state = case when held.state <> 'pending' then 'uncertain' when held.silenced then 'cancelled' when held.late then 'expired' else 'attempting' end,
      attempts = o.attempts + case when held.state = 'pending' and not held.silenced and not held.late then 1 else 0 end,
      first_attempt_at = coalesce(o.first_attempt_at, case when not held.silenced and not held.late then now() end),
      doubts = o.doubts + case when held.state = 'attempting' then 1 else 0 end,
      lane_by = held.by, next_at = now() + held.lease_ms * interval '1 millisecond', updated_at = now()
    from held where o.id = held.id
  returning o.id, o.session_id, o.seq, o.state, o.author, o.attempts, o.first_attempt_at,
            o.doubts > case when o.state = 'uncertain' then 1 else 0 end as resent, not held.silenced and not held.late as wanted)
select head.session_id, extract(epoch from head.next_at - now())::float8 * 1000 as rest_ms,
       t.id, t.seq, t.state, t.author, t.attempts, t.first_attempt_at, t.resent, t.wanted, s.channel, s.connection, s.conversation_key, s.locale,
       s.contact_id, c.data_key, m.id as message_id, m.author as written_by, m.body_sealed, m.info
  from head
  left join taken t on t.id = head.id
  left join chat_sessions s on s.id = t.session_id
  left join contacts c on c.id = s.contact_id
  left join chat_messages m on m.session_id = t.session_id and m.seq = t.seq`,
};

const TAKE_AGAIN = {
  name: 'outbound-take-again',
  text: `
update outbound o set state = 'attempting', attempts = o.attempts + 1, next_at = now() + $4 * interval '1 millisecond', updated_at = now()
  from chat_sessions s
 where o.id = $1 and o.lane_by = $2 and o.attempts = $3 and o.state = 'uncertain' and s.id = o.session_id
   and not (o.author = 'bot' and s.mode = 'agent') and coalesce(o.expires_at > now(), true)
returning o.attempts`,
};

const SETTLE = {
  name: 'outbound-settle',
  text: `
update outbound o set state = u.state, platform_id = coalesce(u.platform_id, o.platform_id), error = u.error, lane_by = null,
    attempts = o.attempts - u.untried,
    first_attempt_at = case when o.attempts > u.untried then o.first_attempt_at end,
    doubts = o.doubts + case when u.state = 'uncertain' and o.state = 'attempting' then 1 else 0 end,
    next_at = case when u.after_ms is not null then now() + u.after_ms * interval '1 millisecond'
                   when u.state = 'uncertain' then 'infinity' else o.next_at end,
    updated_at = now()
  from unnest($1::bigint[], $2::uuid[], $3::int[], $4::text[], $5::text[], $6::text[], $7::float8[], $8::int[])
    as u(id, by, attempts, state, platform_id, error, after_ms, untried)
 where o.id = u.id and o.lane_by = u.by and o.attempts = u.attempts and o.state in ('attempting', 'uncertain')
returning o.id`,
};

const DUE = {
  name: 'outbound-due',
  text: `
select o.session_id from outbound o
 where o.state in ('pending', 'attempting', 'uncertain') and o.next_at <= now()
   and not exists (select from outbound b where b.session_id = o.session_id and b.seq < o.seq and ${open('b')})
 order by o.next_at limit $1`,
};

type TakenRow = {
  id: string;
  seq: number;
  state: 'attempting' | 'uncertain' | 'cancelled' | 'expired';
  author: Author['kind'];
  attempts: number;
  first_attempt_at: Date;
  resent: boolean;
  wanted: boolean;
  channel: ChannelName;
  connection: string;
  conversation_key: string | null;
  locale: Locale;
  contact_id: string;
  data_key: Buffer | null;
  message_id: string;
  written_by: Author['kind'];
  body_sealed: Buffer | null;
  info: { name?: string } | null;
};
type HeadRow = { session_id: string; rest_ms: number } & (TakenRow | { id: null });

type Take = { conversationId: string; by: string; leaseMs: number };
type Settle = { message: HeldMessage; by: string; settlement: Settlement };

/** The outbox in SQL (`core/channel/outbound-store.ts`). */
export function createOutboundStore(tools: {
  pool: Pool;
  sealing: Sealing;
  onError: (error: unknown, about: { conversation: string }) => void;
}): OutboundStore {
  const { pool, sealing } = tools;

  /** A broken seal must not stop its lane for ever, nor go unheard. */
  function contentOf(row: HeadRow & TakenRow): OutboundContent | null {
    try {
      const key = sealing.key(row.contact_id, row.data_key);
      return sealing.openJson(key, 'chat_messages.body', row.message_id, row.body_sealed) as OutboundContent | null;
    } catch (error) {
      tools.onError(error, { conversation: row.session_id });
      return null;
    }
  }

  function held(row: HeadRow & TakenRow): HeldMessage {
    const name = row.written_by === 'agent' ? row.info?.name : undefined;
    return {
      id: Number(row.id),
      conversationId: row.session_id,
      seq: row.seq,
      channel: row.channel,
      connection: row.connection,
      conversationKey: row.conversation_key,
      locale: row.locale,
      author: name === undefined ? { kind: row.written_by } : { kind: row.written_by, name },
      byBot: row.author === 'bot',
      content: contentOf(row),
      attempts: row.attempts,
      firstAttemptAt: row.first_attempt_at,
      resent: row.resent,
    };
  }

  function toTaken(row: HeadRow | undefined): Taken {
    if (!row) return { kind: 'empty' };
    if (row.id === null) return { kind: 'resting', ms: row.rest_ms > 0 ? row.rest_ms : BUSY_MS };
    const { state, seq, channel } = row;
    switch (state) {
      case 'attempting':
        return { kind: 'message', message: held(row) };
      case 'uncertain':
        return { kind: 'doubtful', message: held(row), mayResend: row.wanted };
      case 'cancelled':
      case 'expired':
        return { kind: 'dropped', seq, channel, as: state };
    }
  }

  const takeTogether = gather(async (calls: readonly Take[]): Promise<Taken[]> => {
    // A lane asked for twice in one statement belongs to who asked first.
    const first = new Map(calls.map((call) => [call.conversationId, call] as const).reverse());
    const lanes = [...first.values()];
    const found = await pool.query<HeadRow>({
      ...TAKE,
      values: [
        lanes.map(({ conversationId }) => conversationId),
        lanes.map(({ by }) => by),
        lanes.map(({ leaseMs }) => leaseMs),
      ],
    });
    const heads = new Map(found.rows.map((row) => [row.session_id, row]));
    return calls.map((call) =>
      first.get(call.conversationId) === call
        ? toTaken(heads.get(call.conversationId))
        : { kind: 'resting', ms: BUSY_MS },
    );
  });

  const settleTogether = gather(async (calls: readonly Settle[]): Promise<boolean[]> => {
    const settled = await pool.query<{ id: string }>({
      ...SETTLE,
      values: [
        calls.map(({ message }) => message.id),
        calls.map(({ by }) => by),
        calls.map(({ message }) => message.attempts),
        calls.map(({ settlement }) => settlement.state),
        calls.map(({ settlement }) => ('platformId' in settlement ? storable(settlement.platformId) : null)),
        calls.map(({ settlement }) => ('error' in settlement ? storable(settlement.error) : null)),
        calls.map(({ settlement }) => ('afterMs' in settlement ? settlement.afterMs : null)),
        calls.map(({ settlement }) => (settlement.state === 'pending' && !settlement.counted ? 1 : 0)),
      ],
    });
    const done = new Set(settled.rows.map(({ id }) => Number(id)));
    return calls.map(({ message }) => done.has(message.id));
  });

  return {
    take: (conversationId, by, leaseMs) => takeTogether({ conversationId, by, leaseMs }),
    async takeAgain(message, by, leaseMs) {
      const taken = await pool.query<{ attempts: number }>({
        ...TAKE_AGAIN,
        values: [message.id, by, message.attempts, leaseMs],
      });
      const row = taken.rows[0];
      return row ? { ...message, attempts: row.attempts, resent: true } : null;
    },
    settle: (message, by, settlement) => settleTogether({ message, by, settlement }),
    async due(limit) {
      const found = await pool.query<{ session_id: string }>({ ...DUE, values: [limit] });
      return found.rows.map((row) => row.session_id);
    },
  };
}

/** What a platform says, as PostgreSQL can keep it: it refuses NUL, and nobody reads a page of error. */
const storable = (text: string): string => text.replaceAll('\0', '').slice(0, MOST_ERROR);
