import type { Agent } from '#core/desk/desk-store.ts';
import type { Handoff } from '#core/desk/desk.schema.ts';
import type { Sealing } from './sealing.ts';

/** A row of `handoffs` as queries bring it. */
export type HandoffRow = {
  id: string;
  session_id: string;
  reason: Handoff['reason'];
  status: Handoff['status'];
  agent_id: string | null;
  requested_at: Date;
  claimed_at: Date | null;
  ended_at: Date | null;
};

/** A handoff as the desk shows it; `agent` is whoever its `agent_id` names. */
export const toHandoff = (row: Omit<HandoffRow, 'agent_id'>, agent: Agent | null): Handoff => ({
  id: row.id,
  sessionId: row.session_id,
  reason: row.reason,
  status: row.status,
  agent,
  requestedAt: row.requested_at.toISOString(),
  claimedAt: row.claimed_at?.toISOString() ?? null,
  endedAt: row.ended_at?.toISOString() ?? null,
});

/** Somebody of the desk by the columns of `users`; whose account was erased has no name. */
export function agentOf(sealing: Sealing, id: string, key: Buffer | null, name: Buffer | null): Agent;
export function agentOf(sealing: Sealing, id: string | null, key: Buffer | null, name: Buffer | null): Agent | null;
export function agentOf(sealing: Sealing, id: string | null, key: Buffer | null, name: Buffer | null): Agent | null {
  return id === null ? null : { id, name: sealing.open(sealing.key(id, key), 'users.name', id, name) ?? '—' };
}
