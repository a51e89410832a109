import { randomFillSync } from 'node:crypto';

const BYTES = 9;
const AT_ONCE = 256;

/** Nonces of buttons: 72 random bits in twelve characters, drawn for many at once. */
export function createNonces(): () => string {
  const pool = Buffer.alloc(BYTES * AT_ONCE);
  let used = pool.length;
  return () => {
    if (used === pool.length) {
      randomFillSync(pool);
      used = 0;
    }
    used += BYTES;
    return pool.toString('base64url', used - BYTES, used);
  };
}
