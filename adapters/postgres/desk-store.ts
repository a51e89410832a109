import type { Pool, PoolClient } from 'pg';
import type { Change, ConversationState, Message } from '#core/conversation/conversation.schema.ts';
import type { OutboundContent } from '#core/conversation/content.schema.ts';
import type { Agent, DeskStore, Moved } from '#core/desk/desk-store.ts';
import type { Handoff } from '#core/desk/desk.schema.ts';
import { conflict, notFound } from '#core/errors.ts';
import { createDeskReads } from './desk-reads.ts';
import type { EffectTools } from './effects.ts';
import { inTransaction, insertMessages, insertOutbound, violatedUnique } from './statements.ts';
import { toMessage, type TranscriptRow } from './transcript.ts';
import { ourRow, stateRow, type StateInfo } from './turn-rows.ts';

type HandoffRow = {
  id: string;
  session_id: string;
  reason: Handoff['reason'];
  status: Handoff['status'];
  agent_id: string | null;
  requested_at: Date;
  claimed_at: Date | null;
  ended_at: Date | null;
};

const toHandoff = (row: HandoffRow, agent: Agent | null): Handoff => ({
  id: row.id,
  sessionId: row.session_id,
  reason: row.reason,
  status: row.status,
  agent,
  requestedAt: row.requested_at.toISOString(),
  claimedAt: row.claimed_at?.toISOString() ?? null,
  endedAt: row.ended_at?.toISOString() ?? null,
});

/** How long after an agent's message it is still worth delivering on a platform. */
const MESSAGE_LIVES_MS = 7 * 24 * 3_600_000;

