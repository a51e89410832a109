import { createHash } from 'node:crypto';
import type { Pool, PoolClient } from 'pg';
import { can, ROLES } from '#core/access/roles.ts';
import type { InboundContent } from '#core/conversation/content.schema.ts';
import { plainText } from '#core/conversation/plain-text.ts';
import { conflict, notFound } from '#core/errors.ts';
import type { DataKey } from '#core/privacy/seal.ts';
import type { TicketEdit, TicketStore } from '#core/tickets/ticket-store.ts';
import { inTransaction } from './statements.ts';
import { createTicketReads, ownerOf } from './ticket-reads.ts';
import type { TicketNumbers } from './ticket-numbers.ts';
import type { RowTools } from './turn-rows.ts';
import type { UserContacts } from './user-contacts.ts';

type StoredRow = {
  status: 'pending' | 'in_progress' | 'resolved' | 'closed';
  version: number;
  subject_sealed: Buffer;
  description_sealed: Buffer;
  priority: string;
  assignee_id: string | null;
  tags: string[];
  contact_id: string;
  data_key: Buffer | null;
  name_sealed: Buffer | null;
};
type Step = { what: string; from: string | null; to: string | null };

/** How many of the customer's last messages a ticket about a conversation quotes. */
const LAST_MESSAGES = 5;
const DESK_ROLES = ROLES.filter((role) => can([role], 'ticket.write'));

