import type { Pool } from 'pg';
import type { KeyObject } from 'node:crypto';
import type { Seal } from '#core/privacy/seal.ts';

/**
 * A secret of the installation that must outlive a change of keys: drawn once, kept wrapped in `settings`, the same for
 * every process.
 */
export async function installationSecret(pool: Pool, seal: Seal, name: string): Promise<KeyObject> {
  const key = `secret.${name}`;
  const { wrapped } = seal.newDataKey();
  await pool.query(`insert into settings (key, value) values ($1, to_jsonb($2::text)) on conflict (key) do nothing`, [
    key,
    wrapped.toString('base64'),
  ]);
  const kept = await pool.query<{ value: string }>('select value from settings where key = $1', [key]);
  return seal.openDataKey(Buffer.from(kept.rows[0]!.value, 'base64'));
}
