import type { Pool, PoolClient } from 'pg';
import type { Change, ConversationState } from '#core/conversation/conversation.schema.ts';
import type { Agent, DeskStore, Moved } from '#core/desk/desk-store.ts';
import type { Handoff } from '#core/desk/desk.schema.ts';
import { conflict, notFound, type Problem } from '#core/errors.ts';
import { toHandoff, type HandoffRow } from './handoff-rows.ts';
import { inTransaction, insertMessages } from './statements.ts';
import { stateRow, type RowTools, type StateInfo } from './turn-rows.ts';

type Owner = { mode: 'agent'; agentId: string } | { mode: 'bot' } | { mode: 'closed'; reason: string };

const MOVE_OWNER = {
  name: 'move-owner',
  text: `
update chat_sessions set mode = $2, agent_id = $3, epoch = epoch + 1, seq = seq + 1,
    pending = case when $2 = 'bot' then pending + 1 else 0 end, lease_by = null, lease_until = null,
    closed_at = case when $2 = 'closed' then now() end, close_reason = coalesce($4, close_reason),
    active_at = date_trunc('minute', now()), updated_at = now()
 where id = $1 and mode <> 'closed' returning seq`,
};

/**
 * Who has a conversation, in SQL. Every move takes the conversation's row first, as every writer does, so that two at once
 * stand in line; and it moves the epoch: what the bot still works on is refused.
 */
