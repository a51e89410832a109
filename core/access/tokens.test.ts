import { createSecretKey, randomBytes } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { hashToken, newOpaqueToken, signAccess, verifyAccess } from './tokens.ts';

const secret = randomBytes(32).toString('base64url');
const now = new Date('2026-10-05T08:00:00.000Z');
const later = (seconds: number): Date => new Date(now.getTime() + seconds * 1000);
const token = signAccess({ userId: 'u1', roles: ['agent'], sessionId: 's1', secret, now });
const INVALID = expect.objectContaining({ kind: 'unauthenticated', message: expect.stringContaining('not valid') });
const refused = (token: string, at = now, key = secret): unknown => {
  try {
    return verifyAccess({ token, secret: key, now: at });
  } catch (error) {
    return error;
  }
};

test('an access token says who is asking, for ten minutes', () => {
  expect(verifyAccess({ token, secret, now: later(599) })).toEqual({
    userId: 'u1',
    roles: ['agent'],
    sessionId: 's1',
    expiresAt: later(600),
  });
});

test('an expired token says where to get a new one', () => {
  expect(refused(token, later(600))).toMatchObject({
    kind: 'unauthenticated',
    message: 'The access token has expired. Get a new one from POST /auth/refresh.',
  });
});

const good = { sub: 'u1', roles: ['admin'], sid: 's1', iss: 'frontdesk', aud: 'frontdesk-api' };
const times = { iat: Math.floor(now.getTime() / 1000), exp: Math.floor(now.getTime() / 1000) + 600 };
const signed = (claims: object, key = secret, algorithm: jwt.Algorithm = 'HS256'): string =>
  jwt.sign({ ...times, ...claims }, key, { algorithm });

test.each<[string, string]>([
  ['empty', ''],
  ['not a token', 'Bearer'],
  ['signed with another secret', signed(good, randomBytes(32).toString('hex'))],
  ['signed with another algorithm', signed(good, secret, 'HS512')],
  ['not signed at all', signed(good, '', 'none')],
  ['made for something else', signed({ ...good, aud: 'other' })],
  ['made by somebody else', signed({ ...good, iss: 'other' })],
  ['of an unknown role', signed({ ...good, roles: ['root'] })],
  ['without a session', signed({ ...good, sid: undefined })],
  ['changed', token.slice(0, -3) + (token.endsWith('AAA') ? 'BBB' : 'AAA')],
])('a token that is %s is refused', (_, bad) => {
  expect(refused(bad)).toEqual(INVALID);
});

test('the claims of the refused tokens would pass with the right signature', () => {
  expect(refused(signed(good))).toMatchObject({ userId: 'u1', roles: ['admin'] });
});

test('a key signs as well as a text', () => {
  const key = createSecretKey(randomBytes(32));
  const token = signAccess({ userId: 'u1', roles: [], sessionId: 's1', secret: key, now });
  expect(verifyAccess({ token, secret: key, now })).toMatchObject({ userId: 'u1', roles: [] });
});

test('a secret that is too short signs nothing', () => {
  expect(() => signAccess({ userId: 'u1', roles: [], sessionId: 's1', secret: 'short', now })).toThrow(
    /fewer than 32 bytes/,
  );
});

test('an opaque token has 256 bits, fits into a URL, and is stored as a hash', () => {
  const opaque = newOpaqueToken(randomBytes);
  expect(opaque).toMatch(/^[A-Za-z0-9_-]{43}$/);
  expect(newOpaqueToken(randomBytes)).not.toBe(opaque);
  expect(hashToken('abc').toString('hex')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
});
