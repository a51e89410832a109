import { createHash } from 'node:crypto';

/** How a session token is stored: SHA-256. It has 256 random bits, so no salt is needed. */
export const hashToken = (token: string): Buffer => createHash('sha256').update(token).digest();
