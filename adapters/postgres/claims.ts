import type { Pool } from 'pg';
import type { Change } from '#core/conversation/conversation.schema.ts';
import type { InboundContent } from '#core/conversation/content.schema.ts';
import type { Claim, Outcome, Waiting } from '#core/conversation/store.ts';
import { loadConversation } from './conversation-rows.ts';
import { queueStanding, type EffectTools } from './effects.ts';
import { inTransaction, insertMessages } from './statements.ts';
import { stateRow, type StateInfo } from './turn-rows.ts';
import { writeWholeTurn } from './turn-transaction.ts';

/** Most messages that one turn takes. */
const MOST_IN_A_TURN = 10;

type WaitingRow = {
  id: string;
  seq: number;
  attempts: number;
  change: 'message' | 'state';
  message_id: string;
  body_sealed: Buffer | null;
  info: StateInfo | null;
};

class Moved extends Error {}

/** Turns on the full road: claimed by a lease that moves the epoch, committed once, given back when they fail. */
export function createClaims(tools: EffectTools & { pool: Pool }) {
  const { pool, sealing } = tools;

  return {
    async claim(id: string, by: string, leaseMs: number): Promise<Claim | null> {
      const taken = await pool.query({
        name: 'claim',
        text: `update chat_sessions set epoch = epoch + 1, lease_by = $2, lease_until = now() + $3 * interval '1 millisecond'
                where id = $1 and mode in ('bot', 'queued') and (lease_until is null or lease_until < now())`,
        values: [id, by, leaseMs],
      });
      if (!taken.rowCount) return null;
      const loaded = await loadConversation(pool, sealing, id);
      if (!loaded) return null;
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

    async commitTurn(claim: Claim, outcome: Outcome) {
      const key = await sealing.keyOf(claim.conversation.contactId);
      if (!key) return { kind: 'moved' as const };
      try {
        const written = await inTransaction(pool, async (client) => {
          const done = await writeWholeTurn(client, tools, key, {
            conversation: claim.conversation,
            outcome,
            inbound: null,
            taken: claim.waiting,
          });
          if (!done) throw new Moved();
          return done;
        });
        return { kind: 'written' as const, ...written };
      } catch (error) {
        if (error instanceof Moved) return { kind: 'moved' as const };
        throw error;
      }
    },

    async release(claim: Claim): Promise<void> {
      await pool.query('update chat_sessions set lease_by = null, lease_until = null where id = $1 and epoch = $2', [
        claim.conversation.id,
        claim.conversation.epoch,
      ]);
    },

    failTurn: (claim: Claim, error: string, most: number): Promise<{ dead: number; changes: Change[] }> =>
      inTransaction(pool, async (client) => {
        const { id, epoch, mode } = claim.conversation;
        const ids = claim.waiting.map((row) => row.id);
        const counted = await client.query<{ state: string }>(
          `update inbound set attempts = attempts + 1, state = case when attempts + 1 >= $2 then 'dead' else state end
            where id = any($1::bigint[]) and state = 'pending' returning state`,
          [ids, most],
        );
        const dead = counted.rows.filter((row) => row.state === 'dead').length;
        // The lease ends after a pause that grows with the attempts, so that a bad moment may pass.
        const pause = 250 * 2 ** Math.min(6, Math.max(0, ...claim.waiting.map((row) => row.attempts)));
        const called = dead > 0 && mode === 'bot';
        const held = await client.query<{ seq: number }>(
          `update chat_sessions set pending = greatest(0, pending - $3), lease_by = null,
                  lease_until = now() + $4 * interval '1 millisecond', seq = seq + $5, epoch = epoch + 1,
                  mode = case when $5 = 1 then 'queued' else mode end
            where id = $1 and epoch = $2 returning seq`,
          [id, epoch, dead, dead ? 0 : pause, called ? 1 : 0],
        );
        const row = held.rows[0];
        if (!row || !called) return { dead, changes: [] };
        await client.query(
          `insert into handoffs (id, session_id, reason, topic, deadline_at) values ($1, $2, 'flow', $3, now() + $4 * interval '1 millisecond')
           on conflict (session_id) where status in ('waiting', 'claimed') do nothing`,
          [tools.uuid(), id, error.slice(0, 200), tools.waitMs],
        );
        const state = stateRow(tools, row.seq, { state: 'queued', ...(await queueStanding(client, id)) }, tools.now());
        await insertMessages(client, id, [state.row]);
        return { dead, changes: [state.change] };
      }),
  };
}
