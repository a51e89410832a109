import { randomBytes } from 'node:crypto';
import { Pool } from 'pg';
import type { Connection } from '#adapters/postgres/orm.ts';
import { createSealing } from '#adapters/postgres/sealing.ts';
import { createUuid7 } from '#core/conversation/uuid.ts';
import { createContactKeys } from '#core/privacy/contact-keys.ts';
import { parseKeyRing } from '#core/privacy/key-ring.ts';
import { createSeal } from '#core/privacy/seal.ts';

/** What the outbox needs, on a database that may go away. `keys` as `FRONTDESK_KEYS`. */
export function openOutbox(connection: Connection, keys: string) {
  const pool = new Pool({ ...connection, max: 6, connectionTimeoutMillis: 2_000 });
  pool.on('error', () => {}); // the server is killed under it
  pool.on('connect', (client) => client.on('error', () => {}));
  const seal = createSeal({ keyRing: parseKeyRing(keys), random: randomBytes });
  const load = async (id: string): Promise<Buffer | null> => {
    const found = await pool.query<{ data_key: Buffer | null }>('select data_key from contacts where id = $1', [id]);
    return found.rows[0]?.data_key ?? null;
  };
  const sealing = createSealing({ seal, keys: createContactKeys({ seal, load, now: Date.now }) });
  return { pool, sealing, uuid: createUuid7(Date.now) };
}
