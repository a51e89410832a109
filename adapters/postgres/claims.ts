import type { Pool } from 'pg';
import type { Change } from '#core/conversation/conversation.schema.ts';
import type { InboundContent } from '#core/conversation/content.schema.ts';
import type { Claim, Outcome, Waiting } from '#core/conversation/store.ts';
import { loadConversation } from './conversation-rows.ts';
import type { EffectTools } from './effects.ts';
import { queueStanding } from './queue-standing.ts';
import { inTransaction, insertMessages } from './statements.ts';
import { stateRow, type StateInfo } from './turn-rows.ts';
import { commitWholeTurn } from './turn-transaction.ts';

/** Most messages that one turn takes. */
const MOST_IN_A_TURN = 10;
/** First rest after a turn that failed; each further attempt doubles it, up to 64 times. */
const REST_MS = 250;
const MOST_DOUBLINGS = 6;
/** When an alarm rings again whose turn failed. */
const ALARM_REST_MS = 60_000;

const RELEASE = {
  name: 'release',
  text: `
with released as (
  update chat_sessions set lease_by = null, lease_until = null where id = $1 and epoch = $2 returning id),
silenced as (
  delete from timers using released where session_id = id and $3::timestamptz is null)
insert into timers (session_id, due_at) select id, $3 from released where $3::timestamptz is not null
on conflict (session_id) do update set due_at = excluded.due_at`,
};

type WaitingRow = {
  id: string;
  seq: number;
  attempts: number;
  change: 'message' | 'state';
  message_id: string;
  body_sealed: Buffer | null;
  info: StateInfo | null;
};

/** Turns on the full road: claimed by a lease that moves the epoch, committed once, given back when they fail. */
export function createClaims(tools: EffectTools & { pool: Pool }) {
  const { pool, sealing } = tools;

  return {
    async claim(id: string, by: string, leaseMs: number): Promise<Claim | null> {
      const taken = await pool.query<{ epoch: number }>({
        name: 'claim',
        text: `update chat_sessions set epoch = epoch + 1, lease_by = $2, lease_until = now() + $3 * interval '1 millisecond'
                where id = $1 and mode in ('bot', 'queued') and (lease_until is null or lease_until < now()) returning epoch`,
        values: [id, by, leaseMs],
      });
      const claimed = taken.rows[0];
      const loaded = claimed && (await loadConversation(pool, sealing, id));
      // Read with another epoch it is somebody else's by now, a person's for example.
      if (!loaded || loaded.conversation.epoch !== claimed.epoch) return null;
      const rows = await pool.query<WaitingRow>({
        name: 'claimed-inbound',
        text: `select i.id, i.seq, i.attempts, m.change, m.id as message_id, m.body_sealed, m.info
                 from inbound i join chat_messages m on m.session_id = i.session_id and m.seq = i.seq
                where i.session_id = $1 and i.state = 'pending' order by i.id limit $2`,
        values: [id, MOST_IN_A_TURN],
      });
      const waiting = rows.rows.map((row): Waiting => {
        const at = { id: Number(row.id), seq: row.seq, attempts: row.attempts };
        if (row.change === 'state')
          return row.info?.unattended
            ? { kind: 'unattended', ...at }
            : { kind: 'returned', ...at, agent: row.info?.agent ?? { name: '' } };
        const content = sealing.openJson(loaded.key, 'chat_messages.body', row.message_id, row.body_sealed);
        return { kind: 'message', ...at, content: content as InboundContent };
      });
      return { conversation: loaded.conversation, waiting, by };
    },

    commitTurn: (claim: Claim, outcome: Outcome) =>
      commitWholeTurn(tools, { conversation: claim.conversation, outcome, inbound: null, taken: claim.waiting }),

    async release({ conversation }: Claim, alarmAt: Date | null): Promise<void> {
      await pool.query({ ...RELEASE, values: [conversation.id, conversation.epoch, alarmAt] });
    },

    failTurn: (claim: Claim, most: number): Promise<{ dead: number; changes: Change[] }> =>
      inTransaction(pool, async (client) => {
        const { id, epoch, mode } = claim.conversation;
        // The conversation's row first, as every writer does. Whoever has it by now counts its attempts himself.
        const held = await client.query('select from chat_sessions where id = $1 and epoch = $2 for update', [
          id,
          epoch,
        ]);
        if (!held.rowCount) return { dead: 0, changes: [] };
        const counted = await client.query<{ state: string }>(
          `update inbound set attempts = attempts + 1, state = case when attempts + 1 >= $2 then 'dead' else state end
            where id = any($1::bigint[]) and state = 'pending' returning state`,
          [claim.waiting.map((row) => row.id), most],
        );
        const dead = counted.rows.filter((row) => row.state === 'dead').length;
        if (!claim.waiting.length)
          await client.query(
            `update timers set due_at = now() + $2 * interval '1 millisecond' where session_id = $1 and due_at <= now()`,
            [id, ALARM_REST_MS],
          );
        const attempts = Math.max(0, ...claim.waiting.map((row) => row.attempts));
        const called = dead > 0 && mode === 'bot';
        // The lease ends after a rest, so that a bad moment may pass.
        const moved = await client.query<{ seq: number; topic: string | null }>(
          `update chat_sessions set pending = pending - $2, lease_by = null,
                  lease_until = now() + $3 * interval '1 millisecond', seq = seq + $4, epoch = epoch + 1,
                  mode = case when $4 = 1 then 'queued' else mode end
            where id = $1 returning seq, topic`,
          [id, dead, dead ? 0 : REST_MS * 2 ** Math.min(MOST_DOUBLINGS, attempts), called ? 1 : 0],
        );
        if (!called) return { dead, changes: [] };
        const { seq, topic } = moved.rows[0]!;
        await client.query(
          `insert into handoffs (id, session_id, reason, topic, deadline_at) values ($1, $2, 'flow', $3, now() + $4 * interval '1 millisecond')
           on conflict (session_id) where status in ('waiting', 'claimed') do nothing`,
          [tools.uuid(), id, topic, tools.waitMs],
        );
        const state = stateRow(tools, seq, { state: 'queued', ...(await queueStanding(client, id)) }, tools.now());
        await insertMessages(client, id, [state.row]);
        return { dead, changes: [state.change] };
      }),
  };
}
