import type { Pool } from 'pg';
import type { NewUuid } from '#core/conversation/uuid.ts';
import { notFound } from '#core/errors.ts';
import type { Sealing } from './sealing.ts';

/** The contact behind somebody who signs in. */
export type UserContacts = {
  /** Undefined when he has none yet. */
  find: (userId: string) => Promise<string | undefined>;
  /** Makes it when there is none; two at once get the same. Throws `not-found` for a user who is no more. */
  ensure(userId: string): Promise<string>;
};

export function createUserContacts({
  pool,
  sealing,
  uuid,
}: {
  pool: Pool;
  sealing: Sealing;
  uuid: NewUuid;
}): UserContacts {
  async function find(userId: string): Promise<string | undefined> {
    const found = await pool.query<{ id: string }>('select id from contacts where user_id = $1', [userId]);
    return found.rows[0]?.id;
  }

  return {
    find,
    async ensure(userId) {
      const known = await find(userId);
      if (known) return known;
      const found = await pool.query<{
        name_sealed: Buffer;
        email_sealed: Buffer;
        data_key: Buffer | null;
        locale: string;
      }>('select name_sealed, email_sealed, data_key, locale from users where id = $1', [userId]);
      const user = found.rows[0];
      const userKey = user && sealing.key(userId, user.data_key);
      if (!user || !userKey) throw notFound('user');
      const id = uuid();
      const { key, wrapped } = sealing.newKey();
      const copy = (column: 'name' | 'email'): Buffer => {
        const text = sealing.open(userKey, `users.${column}`, userId, user[`${column}_sealed`]);
        return sealing.seal(key, `contacts.${column}`, id, text ?? '');
      };
      await pool.query(
        `insert into contacts (id, data_key, user_id, name_sealed, email_sealed, locale) values ($1, $2, $3, $4, $5, $6)
         on conflict (user_id) do nothing`,
        [id, wrapped, userId, copy('name'), copy('email'), user.locale],
      );
      return (await find(userId))!;
    },
  };
}
