import { Login, Me, Registration, TokenAnswer } from './access.schema.ts';

test('an e-mail address is one, however it was typed', () => {
  expect(Login.parse({ email: '  Amy@Example.COM ', password: 'x' })).toEqual({
    email: 'amy@example.com',
    password: 'x',
  });
});

test.each(['', 'amy', 'amy@', '@example.com', 'amy@exa mple.com', `${'a'.repeat(250)}@example.com`])(
  '"%s" is no e-mail address',
  (email) => {
    expect(Login.safeParse({ email, password: 'x' }).success).toBe(false);
  },
);

test('a registration needs a name, and a language only where one was chosen', () => {
  const fine = { email: 'amy@example.com', password: 'tide-lamp-ocean', name: ' 陳小美 ' };
  expect(Registration.parse(fine)).toEqual({ ...fine, name: '陳小美' });
  expect(Registration.safeParse({ ...fine, name: '  ' }).success).toBe(false);
  expect(Registration.safeParse({ ...fine, locale: 'fr' }).success).toBe(false);
});

test('tokens have the shape of RFC 6749', () => {
  const answer = { access_token: 'a', token_type: 'Bearer', expires_in: 600, refresh_token: 'r', scope: 'agent' };
  expect(TokenAnswer.parse(answer)).toEqual(answer);
  expect(TokenAnswer.safeParse({ ...answer, token_type: 'bearer token' }).success).toBe(false);
});

test('a user knows their roles and language', () => {
  const me = { id: '0192f0aa-1111-7000-8000-000000000000', email: 'a@b.tw', name: 'A', roles: ['agent'], locale: 'en' };
  expect(Me.parse(me)).toEqual(me);
  expect(Me.safeParse({ ...me, roles: ['root'] }).success).toBe(false);
});
