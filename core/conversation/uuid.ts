import { randomFillSync } from 'node:crypto';

/** Makes UUIDs of version 7: they sort by time, so that rows written together lie together. */
export type NewUuid = () => string;

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Whether a text is a UUID of any version as we write them, in small letters: what PostgreSQL takes for one. */
export const isUuid = (text: string): boolean => UUID.test(text);

const BYTES = 16;
const AT_ONCE = 256;

/** `now` in milliseconds since 1970; `fill` writes random bytes (RFC 9562 §5.7). */
export function createUuid7(now: () => number, fill: (bytes: Buffer) => unknown = randomFillSync): NewUuid {
  const pool = Buffer.allocUnsafe(BYTES * AT_ONCE);
  let used = pool.length;
  return () => {
    if (used === pool.length) {
      fill(pool);
      used = 0;
    }
    const bytes = pool.subarray(used, used + BYTES);
    used += BYTES;
    bytes.writeUIntBE(now(), 0, 6);
    bytes[6] = (bytes[6]! & 0x0f) | 0x70;
    bytes[8] = (bytes[8]! & 0x3f) | 0x80;
    const hex = bytes.toString('hex');
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  };
}
