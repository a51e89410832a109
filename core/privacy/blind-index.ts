import { createHmac, type KeyObject } from 'node:crypto';

/** Finds a sealed value again without opening it: HMAC-SHA256 under a key of its own. `kind` keeps e-mail and phone apart. */
export type BlindIndex = (kind: string, value: string) => Buffer;

export const createBlindIndex =
  (key: Buffer | KeyObject): BlindIndex =>
  (kind, value) =>
    createHmac('sha256', key).update(`${kind}\0${value}`).digest();