export function createDeskMoves(
  tools: RowTools & { pool: Pool },
): Pick<DeskStore, 'claim' | 'takeOver' | 'transfer' | 'giveBack' | 'resolve' | 'unattended'> {
  const { pool, sealing } = tools;

  /** Who has it now, in words for whoever came too late. */
  async function tooLate(client: PoolClient, handoffId: string): Promise<Problem> {
    const found = await client.query<{
      status: Handoff['status'];
      agent_id: string | null;
      name_sealed: Buffer | null;
      data_key: Buffer | null;
    }>(
      `select h.status, h.agent_id, u.name_sealed, u.data_key from handoffs h left join users u on u.id = h.agent_id where h.id = $1`,
      [handoffId],
    );
    const { status, agent_id: id, name_sealed: name, data_key: key } = found.rows[0]!;
    if (status === 'waiting') return conflict('Nobody has taken this conversation yet. Claim it first.');
    if (status !== 'claimed') return conflict(`This handoff has ended (${status}).`);
    const holder = id && sealing.open(sealing.key(id, key), 'users.name', id, name);
    return conflict(`${holder || 'Somebody else'} has this conversation.`);
  }

  /** Makes the conversation another's, tells it in the transcript, and wakes the bot for what it has again. */
  async function moveOwner(
    client: PoolClient,
    sessionId: string,
    to: Owner,
    info: Omit<StateInfo, 'state'>,
  ): Promise<Change[]> {
    const moved = await client.query<{ seq: number }>({
      ...MOVE_OWNER,
      values: [
        sessionId,
        to.mode satisfies ConversationState,
        to.mode === 'agent' ? to.agentId : null,
        to.mode === 'closed' ? to.reason : null,
      ],
    });
    const row = moved.rows[0];
    if (!row) throw conflict('This conversation has ended.');
    if (to.mode === 'bot')
      await client.query(`insert into inbound (session_id, seq, delivery_key) values ($1, $2, $3)`, [
        sessionId,
        row.seq,
        `desk:${sessionId}:${row.seq}`,
      ]);
    else
      await client.query(
        `update inbound set state = 'done', done_at = now() where session_id = $1 and state = 'pending'`,
        [sessionId],
      );
    if (to.mode === 'agent')
      await client.query(
        `update outbound set state = 'cancelled', updated_at = now() where session_id = $1 and author = 'bot' and state = 'pending'`,
        [sessionId],
      );
    const state = stateRow(tools, row.seq, { state: to.mode, ...info }, tools.now());
    await insertMessages(client, sessionId, [state.row]);
    return [state.change];
  }

  async function taken(client: PoolClient, row: HandoffRow, agent: Agent): Promise<Moved> {
    const to = { mode: 'agent', agentId: agent.id } as const;
    const changes = await moveOwner(client, row.session_id, to, { agent: { name: agent.name } });
    return { handoff: toHandoff(row, agent), changes };
  }

  /** Changes a handoff, and what follows from that; refused when `change` finds it in another state. */
  const move = (
    handoffId: string,
    change: (client: PoolClient) => Promise<{ rows: HandoffRow[] }>,
    follow: (client: PoolClient, row: HandoffRow) => Promise<Moved>,
  ): Promise<Moved> =>
    inTransaction(pool, async (client) => {
      const locked = await client.query(
        'select from chat_sessions where id = (select session_id from handoffs where id = $1) for update',
        [handoffId],
      );
      if (!locked.rowCount) throw notFound('handoff');
      const row = (await change(client)).rows[0];
      if (!row) throw await tooLate(client, handoffId);
      return follow(client, row);
    });

  /** Ends a handoff that this agent holds. */
  const end = (
    handoffId: string,
    agent: Agent,
    status: 'returned' | 'resolved',
    follow: (client: PoolClient, sessionId: string) => Promise<Change[]>,
  ): Promise<Moved> =>
    move(
      handoffId,
      (client) =>
        client.query<HandoffRow>(
          `update handoffs set status = $3, ended_at = now() where id = $1 and agent_id = $2 and status = 'claimed' returning *`,
          [handoffId, agent.id, status],
        ),
      async (client, row) => ({ handoff: toHandoff(row, agent), changes: await follow(client, row.session_id) }),
    );

  /** One handoff whose time is over; undefined when somebody came first. */
  const release = (handoffId: string, sessionId: string): Promise<Change[] | undefined> =>
    inTransaction(pool, async (client) => {
      const locked = await client.query<{ mode: ConversationState }>(
        'select mode from chat_sessions where id = $1 for update skip locked',
        [sessionId],
      );
      const row = locked.rows[0];
      if (!row) return undefined;
      const late = await client.query(
        `update handoffs set status = 'unattended', ended_at = now() where id = $1 and status = 'waiting'`,
        [handoffId],
      );
      if (!late.rowCount || row.mode === 'closed') return undefined;
      return moveOwner(client, sessionId, { mode: 'bot' }, { unattended: true });
    });

  return {
    claim: (handoffId, agent) =>
      move(
        handoffId,
        (client) =>
          client.query<HandoffRow>(
            `update handoffs set status = 'claimed', agent_id = $2, claimed_at = now() where id = $1 and status = 'waiting' returning *`,
            [handoffId, agent.id],
          ),
        (client, row) => taken(client, row, agent),
      ),

    takeOver: (sessionId, agent) =>
      inTransaction(pool, async (client) => {
        const locked = await client.query('select from chat_sessions where id = $1 for update', [sessionId]);
        if (!locked.rowCount) throw notFound('conversation');
        const waiting = await client.query<HandoffRow>(
          `update handoffs set status = 'claimed', agent_id = $2, claimed_at = now() where session_id = $1 and status = 'waiting' returning *`,
          [sessionId, agent.id],
        );
        if (waiting.rows[0]) return taken(client, waiting.rows[0], agent);
        const made = await client.query<HandoffRow>(
          `insert into handoffs (id, session_id, reason, status, agent_id, claimed_at, deadline_at)
           values ($1, $2, 'taken-over', 'claimed', $3, now(), now())
           on conflict (session_id) where status in ('waiting', 'claimed') do nothing returning *`,
          [tools.uuid(), sessionId, agent.id],
        );
        if (made.rows[0]) return taken(client, made.rows[0], agent);
        const open = await client.query<{ id: string }>(
          `select id from handoffs where session_id = $1 and status = 'claimed'`,
          [sessionId],
        );
        throw await tooLate(client, open.rows[0]!.id);
      }),

    transfer: (handoffId, from, to) =>
      move(
        handoffId,
        (client) =>
          client.query<HandoffRow>(
            `update handoffs set agent_id = $3 where id = $1 and agent_id = $2 and status = 'claimed' returning *`,
            [handoffId, from.id, to.id],
          ),
        (client, row) => taken(client, row, to),
      ),

    giveBack: (handoffId, agent) =>
      end(handoffId, agent, 'returned', (client, sessionId) =>
        moveOwner(client, sessionId, { mode: 'bot' }, { agent: { name: agent.name } }),
      ),

    resolve: (handoffId, agent) =>
      end(handoffId, agent, 'resolved', async (client, sessionId) => {
        await client.query('delete from timers where session_id = $1', [sessionId]);
        return moveOwner(client, sessionId, { mode: 'closed', reason: 'agent' }, { agent: { name: agent.name } });
      }),

    async unattended(limit) {
      const late = await pool.query<{ id: string; session_id: string }>(
        `select id, session_id from handoffs where status = 'waiting' and deadline_at <= now() order by deadline_at limit $1`,
        [limit],
      );
      const released: { sessionId: string; changes: Change[] }[] = [];
      for (const { id, session_id: sessionId } of late.rows) {
        const changes = await release(id, sessionId);
        if (changes) released.push({ sessionId, changes });
      }
      return released;
    },
  };
}
