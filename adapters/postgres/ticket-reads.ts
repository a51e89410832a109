import type { Pool } from 'pg';
import type { Locale } from '#core/conversation/content.schema.ts';
import { isUuid } from '#core/conversation/uuid.ts';
import { foreignCursor } from '#core/errors.ts';
import type { DataKey } from '#core/privacy/seal.ts';
import type { Ticket } from '#core/tickets/ticket.schema.ts';
import type { TicketActor, TicketStore } from '#core/tickets/ticket-store.ts';
import { visitorName } from './desk-summaries.ts';
import type { Sealing } from './sealing.ts';

type Row = {
  id: string;
  number: string;
  subject_sealed: Buffer;
  description_sealed: Buffer;
  status: Ticket['status'];
  priority: Ticket['priority'];
  category: string;
  tags: string[];
  contact_id: string;
  session_id: string | null;
  assignee_id: string | null;
  uploads: string[];
  version: number;
  created_at: Date;
  updated_at: Date;
  data_key: Buffer | null;
  name_sealed: Buffer | null;
  email_sealed: Buffer | null;
  locale: Locale;
};
type EventRow = { ticket_id: string; at: Date; by: string; what: string; from: string | null; to: string | null };
type UploadRow = { id: string; name_sealed: Buffer; type: string; bytes: number };

/**
 * Filters stand in the text as parameters that may be null: one statement for one ticket and for every list. Ids are UUIDs
 * of version 7, so their order is the order of making, and the last one of a page is its cursor.
 */
const TICKETS = {
  name: 'tickets',
  text: `
select t.id, t.number, t.subject_sealed, t.description_sealed, t.status, t.priority, t.category, t.tags, t.contact_id, t.session_id,
       t.assignee_id, t.uploads, t.version, t.created_at, t.updated_at, c.data_key, c.name_sealed, c.email_sealed, c.locale
  from tickets t
  join contacts c on c.id = t.contact_id
 where ($1::uuid is null or c.user_id = $1) and ($2::uuid is null or t.id = $2) and ($3::text is null or t.status = $3)
   and ($4::uuid is null or t.assignee_id = $4) and (not $5::boolean or t.assignee_id is null)
   and ($6::text is null or t.number = upper($6) or position(lower($6) in lower(t.subject_masked)) > 0
        or position(lower($6) in lower(t.description_masked)) > 0)
   and ($7::uuid is null or t.id < $7)
 order by t.id desc limit $8`,
};

/** What stands where a contact was erased. */
const ERASED = '⟨erased⟩';

/** Whose tickets an actor sees: null for all. */
export const ownerOf = (actor: TicketActor): string | null => (actor.reach === 'own' ? actor.userId : null);

