import type { PoolClient } from 'pg';
import type { Conversation } from '#core/conversation/conversation.ts';
import type { Effect } from '#core/conversation/effect.ts';
import type { DataKey } from '#core/privacy/seal.ts';
import { namesOf, type RowTools } from './turn-rows.ts';

/** `waitMs`: how long a customer waits for a person before the bot takes care of it. */
export type EffectTools = RowTools & { waitMs: number };

type Doing<Kind extends Effect['type']> = (
  client: PoolClient,
  tools: EffectTools,
  key: DataKey,
  conversation: Conversation,
  effect: Extract<Effect, { type: Kind }>,
) => Promise<unknown>;

/** What each effect writes. A new kind of effect does not compile until it stands here. */
const PERFORM = {
  'create-ticket': async (client, tools, key, conversation, effect) => {
    const id = tools.uuid();
    const names = namesOf(conversation);
    await client.query(
      `insert into tickets (id, number, subject_sealed, subject_masked, description_sealed, description_masked, priority, category, tags, contact_id, session_id, uploads)
       values ($1, $2, $3, $4, $5, $6, $7, $8, '{}', $9, $10, $11)`,
      [
        id,
        effect.number,
        tools.sealing.seal(key, 'tickets.subject', id, effect.subject),
        tools.mask(effect.subject, names),
        tools.sealing.seal(key, 'tickets.description', id, effect.description),
        tools.mask(effect.description, names),
        effect.priority,
        effect.category,
        conversation.contactId,
        conversation.id,
        effect.attachments,
      ],
    );
    await client.query(
      `insert into ticket_events (ticket_id, by, what, "to") values ($1, 'bot', 'created', 'pending')`,
      [id],
    );
  },
  'request-handoff': (client, tools, key, conversation, effect) => {
    const id = tools.uuid();
    return client.query(
      `insert into handoffs (id, session_id, reason, topic, collected_sealed, deadline_at)
       values ($1, $2, $3, $4, $5, now() + $6 * interval '1 millisecond')
       on conflict (session_id) where status in ('waiting', 'claimed') do nothing`,
      [
        id,
        conversation.id,
        effect.reason,
        effect.topic ?? null,
        tools.sealing.seal(key, 'handoffs.collected', id, JSON.stringify(effect.collected)),
        tools.waitMs,
      ],
    );
  },
  'withdraw-handoff': (client, _tools, _key, conversation) => withdrawHandoff(client, conversation.id),
  'save-contact': (client, tools, key, conversation, effect) => {
    const sealed = (column: 'name' | 'email' | 'phone'): Buffer | null =>
      effect[column] ? tools.sealing.seal(key, `contacts.${column}`, conversation.contactId, effect[column]) : null;
    return client.query(
      `update contacts set name_sealed = coalesce($2, name_sealed), email_sealed = coalesce($3, email_sealed),
              phone_sealed = coalesce($4, phone_sealed) where id = $1`,
      [conversation.contactId, sealed('name'), sealed('email'), sealed('phone')],
    );
  },
  rate: (client, tools, key, conversation, effect) =>
    client.query(`update chat_sessions set rating = $2, rating_comment_sealed = $3 where id = $1 and rating is null`, [
      conversation.id,
      effect.score,
      effect.comment ? tools.sealing.seal(key, 'chat_sessions.rating_comment', conversation.id, effect.comment) : null,
    ]),
  feedback: (client, _tools, _key, _conversation, effect) =>
    effect.source.kind === 'faq'
      ? client.query(`update faqs set helpful = helpful + $2, unhelpful = unhelpful + $3 where id::text = $1`, [
          effect.source.id,
          effect.helpful ? 1 : 0,
          effect.helpful ? 0 : 1,
        ])
      : Promise.resolve(),
  // The end itself stands in the guarded update.
  close: (client, _tools, _key, conversation) => withdrawHandoff(client, conversation.id),
} satisfies { [Kind in Effect['type']]: Doing<Kind> };

const withdrawHandoff = (client: PoolClient, session: string): Promise<unknown> =>
  client.query(
    `update handoffs set status = 'withdrawn', ended_at = now() where session_id = $1 and status = 'waiting'`,
    [session],
  );

/** Writes one effect inside the turn's transaction; `conversation` as the turn leaves it. */
export async function performEffect(
  client: PoolClient,
  tools: EffectTools,
  key: DataKey,
  conversation: Conversation,
  effect: Effect,
): Promise<void> {
  await (PERFORM[effect.type] as Doing<Effect['type']>)(client, tools, key, conversation, effect);
}
