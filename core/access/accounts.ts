import { UniqueConstraintViolationException, type EntityManager } from '@mikro-orm/core';
import type { BlindIndex } from '#core/privacy/blind-index.ts';
import type { Seal } from '#core/privacy/seal.ts';
import type { Random } from '#core/privacy/random.ts';
import { conflict, invalid, unauthenticated, type Problem } from '#core/errors.ts';
import type { Locale, Me, TokenAnswer } from './access.schema.ts';
import type { Passwords } from './password.ts';
import { PASSWORD_FAULTS, passwordFault } from './password-strength.ts';
import { decideRefresh, refreshLifetimes, successorOf } from './refresh.ts';
import { ROLES, DEFAULT_GRANTS, type Role } from './roles.ts';
import { ACCESS_SECONDS, hashToken, newOpaqueToken, signAccess, type SigningKey } from './tokens.ts';
import { RefreshToken, Role as RoleRow, User, UserRole } from './user.entity.ts';

/** People who sign in. */
export type Accounts = {
  create(user: {
    email: string;
    name: string;
    roles: readonly Role[];
    password: string;
    locale?: Locale;
  }): Promise<{ id: string }>;
  /** Same answer, same work, whether the address is unknown or the password wrong. */
  signIn(email: string, password: string): Promise<TokenAnswer>;
  refresh(token: string): Promise<TokenAnswer>;
  signOut(signIn: string): Promise<void>;
  me(id: string): Promise<Me>;
  /** Whether the sign-in (a family of refresh tokens) was not ended. */
  signInHolds(signIn: string): Promise<boolean>;
  hasAdmin(): Promise<boolean>;
};

/** How long an answer about a sign-in may be old. */
const HOLDS_FOR_MS = 2_000;
const MOST_KNOWN = 5_000;

const taken = (): Problem => conflict('There is an account with this e-mail address already.');

const normal = (email: string): string => email.trim().toLowerCase().normalize('NFC');

