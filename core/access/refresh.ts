import { createHmac, type KeyObject } from 'node:crypto';
import type { Role } from './roles.ts';

/** What the table knows of a refresh token that was shown. All tokens that grew from one sign-in are a family. */
export type RefreshRecord = {
  usedAt: Date | null;
  /** When the token that followed it was used in its turn. */
  successorUsedAt: Date | null;
  /** When the family was ended: signed out, role lost, or a used token shown again. */
  revokedAt: Date | null;
  /** Not used for this long: the session is over. */
  idleExpiresAt: Date;
  /** The family's end, whatever is done. */
  absoluteExpiresAt: Date;
};

/**
 * `rotate`: mark it used and hand out its successor. `repeat`: hand out the same successor again, the answer was lost or
 * another tab asked. `revoke-family`: a used token came back, so somebody copied it. `refuse`: sign in again.
 */
export type RefreshDecision =
  | { kind: 'rotate' }
  | { kind: 'repeat' }
  | { kind: 'revoke-family' }
  | { kind: 'refuse'; reason: 'unknown' | 'revoked' | 'expired' };

/** Milliseconds in which a used token still gets its own successor. */
export const REFRESH_GRACE_MS = 10_000;

const HOUR_MS = 3_600_000;

/**
 * What to do with a refresh token; `null` is one that nobody knows. Only the immediate predecessor of the live token has
 * a grace: one whose successor was used already is reuse at any age.
 */
export function decideRefresh(record: RefreshRecord | null, now: Date): RefreshDecision {
  if (!record) return { kind: 'refuse', reason: 'unknown' };
  if (record.revokedAt) return { kind: 'refuse', reason: 'revoked' };
  if (now >= record.absoluteExpiresAt) return { kind: 'refuse', reason: 'expired' };
  if (record.usedAt) {
    const inGrace = now.getTime() - record.usedAt.getTime() <= REFRESH_GRACE_MS;
    return inGrace && !record.successorUsedAt ? { kind: 'repeat' } : { kind: 'revoke-family' };
  }
  return now >= record.idleExpiresAt ? { kind: 'refuse', reason: 'expired' } : { kind: 'rotate' };
}

/**
 * The token that follows a used one, the same each time: 256 bits in base64url. It is derived, so a repeated refresh needs
 * no stored token; without the secret (at least 32 bytes) a thief of one token cannot know the next.
 */
export const successorOf = (token: string, secret: string | KeyObject): string =>
  createHmac('sha256', secret).update(`refresh-successor\0${token}`).digest('base64url');

/** Milliseconds that a refresh token lives unused, and that its family lives at all. Staff sign in anew each working day. */
export function refreshLifetimes(roles: readonly Role[]): { idleMs: number; absoluteMs: number } {
  const staff = roles.some((role) => role !== 'customer');
  return { idleMs: 8 * HOUR_MS, absoluteMs: staff ? 12 * HOUR_MS : 30 * 24 * HOUR_MS };
}
