import type { Pool, PoolClient } from 'pg';
import type { Change } from '#core/conversation/conversation.schema.ts';
import type { InboundContent } from '#core/conversation/content.schema.ts';
import type { Conversation } from '#core/conversation/conversation.ts';
import type { Outcome } from '#core/conversation/store.ts';
import type { DataKey } from '#core/privacy/seal.ts';
import { performEffect, type EffectTools } from './effects.ts';
import { queueStanding } from './queue-standing.ts';
import { inTransaction, insertMessages, insertOutbound } from './statements.ts';
import { conversationAfter, stateRow, statesOf, turnRows, type MessageRow } from './turn-rows.ts';

/** A day: an answer that could not be delivered until then would only confuse. */
const ANSWER_LIVES_MS = 24 * 3_600_000;

/** What one turn writes, on either road. */
export type WholeTurn = {
  conversation: Conversation;
  outcome: Outcome;
  /** The web road brings its message along; null on the full road, where it was received before. */
  inbound: { deliveryKey: string; clientId: string; content: InboundContent } | null;
  /** Rows of `inbound` that this turn answers (full road). */
  taken: readonly { id: number; seq: number }[];
};

const GUARDED_UPDATE = {
  name: 'guarded-update',
  text: `
update chat_sessions set seq = seq + $3, epoch = epoch + 1, pending = pending - $4, state_sealed = $5, locale = $6, mode = $7,
    closed_at = case when $7 = 'closed' then now() else closed_at end, close_reason = $8,
    topic = coalesce($9, topic), mood = coalesce($10, mood), understood = coalesce($11::jsonb, understood),
    lease_by = null, lease_until = null, active_at = date_trunc('minute', now()), updated_at = now()
 where id = $1 and epoch = $2 and mode in ('bot', 'queued')
   and ($12::int is null or (seq = $12 and pending = 0 and (lease_until is null or lease_until < now())))
returning seq, pending`,
};

/** What was written of a turn, or that the conversation moved on and nothing was. */
export type WholeTurnWritten = { kind: 'written'; changes: Change[]; conversation: Conversation } | { kind: 'moved' };

/** Thrown inside a transaction to roll it back: somebody else came first. */
class Moved extends Error {}

/** Writes a turn with all its effects in a transaction of its own. */
export async function commitWholeTurn(tools: EffectTools & { pool: Pool }, turn: WholeTurn): Promise<WholeTurnWritten> {
  const key = await tools.sealing.keyOf(turn.conversation.contactId);
  if (!key) return { kind: 'moved' };
  try {
    return await inTransaction(tools.pool, async (client) => {
      const written = await writeWholeTurn(client, tools, key, turn);
      if (!written) throw new Moved();
      return { kind: 'written', ...written };
    });
  } catch (error) {
    if (error instanceof Moved) return { kind: 'moved' };
    throw error;
  }
}

/** Writes a turn with all its effects inside the given transaction; undefined when the conversation moved on: then roll back. */
export async function writeWholeTurn(
  client: PoolClient,
  tools: EffectTools,
  key: DataKey,
  turn: WholeTurn,
): Promise<{ changes: Change[]; conversation: Conversation } | undefined> {
  const { conversation, outcome, inbound, taken } = turn;
  const after = conversationAfter(conversation, outcome);
  const states = statesOf(outcome.effects);
  const grown = (inbound ? 1 : 0) + outcome.replies.length + states.length;
  const closing = outcome.effects.find((effect) => effect.type === 'close');
  const understood = jsonOf([...outcome.understood.values()].at(-1));
  const updated = await client.query<{ seq: number; pending: number }>({
    ...GUARDED_UPDATE,
    values: [
      conversation.id,
      conversation.epoch,
      grown,
      taken.length,
      tools.sealing.seal(key, 'chat_sessions.state', conversation.id, JSON.stringify(outcome.state)),
      outcome.locale,
      after.mode,
      closing?.reason ?? null,
      outcome.topic,
      outcome.mood,
      understood,
      inbound ? conversation.seq : null,
    ],
  });
  const placed = updated.rows[0];
  if (!placed) return undefined;

  const now = tools.now();
  const begun = placed.seq - grown;
  const said = turnRows(tools, key, after, { seq: begun, inbound, replies: outcome.replies, now });
  if (inbound)
    await client.query(
      `insert into inbound (session_id, seq, delivery_key, state, turn_epoch, understood, done_at) values ($1, $2, $3, 'done', $4, $5, now())`,
      [conversation.id, begun + 1, inbound.deliveryKey, conversation.epoch, understood],
    );
  for (const effect of outcome.effects) await performEffect(client, tools, key, after, effect);
  const made: { row: MessageRow; change: Change }[] = [...said];
  for (const state of states) {
    const standing = state === 'queued' ? await queueStanding(client, conversation.id) : {};
    made.push(stateRow(tools, begun + made.length + 1, { state, ...standing }, now));
  }
  const rows = made.map(({ row }) => row);
  await insertMessages(client, conversation.id, rows);
  if (conversation.channel !== 'web')
    await insertOutbound(client, conversation.id, rows, new Date(now.getTime() + ANSWER_LIVES_MS));
  if (taken.length)
    await client.query(
      `update inbound i set state = 'done', done_at = now(), turn_epoch = $2, understood = u.understood
         from unnest($1::bigint[], $3::jsonb[]) as u(id, understood) where i.id = u.id`,
      [taken.map((row) => row.id), conversation.epoch, taken.map((row) => jsonOf(outcome.understood.get(row.seq)))],
    );
  const alarmAt = after.mode === 'closed' ? null : outcome.alarmAt;
  await setAlarm(client, conversation.id, alarmAt);
  return {
    changes: made.map(({ change }) => change),
    conversation: {
      ...after,
      seq: placed.seq,
      epoch: conversation.epoch + 1,
      pending: placed.pending,
      alarmAt,
    },
  };
}

const jsonOf = (value: unknown): string | null => (value === undefined ? null : JSON.stringify(value));

/** Sets the conversation's alarm clock, or takes it away. */
export async function setAlarm(client: Pick<PoolClient, 'query'>, session: string, at: Date | null): Promise<void> {
  if (!at) await client.query('delete from timers where session_id = $1', [session]);
  else
    await client.query(
      'insert into timers (session_id, due_at) values ($1, $2) on conflict (session_id) do update set due_at = excluded.due_at',
      [session, at],
    );
}
