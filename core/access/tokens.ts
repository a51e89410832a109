import { createHash, type KeyObject } from 'node:crypto';
import jwt from 'jsonwebtoken';
import * as z from 'zod';
import { unauthenticated } from '#core/errors.ts';
import type { Random } from '#core/privacy/random.ts';
import { ROLES, type Role } from './roles.ts';

/** What signs access tokens: at least 32 bytes, as text or as a key. */
export type SigningKey = string | KeyObject;

/** Who is asking, as an access token says it. */
export type Access = { userId: string; roles: readonly Role[]; sessionId: string; expiresAt: Date };

/** Seconds that an access token is good for: a lost role lives on no longer than this. */
export const ACCESS_SECONDS = 600;

// Both ends are ours; naming them keeps any other token signed with the same secret from passing as an access token.
export const ISSUER = 'frontdesk';
export const AUDIENCE = 'frontdesk-api';
const TOKEN_BYTES = 32;
const MIN_SECRET_BYTES = 32;

const Claims = z.object({
  sub: z.string().min(1),
  roles: z.array(z.enum(ROLES)),
  sid: z.string().min(1),
  exp: z.number(),
});

/** An access token (JWT, HS256) for `ttl` seconds from `now`. The secret has at least 32 bytes, else it throws an `Error`. */
export function signAccess(parts: {
  userId: string;
  roles: readonly Role[];
  sessionId: string;
  secret: SigningKey;
  now: Date;
  ttl?: number;
}): string {
  const { userId, roles, sessionId, secret, now, ttl = ACCESS_SECONDS } = parts;
  const bytes = typeof secret === 'string' ? Buffer.byteLength(secret) : (secret.symmetricKeySize ?? 0);
  if (bytes < MIN_SECRET_BYTES)
    throw new Error(`The secret that signs access tokens has fewer than ${MIN_SECRET_BYTES} bytes: use a longer one.`);
  const iat = Math.floor(now.getTime() / 1000);
  const claims = { sub: userId, roles, sid: sessionId, iat, exp: iat + ttl, iss: ISSUER, aud: AUDIENCE };
  return jwt.sign(claims, secret, { algorithm: 'HS256' });
}

/** Who the token speaks for. Throws a `Problem` (unauthenticated) for one that is expired, changed, or no token at all. */
export function verifyAccess({ token, secret, now }: { token: string; secret: SigningKey; now: Date }): Access {
  let payload: unknown;
  try {
    payload = jwt.verify(token, secret, {
      algorithms: ['HS256'],
      issuer: ISSUER,
      audience: AUDIENCE,
      clockTimestamp: Math.floor(now.getTime() / 1000),
    });
  } catch (error) {
    if (error instanceof jwt.TokenExpiredError)
      throw unauthenticated('The access token has expired. Get a new one from POST /auth/refresh.');
    throw unauthenticated('The access token is not valid. Sign in at POST /auth/login.');
  }
  const claims = Claims.safeParse(payload);
  if (!claims.success) throw unauthenticated('The access token is not valid. Sign in at POST /auth/login.');
  const { sub, roles, sid, exp } = claims.data;
  return { userId: sub, roles, sessionId: sid, expiresAt: new Date(exp * 1000) };
}

/** A new opaque token: 256 bits in base64url, 43 characters. Only its hash is stored. */
export const newOpaqueToken = (random: Random): string => random(TOKEN_BYTES).toString('base64url');

/** What stands in the database for an opaque token: its SHA-256. The token has 256 bits, so no salt or slowness is needed. */
export const hashToken = (token: string): Buffer => createHash('sha256').update(token).digest();
