import { createPasswords } from './password.ts';

const passwords = createPasswords();

test('a password is verified against its hash', async () => {
  const stored = await passwords.hash('tide-lamp-ocean');
  expect(stored).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  expect(await passwords.verify('tide-lamp-ocean', stored)).toBe(true);
  expect(await passwords.verify('tide-lamp-Ocean', stored)).toBe(false);
});

test('two hashes of one password differ', async () => {
  expect(await passwords.hash('tide-lamp-ocean')).not.toBe(await passwords.hash('tide-lamp-ocean'));
});

test('the same characters are the same password, however they were typed', async () => {
  const stored = await passwords.hash('café-ＯＣＥＡＮ');
  expect(await passwords.verify('cafe\u0301-OCEAN', stored)).toBe(true);
});

test('an unknown user is hashed at the same cost, and never gets in', async () => {
  expect(await passwords.verify('tide-lamp-ocean', null)).toBe(false);
});

test('a stored hash that is damaged is our fault, not a wrong password', async () => {
  await expect(passwords.verify('tide-lamp-ocean', 'damaged')).rejects.toThrow();
});

test('a flood waits in line, and what does not fit into the line is told to come again', async () => {
  const few = createPasswords({ atOnce: 1, waiting: 2 });
  const answers = await Promise.allSettled(['a', 'b', 'c', 'd'].map((password) => few.hash(password)));
  expect(answers.map((answer) => answer.status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled', 'rejected']);
  expect(answers[3]).toMatchObject({ reason: { kind: 'unavailable', retryAfter: 5 } });
  expect(await few.hash('e')).toMatch(/^\$argon2id/);
});

test('one that fails leaves its place to the next', async () => {
  const one = createPasswords({ atOnce: 1 });
  const [failed, fine] = await Promise.allSettled([one.verify('a', 'damaged'), one.verify('a', null)]);
  expect([failed.status, fine.status]).toEqual(['rejected', 'fulfilled']);
  expect(await one.verify('a', null)).toBe(false);
});
