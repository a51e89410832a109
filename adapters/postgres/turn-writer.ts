import type { Pool } from 'pg';
import type { Change } from '#core/conversation/conversation.schema.ts';
import type { Conversation } from '#core/conversation/conversation.ts';
import type { TurnWrite, TurnWritten } from '#core/conversation/store.ts';
import type { DataKey } from '#core/privacy/seal.ts';
import { alarmToWrite, conversationAfter, turnRows, type MessageRow, type RowTools } from './turn-rows.ts';

/** Most turns that share one statement. */
const MOST = 64;
/** Statements under way at once: one commits while the next gathers. */
const WRITERS = 2;

/**
 * The web road's write: a turn is a row of arrays, one statement writes many turns, each guarded by its conversation's
 * epoch, seq and mode. A conversation that another process holds on lease is refused as well.
 */
const WRITE_TURNS = {
  name: 'write-turns',
  text: `
with t as (
  select * from unnest($1::uuid[], $2::int[], $3::int[], $4::int[], $5::int[], $6::text[], $7::text[], $8::text[], $9::jsonb[], $10::text[], $11::text[], $12::timestamptz[], $25::int[])
    as t(id, epoch, seq, grown, state_to, mode, locale, topic, understood, mood, delivery_key, due_at, state_bytes)),
moved as (
  update chat_sessions s set seq = s.seq + t.grown, epoch = s.epoch + 1, state_sealed = substring($24::bytea from 1 + t.state_to - t.state_bytes for t.state_bytes), locale = t.locale,
      topic = coalesce(t.topic, s.topic), mood = coalesce(t.mood, s.mood), understood = coalesce(t.understood, s.understood),
      active_at = date_trunc('minute', now()), updated_at = now()
    from t
   where s.id = t.id and s.epoch = t.epoch and s.seq = t.seq and s.mode = t.mode and s.pending = 0
     and (s.lease_until is null or s.lease_until < now())
  returning s.id),
came as (
  insert into inbound (session_id, seq, delivery_key, state, turn_epoch, understood, done_at)
  select t.id, t.seq + 1, t.delivery_key, 'done', t.epoch, t.understood, now()
    from t join moved on moved.id = t.id where t.delivery_key is not null),
said as (
  insert into chat_messages (session_id, seq, id, author, kind, body_sealed, masked, in_reply_to, client_id, info, created_at)
  select m.session_id, m.seq, m.id, m.author, m.kind, substring($18::bytea from 1 + m.body_to - m.body_bytes for m.body_bytes), m.masked, m.in_reply_to::int[], m.client_id, m.info, m.at
    from unnest($13::uuid[], $14::int[], $15::uuid[], $16::text[], $17::text[], $26::int[], $27::int[], $19::text[], $20::text[], $21::text[], $22::jsonb[], $23::timestamptz[])
      as m(session_id, seq, id, author, kind, body_to, body_bytes, masked, in_reply_to, client_id, info, at)
    join moved on moved.id = m.session_id),
rings as (
  insert into timers (session_id, due_at) select t.id, t.due_at from t join moved on moved.id = t.id where t.due_at is not null
  on conflict (session_id) do update set due_at = excluded.due_at)
select id from moved`,
};

const NO_BODY = Buffer.alloc(0);

/** Sealed values as one parameter: alone a buffer travels as it is, in an array as hexadecimal text of twice its size. */
function joined(parts: readonly Buffer[]): { all: Buffer; ends: number[]; sizes: number[] } {
  let end = 0;
  return {
    all: Buffer.concat(parts),
    sizes: parts.map((part) => part.length),
    ends: parts.map((part) => (end += part.length)),
  };
}

type Prepared = {
  write: TurnWrite;
  after: Conversation;
  rows: MessageRow[];
  changes: Change[];
  state: Buffer;
  due: Date | null;
  understood: unknown;
};
type Waiting = Prepared & { resolve: (written: TurnWritten) => void; reject: (error: unknown) => void };

