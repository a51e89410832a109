import { randomBytes, randomUUID } from 'node:crypto';
import type { MikroORM } from '@mikro-orm/postgresql';
import { Pool } from 'pg';
import { openOrm } from '#adapters/postgres/orm.ts';
import { createBlindIndex } from '#core/privacy/blind-index.ts';
import { createTestDatabase, type TestDatabase } from '#test/support/database.ts';
import { createTestSeal } from '#test/support/stores.ts';
import { createAccounts, type Accounts } from './accounts.ts';
import { drawPassword, makeFirstAdmin } from './first-admin.ts';
import { verifyAccess } from './tokens.ts';

const SECRET = 'a secret for tests that is long enough';
const PASSWORD = 'a long walk by the tide';
const HOUR_MS = 3_600_000;

let database: TestDatabase;
let orm: MikroORM;
let pool: Pool;
let time = Date.parse('2026-06-01T08:00:00Z');
let accounts: Accounts;
let tools: Parameters<typeof createAccounts>[0];

beforeAll(async () => {
  database = await createTestDatabase();
  orm = await openOrm(database.connection, 4);
  pool = new Pool({ ...database.connection, max: 4 });
  tools = {
    em: () => orm.em.fork(),
    seal: createTestSeal(),
    blindIndex: createBlindIndex(randomBytes(32)),
    // The real ones take most of a test's time and are tested where they stand.
    passwords: { hash: async (password) => password, verify: async (password, kept) => password === kept },
    secret: SECRET,
    uuid: randomUUID,
    random: randomBytes,
    now: () => new Date(time),
  };
  accounts = createAccounts(tools);
});
afterAll(async () => {
  await orm.close();
  await pool.end();
  await database.drop();
});

const newEmail = (): string => `${randomUUID()}@example.com`;
async function person(roles: readonly ('customer' | 'agent' | 'admin')[] = ['agent']) {
  const email = newEmail();
  const { id } = await accounts.create({ email, name: '安', roles, password: PASSWORD });
  return { id, email };
}
const signInOf = (token: string): string => verifyAccess({ token, secret: SECRET, now: new Date(time) }).sessionId;

