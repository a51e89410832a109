import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject } from 'node:crypto';
import { KEY_BYTES, type KeyRing } from './key-ring.ts';
import type { Random } from './random.ts';

/** Seals values. A `KeyObject`: a cipher starts ten times faster than from bytes, and no log can print it. */
export type DataKey = KeyObject;

/** Where a sealed value lives. What was sealed for one place opens at no other. */
export type Place = { table: string; column: string; row: string };

/** Encrypts single values under data keys (AES-256-GCM); sealed form: version · nonce · ciphertext · tag. */
export type Seal = {
  /** A new data key, and its wrapped form: the only one that may be stored. */
  newDataKey(): { key: DataKey; wrapped: Buffer };
  /** Throws `MissingKey` when the ring lacks the wrapping key. */
  openDataKey(wrapped: Buffer): DataKey;
  seal(key: DataKey, place: Place, value: string | Uint8Array): Buffer;
  /** Throws `BrokenSeal`. */
  open(key: DataKey, place: Place, sealed: Uint8Array): Buffer;
  /** As `open`, for what was sealed as text. */
  openText(key: DataKey, place: Place, sealed: Uint8Array): string;
};

/** A sealed value was changed, moved from another row, or sealed under another key. Nothing of it can be trusted. */
export class BrokenSeal extends Error {
  readonly place: Place;

  constructor(place: Place, why: string) {
    super(`The sealed value at ${place.table}.${place.column}, row ${place.row}, cannot be opened: ${why}.`);
    this.name = 'BrokenSeal';
    this.place = place;
  }
}

const VERSION = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const BODY_AT = 1 + NONCE_BYTES;
// One call for many nonces: a random read for each would cost as much as the cipher.
const NONCES_AT_ONCE = 512;

/** The seal of this installation; `random` gives data keys and nonces. */
export function createSeal({ keyRing, random }: { keyRing: KeyRing; random: Random }): Seal {
  let nonces: Buffer = Buffer.alloc(0);
  let used = 0;
  const nextNonce = (): Buffer => {
    if (used === nonces.length) {
      nonces = random(NONCE_BYTES * NONCES_AT_ONCE);
      used = 0;
    }
    used += NONCE_BYTES;
    return nonces.subarray(used - NONCE_BYTES, used);
  };

  return {
    newDataKey() {
      const bytes = random(KEY_BYTES);
      return { key: createSecretKey(bytes), wrapped: keyRing.wrap(bytes, random) };
    },
    openDataKey: (wrapped) => createSecretKey(keyRing.unwrap(wrapped)),
    seal(key, place, value) {
      const nonce = nextNonce();
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(boundTo(place));
      const body = typeof value === 'string' ? cipher.update(value, 'utf8') : cipher.update(value);
      cipher.final();
      const sealed = Buffer.allocUnsafe(BODY_AT + body.length + TAG_BYTES);
      sealed[0] = VERSION;
      sealed.set(nonce, 1);
      sealed.set(body, BODY_AT);
      sealed.set(cipher.getAuthTag(), BODY_AT + body.length);
      return sealed;
    },
    open,
    openText: (key, place, sealed) => open(key, place, sealed).toString('utf8'),
  };
}

function open(key: DataKey, place: Place, sealed: Uint8Array): Buffer {
  if (sealed[0] !== VERSION || sealed.length < BODY_AT + TAG_BYTES)
    throw new BrokenSeal(place, 'it does not begin as sealed values do');
  const end = sealed.length - TAG_BYTES;
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(1, BODY_AT), { authTagLength: TAG_BYTES });
  decipher.setAAD(boundTo(place)).setAuthTag(sealed.subarray(end));
  const value = decipher.update(sealed.subarray(BODY_AT, end));
  try {
    decipher.final();
  } catch {
    throw new BrokenSeal(place, 'it was changed, moved here from another place, or sealed under another key');
  }
  return value;
}

/** The row comes last, so it alone may hold a bar without two places meaning the same. */
function boundTo({ table, column, row }: Place): Buffer {
  return Buffer.from(`${table}|${column}|${row}`);
}