export function createAccounts(tools: {
  em: () => EntityManager;
  seal: Seal;
  blindIndex: BlindIndex;
  passwords: Passwords;
  secret: SigningKey;
  uuid: () => string;
  random: Random;
  now: () => Date;
}): Accounts {
  const { seal, blindIndex, passwords, secret, now } = tools;
  const holds = new Map<string, { until: number; value: Promise<boolean> }>();

  const place = (column: 'email' | 'name', row: string) => ({ table: 'users', column, row });

  async function rolesOf(em: EntityManager, userId: string): Promise<Role[]> {
    const rows = await em.find(UserRole, { user: userId }, { populate: ['role'] });
    return rows.map((row) => row.role.name).filter((name): name is Role => (ROLES as readonly string[]).includes(name));
  }

  async function answer(em: EntityManager, userId: string, family: string, refreshToken: string): Promise<TokenAnswer> {
    const roles = await rolesOf(em, userId);
    return {
      access_token: signAccess({ userId, roles, sessionId: family, secret, now: now() }),
      token_type: 'Bearer',
      expires_in: ACCESS_SECONDS,
      refresh_token: refreshToken,
      scope: roles.join(' '),
    };
  }

  async function keep(
    em: EntityManager,
    token: string,
    user: string,
    family: string,
    roles: readonly Role[],
    absolute?: Date,
  ): Promise<void> {
    const lives = refreshLifetimes(roles);
    const end = absolute ?? new Date(now().getTime() + lives.absoluteMs);
    const idle = new Date(now().getTime() + lives.idleMs);
    await em.upsert(
      RefreshToken,
      {
        hash: hashToken(token),
        user,
        family,
        expiresAt: idle < end ? idle : end,
        absoluteExpiresAt: end,
        createdAt: now(),
      },
      { onConflictAction: 'ignore' },
    );
  }

  async function end(em: EntityManager, family: string): Promise<void> {
    await em.nativeUpdate(RefreshToken, { family }, { revokedAt: now() });
    holds.delete(family);
  }

  /** One token that was revoked ends its family: a refresh in the same moment may have added another one to it. */
  async function holdsNow(em: EntityManager, family: string): Promise<boolean> {
    const first = await em.findOne(
      RefreshToken,
      { family },
      { orderBy: { revokedAt: 'asc nulls last' }, fields: ['revokedAt'], disableIdentityMap: true },
    );
    return first !== null && !first.revokedAt;
  }

  return {
    async create({ email, name, roles, password, locale = 'zh-TW' }) {
      const address = normal(email);
      const fault = passwordFault(password, address);
      if (fault)
        throw invalid(PASSWORD_FAULTS[fault][locale], [{ path: 'password', message: PASSWORD_FAULTS[fault][locale] }]);
      const em = tools.em();
      const index = blindIndex('email', address);
      if (await em.count(User, { emailIndex: index })) throw taken();
      const id = tools.uuid();
      const { key, wrapped } = seal.newDataKey();
      const user = em.create(User, {
        id,
        emailIndex: index,
        emailSealed: seal.seal(key, place('email', id), address),
        nameSealed: seal.seal(key, place('name', id), name),
        dataKey: wrapped,
        passwordHash: await passwords.hash(password),
        locale,
        createdAt: now(),
      });
      for (const role of ROLES)
        await em.upsert(
          RoleRow,
          { name: role, permissions: [...DEFAULT_GRANTS[role]] },
          { onConflictAction: 'ignore' },
        );
      for (const role of roles) em.create(UserRole, { user, role });
      // In one transaction: an account that nobody gave its roles would be in the way for ever.
      await em.flush().catch((error: unknown) => {
        if (error instanceof UniqueConstraintViolationException) throw taken();
        throw error;
      });
      return { id };
    },

    async signIn(email, password) {
      const em = tools.em();
      const user = await em.findOne(User, { emailIndex: blindIndex('email', normal(email)), disabledAt: null });
      // An unknown address costs as much as a known one.
      const right = await passwords.verify(password, user?.passwordHash ?? null);
      if (!user || !right) throw unauthenticated('The e-mail address or the password is wrong.');
      const family = tools.uuid();
      const token = newOpaqueToken(tools.random);
      await keep(em, token, user.id, family, await rolesOf(em, user.id));
      return answer(em, user.id, family, token);
    },

    async refresh(token) {
      const em = tools.em();
      const hash = hashToken(token);
      const successor = successorOf(token, secret);
      const row = await em.findOne(RefreshToken, { hash }, { populate: ['user'] });
      const next = row && (await em.findOne(RefreshToken, { hash: hashToken(successor) }));
      const decision = decideRefresh(
        row && {
          usedAt: row.usedAt ?? null,
          successorUsedAt: next?.usedAt ?? null,
          revokedAt: (await holdsNow(em, row.family)) ? null : now(),
          idleExpiresAt: row.expiresAt,
          absoluteExpiresAt: row.absoluteExpiresAt,
        },
        now(),
      );
      if (decision.kind === 'revoke-family' && row) await end(em, row.family);
      if (!row || row.user.disabledAt || decision.kind === 'refuse' || decision.kind === 'revoke-family')
        throw unauthenticated('This sign-in has ended. Sign in again at POST /auth/login.');
      // Whoever comes first rotates it; the other tab, within the grace, gets the same successor.
      await em.nativeUpdate(RefreshToken, { hash, usedAt: null }, { usedAt: now() });
      await keep(em, successor, row.user.id, row.family, await rolesOf(em, row.user.id), row.absoluteExpiresAt);
      return answer(em, row.user.id, row.family, successor);
    },

    signOut: (signIn) => end(tools.em(), signIn),

    async me(id) {
      const em = tools.em();
      const user = await em.findOne(User, { id, disabledAt: null });
      if (!user?.dataKey) throw unauthenticated('This account is no more.');
      const key = seal.openDataKey(Buffer.from(user.dataKey));
      return {
        id,
        email: seal.openText(key, place('email', id), user.emailSealed),
        name: seal.openText(key, place('name', id), user.nameSealed),
        roles: await rolesOf(em, id),
        locale: user.locale as Locale,
      };
    },

    signInHolds(signIn) {
      const known = holds.get(signIn);
      if (known && known.until > now().getTime()) return known.value;
      const value = holdsNow(tools.em(), signIn);
      holds.set(signIn, { until: now().getTime() + HOLDS_FOR_MS, value });
      if (holds.size > MOST_KNOWN) holds.delete(holds.keys().next().value!);
      value.catch(() => holds.delete(signIn));
      return value;
    },

    hasAdmin: async () => (await tools.em().count(UserRole, { role: 'admin' })) > 0,
  };
}