/** Writes turns whose only effects are words. While one statement is under way the next turns gather for the following one. */
export function createTurnWriter(
  tools: RowTools & { pool: Pool; keyOf: (conversation: Conversation) => Promise<DataKey | undefined> },
) {
  let waiting: Waiting[] = [];
  let writing = 0;
  let gathering = false;

  function prepare(write: TurnWrite, key: DataKey): Prepared {
    const { conversation, inbound, outcome } = write;
    const after = conversationAfter(conversation, outcome);
    const { seq } = conversation;
    const said = turnRows(tools, key, after, { seq, inbound, replies: outcome.replies, now: tools.now() });
    return {
      write,
      after,
      rows: said.map(({ row }) => row),
      changes: said.map(({ change }) => change),
      state: tools.sealing.seal(key, 'chat_sessions.state', conversation.id, JSON.stringify(outcome.state)),
      due: alarmToWrite(conversation.alarmAt, outcome.alarmAt),
      understood: [...outcome.understood.values()].at(-1) ?? null,
    };
  }

  async function run(batch: Prepared[]): Promise<Set<string>> {
    const rows = batch.flatMap((turn) => turn.rows.map((row) => ({ ...row, session: turn.write.conversation.id })));
    const turns = batch.map(({ write, rows: own, state, due, understood }) => ({
      ...write,
      own,
      state,
      due,
      understood,
    }));
    const states = joined(turns.map((turn) => turn.state));
    const bodies = joined(rows.map((row) => row.body ?? NO_BODY));
    const result = await tools.pool.query<{ id: string }>({
      ...WRITE_TURNS,
      values: [
        turns.map((turn) => turn.conversation.id),
        turns.map((turn) => turn.conversation.epoch),
        turns.map((turn) => turn.conversation.seq),
        turns.map((turn) => turn.own.length),
        states.ends,
        turns.map((turn) => turn.conversation.mode),
        turns.map((turn) => turn.outcome.locale),
        turns.map((turn) => turn.outcome.topic),
        turns.map((turn) => (turn.understood === null ? null : JSON.stringify(turn.understood))),
        turns.map((turn) => turn.outcome.mood),
        turns.map((turn) => turn.inbound?.deliveryKey ?? null),
        turns.map((turn) => turn.due),
        rows.map((row) => row.session),
        rows.map((row) => row.seq),
        rows.map((row) => row.id),
        rows.map((row) => row.author),
        rows.map((row) => row.kind),
        bodies.all,
        rows.map((row) => row.masked),
        rows.map((row) => (row.inReplyTo ? `{${row.inReplyTo.join(',')}}` : null)),
        rows.map((row) => row.clientId),
        rows.map((row) => (row.info === null ? null : JSON.stringify(row.info))),
        rows.map((row) => row.at),
        states.all,
        states.sizes,
        bodies.ends,
        bodies.sizes,
      ],
    });
    return new Set(result.rows.map((row) => row.id));
  }

  function settle(turn: Waiting, written: boolean): void {
    const { conversation } = turn.write;
    if (!written) return turn.resolve({ kind: 'moved' });
    turn.resolve({
      kind: 'written',
      changes: turn.changes,
      conversation: {
        ...turn.after,
        seq: conversation.seq + turn.rows.length,
        epoch: conversation.epoch + 1,
        pending: 0,
        alarmAt: turn.due ?? conversation.alarmAt,
      },
    });
  }

  /** One bad row fails its whole statement: then each turn is written alone, and only the bad one fails. */
  async function writeAlone(turn: Waiting): Promise<void> {
    try {
      settle(turn, (await run([turn])).size > 0);
    } catch (error) {
      turn.reject(error);
    }
  }

  function takeBatch(): Waiting[] {
    const taken = new Set<string>();
    const batch: Waiting[] = [];
    const rest: Waiting[] = [];
    for (const turn of waiting) {
      const { id } = turn.write.conversation;
      if (batch.length < MOST && !taken.has(id)) {
        taken.add(id);
        batch.push(turn);
      } else rest.push(turn);
    }
    waiting = rest;
    return batch;
  }

  async function flush(): Promise<void> {
    gathering = false;
    if (writing >= WRITERS || !waiting.length) return;
    writing++;
    const batch = takeBatch();
    try {
      const written = await run(batch);
      for (const turn of batch) settle(turn, written.has(turn.write.conversation.id));
    } catch (error) {
      if (batch.length === 1) batch[0]!.reject(error);
      else await Promise.all(batch.map(writeAlone));
    } finally {
      writing--;
      gather();
    }
  }

  /** What arrives in this tick joins the same statement. */
  function gather(): void {
    if (gathering || !waiting.length || writing >= WRITERS) return;
    gathering = true;
    setImmediate(() => void flush());
  }

  return {
    /** Resolves when the turn is durable. Rejects with the database's error, a duplicate's unique violation among them. */
    async write(write: TurnWrite): Promise<TurnWritten> {
      const key = await tools.keyOf(write.conversation);
      if (!key) return { kind: 'moved' };
      return new Promise((resolve, reject) => {
        waiting.push({ ...prepare(write, key), resolve, reject });
        gather();
      });
    },
  };
}
