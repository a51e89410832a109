import type { Pool } from 'pg';
import type { UploadReader, UploadRows } from '#core/conversation/uploads.ts';
import { isUuid, type NewUuid } from '#core/conversation/uuid.ts';
import { conflict } from '#core/errors.ts';
import type { Sealing } from './sealing.ts';

/** Where the sweep goes on, in `settings`: the last upload that it looked at. */
const SWEPT = 'uploads.swept';
const SWEPT_AT_ONCE = 200;
const LOWEST = '00000000-0000-0000-0000-000000000000';

/** Whose files a reader sees, as two parameters of a query that may be null. */
const reach = (reader: UploadReader): [session: string | null, user: string | null] =>
  reader === 'desk' ? [null, null] : 'sessionId' in reader ? [reader.sessionId, null] : [null, reader.userId];

/** What is known of stored files, in SQL; their names are sealed with the contact's key. */
export function createUploadRows(tools: { pool: Pool; sealing: Sealing; uuid: NewUuid }): UploadRows {
  const { pool, sealing } = tools;

  /** Of these uploads of one conversation, those that a message or a ticket of it carries. */
  async function used(sessionId: string, contactId: string, ids: readonly string[]): Promise<Set<string>> {
    const [key, messages, tickets] = await Promise.all([
      sealing.keyOf(contactId),
      pool.query<{ id: string; body_sealed: Buffer | null }>(
        `select id, body_sealed from chat_messages
          where session_id = $1 and kind in ('image', 'file', 'voice', 'audio', 'video') and body_sealed is not null`,
        [sessionId],
      ),
      pool.query<{ uploads: string[] }>('select uploads from tickets where contact_id = $1 and uploads && $2', [
        contactId,
        ids,
      ]),
    ]);
    const found = new Set(tickets.rows.flatMap((row) => row.uploads));
    for (const row of messages.rows) {
      const content = sealing.openJson(key, 'chat_messages.body', row.id, row.body_sealed);
      const id = (content as { attachment?: { id?: string } } | null)?.attachment?.id;
      if (id) found.add(id);
    }
    return found;
  }

  return {
    async place(reader, sessionId, since) {
      const found = await pool.query<{ mode: string; bytes: string }>(
        `select s.mode, (select coalesce(sum(u.bytes), 0) from uploads u
                          where u.session_id = s.id and u.uploaded_by = 'customer' and u.created_at > $4) as bytes
           from chat_sessions s join contacts c on c.id = s.contact_id
          where s.id = $1 and ($2::uuid is null or s.id = $2) and ($3::uuid is null or c.user_id = $3)`,
        [sessionId, ...reach(reader), since],
      );
      const row = found.rows[0];
      return row ? { closed: row.mode === 'closed', bytes: Number(row.bytes) } : null;
    },

    async insert({ sessionId, by, file }) {
      const owner = await pool.query<{ contact_id: string }>('select contact_id from chat_sessions where id = $1', [
        sessionId,
      ]);
      const key = owner.rows[0] && (await sealing.keyOf(owner.rows[0].contact_id));
      if (!key) throw conflict('This customer’s data was erased: no more files are kept of him.');
      const id = tools.uuid();
      const name = sealing.seal(key, 'uploads.name', id, file.name);
      await pool.query(
        `insert into uploads (id, session_id, store_key, name_sealed, type, bytes, sha256, uploaded_by)
         values ($1, $2, $3, $4, $5, $6, $7, $8)`,
        [id, sessionId, file.key, name, file.type, file.bytes, file.sha256, by],
      );
      return { id, name: file.name, type: file.type, bytes: file.bytes };
    },

    async find(reader, id) {
      const found = await pool.query<{
        store_key: string;
        name_sealed: Buffer;
        type: string;
        contact_id: string;
        data_key: Buffer | null;
      }>(
        `select u.store_key, u.name_sealed, u.type, s.contact_id, c.data_key
           from uploads u join chat_sessions s on s.id = u.session_id join contacts c on c.id = s.contact_id
          where u.id = $1 and ($2::uuid is null or s.id = $2) and ($3::uuid is null or c.user_id = $3)`,
        [id, ...reach(reader)],
      );
      const row = found.rows[0];
      const name = row && sealing.open(sealing.key(row.contact_id, row.data_key), 'uploads.name', id, row.name_sealed);
      return row && name ? { key: row.store_key, name, type: row.type } : null;
    },

    async attachment(sessionId, id) {
      if (!isUuid(id)) return undefined;
      const found = await pool.query<{
        name_sealed: Buffer;
        type: string;
        bytes: number;
        contact_id: string;
        data_key: Buffer | null;
      }>(
        `select u.name_sealed, u.type, u.bytes, s.contact_id, c.data_key
           from uploads u join chat_sessions s on s.id = u.session_id join contacts c on c.id = s.contact_id
          where u.id = $1 and u.session_id = $2`,
        [id, sessionId],
      );
      const row = found.rows[0];
      const name = row && sealing.open(sealing.key(row.contact_id, row.data_key), 'uploads.name', id, row.name_sealed);
      return row && name ? { id, name, type: row.type, bytes: row.bytes } : undefined;
    },

    async removeUnused(until) {
      const swept = await pool.query<{ value: string }>('select value from settings where key = $1', [SWEPT]);
      let after = swept.rows[0]?.value ?? LOWEST;
      const removed: string[] = [];
      for (;;) {
        const found = await pool.query<{ id: string; session_id: string; store_key: string; contact_id: string }>(
          `select u.id, u.session_id, u.store_key, s.contact_id from uploads u join chat_sessions s on s.id = u.session_id
            where u.id > $1 and u.created_at < $2 order by u.id limit $3`,
          [after, until, SWEPT_AT_ONCE],
        );
        const last = found.rows.at(-1);
        if (!last) return removed;
        const unused: typeof found.rows = [];
        for (const rows of Map.groupBy(found.rows, (row) => row.session_id).values()) {
          const { session_id: session, contact_id: contact } = rows[0]!;
          const kept = await used(
            session,
            contact,
            rows.map((row) => row.id),
          );
          unused.push(...rows.filter((row) => !kept.has(row.id)));
        }
        await pool.query('delete from uploads where id = any($1)', [unused.map((row) => row.id)]);
        removed.push(...unused.map((row) => row.store_key));
        after = last.id;
        await pool.query(
          `insert into settings (key, value) values ($1, to_jsonb($2::text))
           on conflict (key) do update set value = excluded.value, updated_at = now()`,
          [SWEPT, after],
        );
      }
    },

    async known(keys) {
      const found = await pool.query<{ store_key: string }>('select store_key from uploads where store_key = any($1)', [
        keys,
      ]);
      return new Set(found.rows.map((row) => row.store_key));
    },
  };
}