describe('accounts', () => {
  test('whoever has one signs in, however he writes his address, and is who he is', async () => {
    const { id, email } = await person(['agent', 'admin']);
    const tokens = await accounts.signIn(` ${email.toUpperCase()} `, PASSWORD);
    expect(tokens).toMatchObject({ token_type: 'Bearer', expires_in: 600 });
    expect(verifyAccess({ token: tokens.access_token, secret: SECRET, now: new Date(time) })).toMatchObject({
      userId: id,
      roles: expect.arrayContaining(['agent', 'admin']),
    });
    expect(await accounts.me(id)).toEqual({ id, email, name: '安', roles: expect.any(Array), locale: 'zh-TW' });
  });

  test('an unknown address and a wrong password get the same answer', async () => {
    const { email } = await person();
    const wrong = 'The e-mail address or the password is wrong.';
    await expect(accounts.signIn(email, 'wrong')).rejects.toThrow(wrong);
    await expect(accounts.signIn(newEmail(), PASSWORD)).rejects.toThrow(wrong);
  });

  test('an address has one account, also of two that are made at once', async () => {
    const email = newEmail();
    const user = { email, name: 'A', roles: ['customer'] as const, password: PASSWORD };
    const both = await Promise.allSettled([accounts.create(user), accounts.create(user)]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    await expect(accounts.create(user)).rejects.toThrow('There is an account with this e-mail address already.');
  });

  test('a weak password is refused in the reader’s language, by its field', async () => {
    const weak = {
      email: newEmail(),
      name: 'A',
      roles: ['customer'] as const,
      password: 'short',
      locale: 'en' as const,
    };
    await expect(accounts.create(weak)).rejects.toMatchObject({ kind: 'invalid', errors: [{ path: 'password' }] });
  });

  test('an account and its roles are written together or not at all', async () => {
    const email = newEmail();
    const roles = ['nobody' as 'agent'];
    await expect(accounts.create({ email, name: 'A', roles, password: PASSWORD })).rejects.toThrow();
    expect((await accounts.create({ email, name: 'A', roles: ['agent'], password: PASSWORD })).id).toBeTruthy();
  });

  test('one that was disabled signs in no more and is nobody', async () => {
    const { id, email } = await person();
    await pool.query('update users set disabled_at = now() where id = $1', [id]);
    await expect(accounts.signIn(email, PASSWORD)).rejects.toThrow('is wrong');
    await expect(accounts.me(id)).rejects.toThrow('This account is no more.');
    await expect(accounts.me(randomUUID())).rejects.toThrow('This account is no more.');
  });
});

describe('sign-ins', () => {
  const ended = 'This sign-in has ended. Sign in again at POST /auth/login.';

  test('two tabs that refresh at once go on with the same token', async () => {
    const { email } = await person();
    const first = await accounts.signIn(email, PASSWORD);
    const [a, b] = await Promise.all([accounts.refresh(first.refresh_token), accounts.refresh(first.refresh_token)]);
    expect(a.refresh_token).toBe(b.refresh_token);
    expect((await accounts.refresh(a.refresh_token)).refresh_token).not.toBe(a.refresh_token);
  });

  test('a token that comes back after it was followed ends the whole sign-in', async () => {
    const { email } = await person();
    const first = await accounts.signIn(email, PASSWORD);
    const second = await accounts.refresh(first.refresh_token);
    const third = await accounts.refresh(second.refresh_token);
    await expect(accounts.refresh(first.refresh_token)).rejects.toThrow(ended);
    await expect(accounts.refresh(third.refresh_token)).rejects.toThrow(ended);
    expect(await accounts.signInHolds(signInOf(first.access_token))).toBe(false);
  });

  test('one that was signed out, was never there, is too old, or whose owner was disabled is over', async () => {
    const { id, email } = await person();
    const out = await accounts.signIn(email, PASSWORD);
    expect(await accounts.signInHolds(signInOf(out.access_token))).toBe(true);
    await accounts.signOut(signInOf(out.access_token));
    expect(await accounts.signInHolds(signInOf(out.access_token))).toBe(false);
    await expect(accounts.refresh(out.refresh_token)).rejects.toThrow(ended);
    await expect(accounts.refresh('nothing')).rejects.toThrow(ended);
    const old = await accounts.signIn(email, PASSWORD);
    time += 9 * HOUR_MS;
    await expect(accounts.refresh(old.refresh_token)).rejects.toThrow(ended);
    const late = await accounts.signIn(email, PASSWORD);
    await pool.query('update users set disabled_at = now() where id = $1', [id]);
    await expect(accounts.refresh(late.refresh_token)).rejects.toThrow(ended);
  });

  test('a refresh in the moment of signing out does not bring the sign-in back', async () => {
    const { email } = await person();
    const first = await accounts.signIn(email, PASSWORD);
    const signIn = signInOf(first.access_token);
    const next = await accounts.refresh(first.refresh_token);
    // The sign-out saw the first token alone: the second one was written in the same moment.
    await pool.query('update refresh_tokens set revoked_at = now() where family = $1 and used_at is not null', [
      signIn,
    ]);
    time += 5_000;
    expect(await accounts.signInHolds(signIn)).toBe(false);
    await expect(accounts.refresh(next.refresh_token)).rejects.toThrow(ended);
  });

  test('whether one holds is asked once in two seconds, and again when the database was away', async () => {
    const { email } = await person();
    const signIn = signInOf((await accounts.signIn(email, PASSWORD)).access_token);
    let asked = 0;
    let away = true;
    const watched = createAccounts({
      ...tools,
      em: () => {
        asked++;
        if (away) return { findOne: () => Promise.reject(new Error('away')) } as never;
        return tools.em();
      },
    });
    await expect(watched.signInHolds(signIn)).rejects.toThrow('away');
    away = false;
    expect(await watched.signInHolds(signIn)).toBe(true);
    expect(await watched.signInHolds(signIn)).toBe(true);
    expect(asked).toBe(2);
    time += 2_001;
    await watched.signInHolds(signIn);
    expect(asked).toBe(3);
  });
});

describe('the first admin', () => {
  test('is made once, with a password that nobody had to think of, whichever process is first', async () => {
    await pool.query('delete from users');
    const made = await Promise.all([
      makeFirstAdmin(accounts, randomBytes),
      makeFirstAdmin(createAccounts(tools), randomBytes),
    ]);
    const [first, ...more] = made.filter((one) => one !== undefined);
    expect(more).toEqual([]);
    expect((await accounts.signIn(first!.email, first!.password)).scope.split(' ').sort()).toEqual(['admin', 'agent']);
    expect(await makeFirstAdmin(accounts, randomBytes)).toBeUndefined();
  });

  test('what goes wrong otherwise is not swallowed', async () => {
    const broken = { ...accounts, hasAdmin: async () => false, create: () => Promise.reject(new Error('disk full')) };
    await expect(makeFirstAdmin(broken, randomBytes)).rejects.toThrow('disk full');
    expect(drawPassword(randomBytes)).toHaveLength(16);
  });
});