/** What is read of tickets. */
export function createTicketReads({
  pool,
  sealing,
}: {
  pool: Pool;
  sealing: Sealing;
}): Pick<TicketStore, 'one' | 'list' | 'standing'> {
  async function eventsOf(ids: readonly string[]): Promise<EventRow[]> {
    const found = await pool.query<EventRow>(
      `select ticket_id, at, by, what, "from", "to" from ticket_events where ticket_id = any($1) order by id`,
      [ids],
    );
    return found.rows;
  }

  async function uploadsOf(rows: readonly Row[]): Promise<UploadRow[]> {
    const ids = rows.flatMap((row) => row.uploads).filter(isUuid);
    if (ids.length === 0) return [];
    const found = await pool.query<UploadRow>('select id, name_sealed, type, bytes from uploads where id = any($1)', [
      ids,
    ]);
    return found.rows;
  }

  async function namesOf(ids: ReadonlySet<string>): Promise<Map<string, string>> {
    if (ids.size === 0) return new Map();
    const found = await pool.query<{ id: string; data_key: Buffer | null; name_sealed: Buffer }>(
      'select id, data_key, name_sealed from users where id = any($1)',
      [[...ids]],
    );
    return new Map(
      found.rows.map((row) => [
        row.id,
        sealing.open(sealing.key(row.id, row.data_key), 'users.name', row.id, row.name_sealed) ?? '—',
      ]),
    );
  }

  async function read(values: {
    owner: string | null;
    id?: string;
    status?: string | undefined;
    assignee?: string | null;
    unassigned?: boolean;
    text?: string | undefined;
    before?: string | null;
    limit: number;
  }): Promise<Ticket[]> {
    const { owner, id, status, assignee, unassigned = false, text, before, limit } = values;
    const found = await pool.query<Row>({
      ...TICKETS,
      values: [owner, id ?? null, status ?? null, assignee ?? null, unassigned, text || null, before ?? null, limit],
    });
    if (found.rows.length === 0) return [];
    const [events, uploads] = await Promise.all([eventsOf(found.rows.map((row) => row.id)), uploadsOf(found.rows)]);
    const people = new Set(found.rows.flatMap((row) => row.assignee_id ?? []));
    for (const event of events)
      for (const id of event.what === 'assignee' ? [event.by, event.from, event.to] : [event.by])
        if (id && isUuid(id)) people.add(id);
    const names = await namesOf(people);
    return found.rows.map((row) => {
      const key = sealing.key(row.contact_id, row.data_key);
      return {
        ...toTicket(sealing, key, row),
        assignee: row.assignee_id ? { id: row.assignee_id, name: names.get(row.assignee_id) ?? '—' } : null,
        history: events.filter((event) => event.ticket_id === row.id).map((event) => toEvent(event, names)),
        attachments: row.uploads.flatMap((id) => {
          const upload = uploads.find((one) => one.id === id);
          if (!upload) return [];
          const name = sealing.open(key, 'uploads.name', id, upload.name_sealed) ?? ERASED;
          return [{ id, name, type: upload.type, bytes: upload.bytes }];
        }),
      };
    });
  }

  return {
    one: async (actor, id) => (await read({ owner: ownerOf(actor), id, limit: 1 }))[0] ?? null,

    async list(actor, query) {
      const tickets = await read({
        owner: ownerOf(actor),
        status: query.status,
        assignee: query.assignee === 'me' ? actor.userId : null,
        unassigned: query.assignee === 'none',
        text: query.text,
        before: query.cursor === undefined ? null : readCursor(query.cursor),
        limit: query.limit + 1,
      });
      const items = tickets.slice(0, query.limit);
      return { items, nextCursor: tickets.length > query.limit ? items.at(-1)!.id : null };
    },

    async standing(contactId, number) {
      const found = await pool.query<
        Pick<Row, 'id' | 'number' | 'subject_sealed' | 'status' | 'updated_at' | 'data_key'>
      >(
        `select t.id, t.number, t.subject_sealed, t.status, t.updated_at, c.data_key
           from tickets t join contacts c on c.id = t.contact_id
          where t.contact_id = $1 and ($2::text is null or t.number = upper($2)) order by t.id desc limit 1`,
        [contactId, number?.trim() ?? null],
      );
      const row = found.rows[0];
      if (!row) return null;
      const key = sealing.key(contactId, row.data_key);
      return {
        number: row.number,
        subject: sealing.open(key, 'tickets.subject', row.id, row.subject_sealed) ?? ERASED,
        status: row.status,
        updatedAt: row.updated_at.toISOString(),
      };
    },
  };
}

function toTicket(
  sealing: Sealing,
  key: DataKey | undefined,
  row: Row,
): Omit<Ticket, 'assignee' | 'history' | 'attachments'> {
  return {
    id: row.id,
    number: row.number,
    subject: sealing.open(key, 'tickets.subject', row.id, row.subject_sealed) ?? ERASED,
    description: sealing.open(key, 'tickets.description', row.id, row.description_sealed) ?? ERASED,
    status: row.status,
    priority: row.priority,
    category: row.category,
    tags: row.tags,
    requester: {
      id: row.contact_id,
      name:
        sealing.open(key, 'contacts.name', row.contact_id, row.name_sealed) || visitorName(row.contact_id, row.locale),
      email: sealing.open(key, 'contacts.email', row.contact_id, row.email_sealed),
    },
    sessionId: row.session_id,
    version: row.version,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}

function toEvent(event: EventRow, names: ReadonlyMap<string, string>): Ticket['history'][number] {
  const named = (id: string | null): string | null => (id === null ? null : (names.get(id) ?? '—'));
  const people = event.what === 'assignee';
  return {
    at: event.at.toISOString(),
    by: isUuid(event.by) ? named(event.by)! : event.by,
    what: event.what as Ticket['history'][number]['what'],
    from: people ? named(event.from) : event.from,
    to: people ? named(event.to) : event.to,
  };
}

function readCursor(cursor: string): string {
  if (!isUuid(cursor)) throw foreignCursor();
  return cursor;
}
