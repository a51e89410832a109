import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject } from 'node:crypto';
import type { Random } from './random.ts';

/**
 * The keys that wrap data keys, by key id (kid). New data keys are wrapped by the current key; every key in the ring can
 * still unwrap what it once wrapped. Key ids are stored beside the data in clear, keys never are.
 */
export type KeyRing = {
  readonly current: string;
  readonly kids: readonly string[];
  /** A data key, encrypted by the current key: version · kid length · kid · nonce · ciphertext · tag. */
  wrap(dataKey: Buffer, random: Random): Buffer;
  /** Throws `MissingKey` when the ring lacks the key, `Error` when the bytes were changed. */
  unwrap(wrapped: Buffer): Buffer;
};

/** A data key was wrapped by a key that the ring does not hold: an operator must put it back. */
export class MissingKey extends Error {
  readonly kid: string;

  constructor(kid: string, present: readonly string[], where: string) {
    super(
      `The key "${kid}" is missing: data sealed under it cannot be read. Put it back into ${where} ` +
        `(a line "${kid}:<32 bytes in base64>"), from the backup of that installation. Present: ${present.join(', ')}.`,
    );
    this.name = 'MissingKey';
    this.kid = kid;
  }
}

/** Bytes of every key: AES-256. */
export const KEY_BYTES = 32;

const VERSION = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const PURPOSE = Buffer.from('frontdesk data key\0');
const KID = /^[A-Za-z0-9._-]{1,64}$/;

/** A ring of the given keys (32 bytes each); `where` names their home in error messages. */
export function createKeyRing(parts: { keys: ReadonlyMap<string, Buffer>; current: string; where?: string }): KeyRing {
  const { keys, current, where = 'FRONTDESK_KEYS' } = parts;
  const held = new Map<string, KeyObject>();
  for (const [kid, key] of keys) {
    checkKey(kid, key, where);
    held.set(kid, createSecretKey(key));
  }
  const kids = [...keys.keys()];
  const keyOf = (kid: string): KeyObject => {
    const key = held.get(kid);
    if (!key) throw new MissingKey(kid, kids, where);
    return key;
  };
  const currentKey = keyOf(current);
  const header = Buffer.concat([Buffer.from([VERSION, current.length]), Buffer.from(current)]);

  return {
    current,
    kids,
    wrap(dataKey, random) {
      const nonce = random(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', currentKey, nonce).setAAD(Buffer.concat([PURPOSE, header]));
      return Buffer.concat([header, nonce, cipher.update(dataKey), cipher.final(), cipher.getAuthTag()]);
    },
    unwrap(wrapped) {
      const bodyAt = 2 + (wrapped[1] ?? 0);
      const kid = wrapped.toString('latin1', 2, bodyAt);
      if (wrapped[0] !== VERSION || wrapped.length !== bodyAt + NONCE_BYTES + KEY_BYTES + TAG_BYTES || !KID.test(kid))
        throw new Error('This is no wrapped data key: its header or its length is wrong.');
      const nonce = wrapped.subarray(bodyAt, bodyAt + NONCE_BYTES);
      const decipher = createDecipheriv('aes-256-gcm', keyOf(kid), nonce, { authTagLength: TAG_BYTES })
        .setAAD(Buffer.concat([PURPOSE, wrapped.subarray(0, bodyAt)]))
        .setAuthTag(wrapped.subarray(-TAG_BYTES));
      try {
        return Buffer.concat([decipher.update(wrapped.subarray(bodyAt + NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
      } catch {
        throw new Error(
          `A wrapped data key was changed, or the key "${kid}" in ${where} is not the one that wrapped it.`,
        );
      }
    },
  };
}

/**
 * Reads `FRONTDESK_KEYS`: `kid:base64` entries parted by commas or line breaks, the first one current. A kid is 1–64 of
 * `A-Z a-z 0-9 . _ -`, a key is 32 bytes in base64 (or base64url). Throws an `Error` that names the faulty entry.
 */
export function parseKeyRing(text: string, where = 'FRONTDESK_KEYS'): KeyRing {
  const keys = new Map<string, Buffer>();
  for (const entry of text.split(/[,\n]/).map((part) => part.trim())) {
    if (!entry) continue;
    const { kid, key } = parseKey(entry, where);
    if (keys.has(kid)) throw new Error(`${where} names the key "${kid}" twice: keep one of them.`);
    keys.set(kid, key);
  }
  const current = keys.keys().next().value;
  if (current === undefined) throw new Error(`${where} holds no key. Make one: echo "k1:$(openssl rand -base64 32)"`);
  return createKeyRing({ keys, current, where });
}

/** One `kid:base64` entry; `where` names its home in the error. */
export function parseKey(entry: string, where: string): { kid: string; key: Buffer } {
  const colon = entry.indexOf(':');
  // The text itself stays out of the message: it may be a key.
  if (colon < 1) throw new Error(`An entry of ${where} is not of the form kid:base64.`);
  const kid = entry.slice(0, colon).trim();
  const key = Buffer.from(entry.slice(colon + 1).trim(), 'base64');
  checkKey(kid, key, where);
  return { kid, key };
}

function checkKey(kid: string, key: Buffer, where: string): void {
  if (!KID.test(kid)) throw new Error(`A key id in ${where} is not 1–64 letters, digits, dots, dashes or underscores.`);
  if (key.length !== KEY_BYTES)
    throw new Error(
      `The key "${kid}" in ${where} has ${key.length} bytes instead of ${KEY_BYTES}. Make one: openssl rand -base64 32`,
    );
}