/** Tickets in SQL: the customer's words sealed with his contact's key, masked beside. */
export function createTicketStore(
  tools: RowTools & { pool: Pool; numbers: TicketNumbers; contacts: UserContacts },
): TicketStore {
  const { pool, sealing } = tools;
  const reads = createTicketReads(tools);

  /** The contact's key, and his name for the mask. */
  async function contactOf(contactId: string): Promise<{ key: DataKey; names: string[] }> {
    const found = await pool.query<{ data_key: Buffer | null; name_sealed: Buffer | null }>(
      'select data_key, name_sealed from contacts where id = $1',
      [contactId],
    );
    const row = found.rows[0];
    if (!row) throw notFound('contact');
    const key = sealing.key(contactId, row.data_key);
    if (!key) throw erased();
    return { key, names: namesIn(sealing.open(key, 'contacts.name', contactId, row.name_sealed)) };
  }

  async function filedBy(requestKey: Buffer): Promise<string | undefined> {
    const found = await pool.query<{ id: string }>('select id from tickets where request_key = $1', [requestKey]);
    return found.rows[0]?.id;
  }

  /** What the edit changes of the row, as steps of its history. Words of the customer's stay out of it. */
  function stepsOf(row: StoredRow, key: DataKey | undefined, id: string, edit: TicketEdit): Step[] {
    const steps: Step[] = [];
    const step = (what: string, from: string | null, to: string | null, shown = true): void => {
      if (from !== to) steps.push(shown ? { what, from, to } : { what, from: null, to: null });
    };
    for (const column of ['subject', 'description'] as const)
      if (edit[column] !== undefined) {
        if (!key) throw erased();
        step(column, sealing.open(key, `tickets.${column}`, id, row[`${column}_sealed`]), edit[column], false);
      }
    if (edit.status !== undefined) step('status', row.status, edit.status);
    if (edit.priority !== undefined) step('priority', row.priority, edit.priority);
    if (edit.assigneeId !== undefined) step('assignee', row.assignee_id, edit.assigneeId);
    if (edit.tags !== undefined) step('tags', row.tags.join(', '), edit.tags.join(', '));
    return steps;
  }

  async function write(
    client: PoolClient,
    id: string,
    row: StoredRow,
    key: DataKey | undefined,
    edit: TicketEdit,
  ): Promise<void> {
    const names = namesIn(sealing.open(key, 'contacts.name', row.contact_id, row.name_sealed));
    const words = (column: 'subject' | 'description'): [Buffer | null, string | null] => {
      const text = edit[column];
      if (text === undefined || !key) return [null, null];
      return [sealing.seal(key, `tickets.${column}`, id, text), tools.mask(text, names)];
    };
    await client.query(
      `update tickets set subject_sealed = coalesce($2, subject_sealed), subject_masked = coalesce($3, subject_masked),
              description_sealed = coalesce($4, description_sealed), description_masked = coalesce($5, description_masked),
              status = coalesce($6, status), priority = coalesce($7, priority),
              assignee_id = case when $8 then $9 else assignee_id end, tags = coalesce($10, tags),
              version = version + 1, updated_at = now()
        where id = $1`,
      [
        id,
        ...words('subject'),
        ...words('description'),
        edit.status ?? null,
        edit.priority ?? null,
        edit.assigneeId !== undefined,
        edit.assigneeId ?? null,
        edit.tags ?? null,
      ],
    );
  }

  return {
    ...reads,

    async create(actor, ticket) {
      const requestKey = ticket.requestKey === undefined ? null : keyOf(actor.userId, ticket.requestKey);
      const before = requestKey && (await filedBy(requestKey));
      if (before) return (await reads.one(actor, before))!;
      const contactId = ticket.contactId ?? (await tools.contacts.ensure(actor.userId));
      const { key, names } = await contactOf(contactId);
      const id = tools.uuid();
      const number = await tools.numbers.take();
      const written = await inTransaction(pool, async (client) => {
        const inserted = await client.query(
          `insert into tickets (id, number, subject_sealed, subject_masked, description_sealed, description_masked, priority,
                                category, tags, contact_id, session_id, uploads, request_key)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) on conflict (request_key) do nothing`,
          [
            id,
            number,
            sealing.seal(key, 'tickets.subject', id, ticket.subject),
            tools.mask(ticket.subject, names),
            sealing.seal(key, 'tickets.description', id, ticket.description),
            tools.mask(ticket.description, names),
            ticket.priority,
            ticket.category,
            ticket.tags,
            contactId,
            ticket.sessionId ?? null,
            ticket.uploads ?? [],
            requestKey,
          ],
        );
        if (inserted.rowCount === 0) return false;
        await insertSteps(client, id, actor.userId, [{ what: 'created', from: null, to: 'pending' }]);
        return true;
      });
      // The same request came twice at once: the other one was first.
      return (await reads.one(actor, written ? id : (await filedBy(requestKey!))!))!;
    },

    async change(actor, id, decide) {
      const there = await inTransaction(pool, async (client) => {
        const found = await client.query<StoredRow>(
          `select t.status, t.version, t.subject_sealed, t.description_sealed, t.priority, t.assignee_id, t.tags, t.contact_id,
                  c.data_key, c.name_sealed
             from tickets t join contacts c on c.id = t.contact_id
            where t.id = $1 and ($2::uuid is null or c.user_id = $2) for update of t`,
          [id, ownerOf(actor)],
        );
        const row = found.rows[0];
        if (!row) return false;
        const edit = decide(row);
        const key = sealing.key(row.contact_id, row.data_key);
        const steps = stepsOf(row, key, id, edit);
        if (steps.length > 0) {
          await write(client, id, row, key, edit);
          await insertSteps(client, id, actor.userId, steps);
        }
        return true;
      });
      return there ? reads.one(actor, id) : null;
    },

    async mayBeAssigned(userId) {
      const found = await pool.query(
        `select from users u join user_roles r on r.user_id = u.id
          where u.id = $1 and u.disabled_at is null and r.role_name = any($2)`,
        [userId, DESK_ROLES],
      );
      return found.rowCount !== 0;
    },

    async lastWords(sessionId) {
      const owner = await pool.query<{ contact_id: string; data_key: Buffer | null }>(
        'select s.contact_id, c.data_key from chat_sessions s join contacts c on c.id = s.contact_id where s.id = $1',
        [sessionId],
      );
      const row = owner.rows[0];
      if (!row) return null;
      const key = sealing.key(row.contact_id, row.data_key);
      const said = await pool.query<{ id: string; body_sealed: Buffer | null }>(
        `select id, body_sealed from chat_messages
          where session_id = $1 and author = 'customer' and change = 'message' and kind not in ('action', 'reaction', 'rating')
          order by seq desc limit $2`,
        [sessionId, LAST_MESSAGES],
      );
      const contents = said.rows
        .toReversed()
        .map((one) => sealing.openJson(key, 'chat_messages.body', one.id, one.body_sealed) as InboundContent | null)
        .filter((content) => content !== null);
      return {
        contactId: row.contact_id,
        texts: contents.map(plainText),
        uploads: contents.flatMap((content) => ('attachment' in content ? [content.attachment.id] : [])),
      };
    },
  };
}

const erased = (): Error => conflict('This customer’s data was erased: nothing can be written down of him any more.');

const keyOf = (userId: string, requestKey: string): Buffer =>
  createHash('sha256').update(`${userId}\0${requestKey}`).digest();

const namesIn = (name: string | null): string[] => (name ? [name] : []);

async function insertSteps(client: PoolClient, ticketId: string, by: string, steps: readonly Step[]): Promise<void> {
  await client.query(
    `insert into ticket_events (ticket_id, by, what, "from", "to")
     select $1, $2, s.what, s."from", s."to" from unnest($3::text[], $4::text[], $5::text[]) as s(what, "from", "to")`,
    [ticketId, by, steps.map((step) => step.what), steps.map((step) => step.from), steps.map((step) => step.to)],
  );
}
