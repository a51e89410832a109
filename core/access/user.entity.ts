import { defineEntity, p, type InferEntity } from '@mikro-orm/core';

/** Somebody who signs in: an agent, an admin, a registered customer. Contact data is sealed with the user's own key. */
export const User = defineEntity({
  name: 'User',
  tableName: 'users',
  properties: {
    id: p.uuid().primary(),
    /** Finds the sealed e-mail (`blind-index.ts`). */
    emailIndex: p.blob().unique(),
    emailSealed: p.blob(),
    nameSealed: p.blob(),
    /** The data key, wrapped by the key ring; null once the user is erased. */
    dataKey: p.blob().nullable(),
    passwordHash: p.text().nullable(),
    locale: p.text().default('zh-TW').check("locale in ('zh-TW', 'en')"),
    disabledAt: p.datetime().nullable(),
    createdAt: p.datetime().defaultRaw('now()'),
  },
});
export type User = InferEntity<typeof User>;

/** What a role may do: a subset of the closed list of permissions. */
export const Role = defineEntity({
  name: 'Role',
  tableName: 'roles',
  properties: { name: p.text().primary(), permissions: p.array() },
});

export const UserRole = defineEntity({
  name: 'UserRole',
  tableName: 'user_roles',
  properties: {
    user: () => p.manyToOne(User).primary().deleteRule('cascade'),
    role: () => p.manyToOne(Role).primary(),
  },
});

/** A refresh token, by its hash. Tokens of one sign-in are a family. */
export const RefreshToken = defineEntity({
  name: 'RefreshToken',
  tableName: 'refresh_tokens',
  indexes: [{ properties: ['family'] }],
  properties: {
    hash: p.blob().primary(),
    user: () => p.manyToOne(User).deleteRule('cascade').index(),
    family: p.uuid(),
    usedAt: p.datetime().nullable(),
    revokedAt: p.datetime().nullable(),
    expiresAt: p.datetime(),
    absoluteExpiresAt: p.datetime(),
    createdAt: p.datetime().defaultRaw('now()'),
  },
});