/** The desk in SQL. Every move of ownership moves the epoch: what the bot still works on is refused. */
export function createDeskStore(tools: EffectTools & { pool: Pool }): DeskStore {
  const { pool, sealing } = tools;
  const reads = createDeskReads(tools);

  /** Who has it now, in words for whoever came too late. */
  async function tooLate(client: PoolClient, handoffId: string): Promise<never> {
    const found = await client.query<{
      status: Handoff['status'];
      agent_id: string | null;
      name_sealed: Buffer;
      data_key: Buffer;
    }>(
      `select h.status, h.agent_id, u.name_sealed, u.data_key from handoffs h left join users u on u.id = h.agent_id where h.id = $1`,
      [handoffId],
    );
    const row = found.rows[0];
    if (!row) throw notFound('handoff');
    const name =
      row.agent_id &&
      sealing.open(sealing.key(row.agent_id, row.data_key), 'users.name', row.agent_id, row.name_sealed);
    if (row.status === 'claimed') throw conflict(`${name ?? 'Somebody else'} has this conversation.`);
    throw conflict(`This handoff has ended (${row.status}).`);
  }

  /** Moves the conversation's owner, tells it in the transcript, and takes whatever the bot had not begun off its hands. */
  async function moveOwner(
    client: PoolClient,
    sessionId: string,
    to: { mode: ConversationState; agentId: string | null; closeReason?: string },
    info: StateInfo,
    more: { wakesBot: boolean; before?: OutboundContent },
  ): Promise<Change[]> {
    const grown = 1 + (more.before ? 1 : 0);
    const moved = await client.query<{ seq: number; contact_id: string; channel: string }>(
      `update chat_sessions set mode = $2, agent_id = $3, epoch = epoch + 1, seq = seq + $4, pending = $5,
              lease_by = null, lease_until = null, closed_at = case when $2 = 'closed' then now() end,
              close_reason = coalesce($6, close_reason), active_at = date_trunc('minute', now()), updated_at = now()
        where id = $1 and mode <> 'closed' returning seq, contact_id, channel`,
      [sessionId, to.mode, to.agentId, grown, more.wakesBot ? 1 : 0, to.closeReason ?? null],
    );
    const row = moved.rows[0];
    if (!row) throw conflict('This conversation has ended.');
    await client.query(
      `update inbound set state = 'done', done_at = now() where session_id = $1 and state = 'pending'`,
      [sessionId],
    );
    if (to.mode === 'agent')
      await client.query(
        `update outbound set state = 'cancelled', updated_at = now() where session_id = $1 and author = 'bot' and state = 'pending'`,
        [sessionId],
      );
    const now = tools.now();
    const made = [stateRow(tools, row.seq, info, now)];
    if (more.before) {
      const key = await sealing.keyOf(row.contact_id);
      if (key)
        made.unshift(
          ourRow(tools, key, { contact: {} }, { seq: row.seq - 1, content: more.before, inReplyTo: [], now }),
        );
    }
    const rows = made.map((one) => one.row);
    await insertMessages(client, sessionId, rows);
    if (row.channel !== 'web')
      await insertOutbound(client, sessionId, rows, new Date(now.getTime() + MESSAGE_LIVES_MS));
    if (more.wakesBot)
      await client.query(`insert into inbound (session_id, seq, delivery_key) values ($1, $2, $3)`, [
        sessionId,
        row.seq,
        `desk:${sessionId}:${row.seq}`,
      ]);
    return made.map((one) => one.change);
  }

  const claimed = async (client: PoolClient, row: HandoffRow, agent: Agent): Promise<Moved> => ({
    handoff: toHandoff(row, agent),
    changes: await moveOwner(
      client,
      row.session_id,
      { mode: 'agent', agentId: agent.id },
      { state: 'agent', agent: { name: agent.name } },
      { wakesBot: false },
    ),
  });

  /** Ends a handoff that this agent holds. */
  async function end(
    client: PoolClient,
    handoffId: string,
    agent: Agent,
    status: 'returned' | 'resolved',
  ): Promise<HandoffRow> {
    const ended = await client.query<HandoffRow>(
      `update handoffs set status = $3, ended_at = now() where id = $1 and agent_id = $2 and status = 'claimed' returning *`,
      [handoffId, agent.id, status],
    );
    return ended.rows[0] ?? tooLate(client, handoffId);
  }

  async function written(sessionId: string, clientMessageId: string): Promise<Message> {
    const found = await pool.query<TranscriptRow & { contact_id: string }>(
      `select m.*, s.contact_id from chat_messages m join chat_sessions s on s.id = m.session_id
        where m.session_id = $1 and m.client_id = $2 and m.author = 'agent'`,
      [sessionId, clientMessageId],
    );
    const row = found.rows[0];
    if (!row) throw notFound('message');
    return toMessage(sealing, await sealing.keyOf(row.contact_id), row);
  }

  return {
    ...reads,

    claim: (handoffId, agent) =>
      inTransaction(pool, async (client) => {
        const taken = await client.query<HandoffRow>(
          `update handoffs set status = 'claimed', agent_id = $2, claimed_at = now() where id = $1 and status = 'waiting' returning *`,
          [handoffId, agent.id],
        );
        return claimed(client, taken.rows[0] ?? (await tooLate(client, handoffId)), agent);
      }),

    takeOver: (sessionId, agent) =>
      inTransaction(pool, async (client) => {
        // The conversation's row first, as every writer does: two agents at once stand in line here.
        const locked = await client.query('select from chat_sessions where id = $1 for update', [sessionId]);
        if (!locked.rowCount) throw notFound('conversation');
        const open = await client.query<HandoffRow>(
          `select * from handoffs where session_id = $1 and status in ('waiting', 'claimed')`,
          [sessionId],
        );
        if (open.rows[0]?.status === 'claimed') await tooLate(client, open.rows[0].id);
        const taken = open.rows[0]
          ? await client.query<HandoffRow>(
              `update handoffs set status = 'claimed', agent_id = $2, claimed_at = now() where id = $1 returning *`,
              [open.rows[0].id, agent.id],
            )
          : await client.query<HandoffRow>(
              `insert into handoffs (id, session_id, reason, status, agent_id, claimed_at, deadline_at)
               values ($1, $2, 'taken-over', 'claimed', $3, now(), now()) returning *`,
              [tools.uuid(), sessionId, agent.id],
            );
        return claimed(client, taken.rows[0]!, agent);
      }),

    transfer: (handoffId, from, to) =>
      inTransaction(pool, async (client) => {
        const moved = await client.query<HandoffRow>(
          `update handoffs set agent_id = $3 where id = $1 and agent_id = $2 and status = 'claimed' returning *`,
          [handoffId, from.id, to.id],
        );
        return claimed(client, moved.rows[0] ?? (await tooLate(client, handoffId)), to);
      }),

    giveBack: (handoffId, agent) =>
      inTransaction(pool, async (client) => {
        const row = await end(client, handoffId, agent, 'returned');
        const changes = await moveOwner(
          client,
          row.session_id,
          { mode: 'bot', agentId: null },
          { state: 'bot', agent: { name: agent.name } },
          { wakesBot: true },
        );
        return { handoff: toHandoff(row, agent), changes };
      }),

    resolve: (handoffId, agent) =>
      inTransaction(pool, async (client) => {
        const row = await end(client, handoffId, agent, 'resolved');
        await client.query('delete from timers where session_id = $1', [row.session_id]);
        const changes = await moveOwner(
          client,
          row.session_id,
          { mode: 'closed', agentId: null, closeReason: 'agent' },
          { state: 'closed', agent: { name: agent.name } },
          { wakesBot: false },
        );
        return { handoff: toHandoff(row, agent), changes };
      }),

    unattended: (limit) =>
      inTransaction(pool, async (client) => {
        const late = await client.query<HandoffRow>(
          `update handoffs set status = 'unattended', ended_at = now()
            where id in (select id from handoffs where status = 'waiting' and deadline_at <= now() order by deadline_at limit $1 for update skip locked)
            returning *`,
          [limit],
        );
        const moved: { sessionId: string; changes: Change[] }[] = [];
        for (const row of late.rows)
          moved.push({
            sessionId: row.session_id,
            changes: await moveOwner(
              client,
              row.session_id,
              { mode: 'bot', agentId: null },
              { state: 'bot', unattended: true },
              { wakesBot: true },
            ),
          });
        return moved;
      }),

    async say(sessionId, agent, message) {
      try {
        return await inTransaction(pool, async (client) => {
          const held = await client.query<{
            seq: number;
            contact_id: string;
            channel: string;
            agent_id: string | null;
          }>(
            `update chat_sessions set seq = seq + 1, active_at = date_trunc('minute', now()), updated_at = now()
              where id = $1 and mode = 'agent' and agent_id = $2 returning seq, contact_id, channel`,
            [sessionId, agent.id],
          );
          const row = held.rows[0];
          if (!row) throw conflict('Only the person who has this conversation writes in it. Take it over first.');
          const key = await sealing.keyOf(row.contact_id);
          if (!key) throw conflict('This customer’s data was erased.');
          const content: OutboundContent =
            'text' in message
              ? { kind: 'text', text: message.text }
              : {
                  kind: message.attachment.type.startsWith('image/') ? 'image' : 'file',
                  attachment: message.attachment,
                };
          const made = ourRow(
            tools,
            key,
            { contact: {} },
            {
              seq: row.seq,
              content,
              inReplyTo: [],
              now: tools.now(),
              agent,
              clientId: message.clientMessageId,
            },
          );
          await insertMessages(client, sessionId, [made.row]);
          if (row.channel !== 'web')
            await insertOutbound(client, sessionId, [made.row], new Date(tools.now().getTime() + MESSAGE_LIVES_MS));
          if (made.change.type !== 'reply') throw new Error('An agent’s message is a reply.');
          return { message: made.change.message, changes: [made.change] };
        });
      } catch (error) {
        if (violatedUnique(error) !== 'chat_messages_agent_client_id') throw error;
        return { message: await written(sessionId, message.clientMessageId), changes: [] };
      }
    },

    async resend(sessionId, seq) {
      const again = await pool.query<TranscriptRow & { contact_id: string }>(
        `with o as (update outbound set state = 'pending', author = 'agent', attempts = 0, next_at = now(), error = null, lane_by = null,
                           expires_at = now() + interval '1 day', updated_at = now()
                     where session_id = $1 and seq = $2 and state in ('failed', 'uncertain', 'expired') returning session_id, seq)
         select m.*, s.contact_id, 'pending' as delivery from o
           join chat_messages m on m.session_id = o.session_id and m.seq = o.seq join chat_sessions s on s.id = o.session_id`,
        [sessionId, seq],
      );
      const row = again.rows[0];
      if (!row) throw conflict('This message was delivered, or is on its way: there is nothing to send again.');
      return toMessage(sealing, await sealing.keyOf(row.contact_id), row);
    },

    async note(sessionId, agent, text) {
      const found = await pool.query<{ contact_id: string; seq: number }>(
        'select contact_id, seq from chat_sessions where id = $1',
        [sessionId],
      );
      const row = found.rows[0];
      const key = row && (await sealing.keyOf(row.contact_id));
      if (!row || !key) throw notFound('conversation');
      const id = tools.uuid();
      const now = tools.now();
      await pool.query(
        'insert into notes (id, session_id, author_id, body_sealed, masked, after_seq, created_at) values ($1, $2, $3, $4, $5, $6, $7)',
        [id, sessionId, agent.id, sealing.seal(key, 'notes.body', id, text), tools.mask(text, []), row.seq, now],
      );
      return { id, author: agent, text, afterSeq: row.seq, createdAt: now.toISOString() };
    },

    async markRead(sessionId, seq) {
      await pool.query(
        `insert into cursors (session_id, agent_seq) values ($1, $2)
         on conflict (session_id) do update set agent_seq = greatest(cursors.agent_seq, excluded.agent_seq)`,
        [sessionId, seq],
      );
    },
  };
}
