import type { Middleware } from 'koa';
import jwt from 'koa-jwt';
import { can, type Role, ROLES } from '#core/access/roles.ts';
import { AUDIENCE, ISSUER, type SigningKey } from '#core/access/tokens.ts';
import { forbidden, unauthenticated } from '#core/errors.ts';
import type { Allow, Caller } from './endpoint.ts';

/** What stands behind a visitor's token, and whether a sign-in still holds. */
export type Doorkeeper = {
  secret: SigningKey;
  visitor: (token: string) => Promise<{ id: string; contactId: string } | undefined>;
  /** False once it was ended: a token that is still young does not help then. */
  signInHolds: (signIn: string) => Promise<boolean>;
};

const bearer = (header: string | undefined): string | undefined => /^Bearer +(\S+)$/i.exec(header ?? '')?.[1];
/** An access token is a JWT and has two dots; a session token has none. */
const isJwt = (token: string): boolean => token.split('.').length === 3;

/** Finds out who asks: a signed-in person by koa-jwt with its one algorithm, a visitor by the session's token, or nobody. */
export function whoAsks(doorkeeper: Doorkeeper): Middleware[] {
  const checked = jwt({
    secret: doorkeeper.secret,
    algorithms: ['HS256'],
    issuer: ISSUER,
    audience: AUDIENCE,
    key: 'access',
    getToken: (ctx) => {
      const token = bearer(ctx.headers.authorization);
      return token && isJwt(token) ? token : null;
    },
    passthrough: true,
  } as jwt.Options);

  const caller: Middleware = async (ctx, next) => {
    ctx.state['caller'] = await identify();
    await next();

    async function identify(): Promise<Caller> {
      const access = ctx.state['access'] as { sub: string; roles: Role[]; sid: string } | undefined;
      if (access && (await doorkeeper.signInHolds(access.sid)))
        return {
          kind: 'user',
          id: access.sub,
          roles: access.roles.filter((role) => ROLES.includes(role)),
          signIn: access.sid,
        };
      const token = bearer(ctx.headers.authorization);
      if (!token || isJwt(token)) return { kind: 'anonymous' };
      const opened = await doorkeeper.visitor(token);
      return opened ? { kind: 'visitor', sessionId: opened.id, contactId: opened.contactId } : { kind: 'anonymous' };
    }
  };
  return [checked, caller];
}

/** Throws unless the caller may do what the endpoint allows. */
export function admit(caller: Caller, allow: Allow, sentToken: boolean): void {
  if (allow === 'anyone') return;
  if (caller.kind === 'anonymous')
    throw unauthenticated(
      sentToken
        ? 'This token is unknown or has expired. Sign in again, or begin a new conversation.'
        : 'Send a token: Authorization: Bearer …',
    );
  if (allow === 'token') return;
  if (caller.kind === 'visitor') throw forbidden('This needs somebody who signed in.');
  if (allow !== 'signed-in' && !can(caller.roles, allow))
    throw forbidden(`This needs the permission ${allow}, which your roles do not carry.`);
}
