import { z } from 'zod';
import { Login, Me, RefreshRequest, TokenAnswer } from '#core/access/access.schema.ts';
import type { Accounts } from '#core/access/accounts.ts';
import { Problem } from '#core/errors.ts';
import { get, post, type Endpoint } from './endpoint.ts';
import type { Limits } from './limits.ts';
import { userOf } from './router.ts';

/** The OAuth2 password form says `username` (RFC 6749 §4.3.2); JSON says `email`. */
const SignIn = z
  .preprocess((body) => {
    const given = (body ?? {}) as Record<string, unknown>;
    return given['email'] === undefined ? { ...given, email: given['username'] } : given;
  }, Login)
  .meta({ id: 'SignIn' });

/** Signing in and out. */
export function authEndpoints({ accounts, limits }: { accounts: Accounts; limits: Limits }): Endpoint[] {
  return [
    post(
      '/auth/login',
      {
        summary: 'Sign in with e-mail and password.',
        allow: 'anyone',
        body: SignIn,
        form: true,
        returns: TokenAnswer,
        status: 200,
        problems: ['unauthenticated', 'invalid', 'too-many', 'unavailable'],
      },
      async ({ body, ip, setHeader }) => {
        await limits.check('logins', ip);
        await limits.check('loginsPerEmail', body.email);
        setHeader('Cache-Control', 'no-store');
        try {
          return await accounts.signIn(body.email, body.password);
        } catch (error) {
          // Only what fails counts, for an address that nobody has as well.
          if (error instanceof Problem && error.kind === 'unauthenticated')
            await Promise.allSettled([limits.take('logins', ip), limits.take('loginsPerEmail', body.email)]);
          throw error;
        }
      },
    ),
    post(
      '/auth/refresh',
      {
        summary: 'New tokens for a refresh token; the old one is used up.',
        allow: 'anyone',
        body: RefreshRequest,
        form: true,
        returns: TokenAnswer,
        status: 200,
        problems: ['unauthenticated', 'invalid'],
      },
      ({ body, setHeader }) => {
        setHeader('Cache-Control', 'no-store');
        return accounts.refresh(body.refresh_token);
      },
    ),
    post('/auth/logout', { summary: 'End this sign-in.', allow: 'signed-in', returns: 'nothing' }, ({ caller }) =>
      accounts.signOut(userOf(caller).signIn),
    ),
    get('/auth/me', { summary: 'Who is signed in.', allow: 'signed-in', returns: Me }, ({ caller }) =>
      accounts.me(userOf(caller).id),
    ),
  ];
}
