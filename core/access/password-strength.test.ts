import { passwordFault } from './password-strength.ts';

const fault = (password: string): unknown => passwordFault(password, 'amy.chen@example.com');

test.each(['correct horse battery', 'tide-lamp-ocean', 'XkT9mPq2vL', '七月的雨打在窗上很好聽', '🐢🐙🦊🐼🐧🐸🐵🐔🐰🐴'])(
  'takes %s',
  (password) => {
    expect(fault(password)).toBeNull();
  },
);

test('counts characters, not bytes', () => {
  expect(fault('tide-lamp')).toBe('too-short');
  expect(fault('雨打在窗上很好')).toBe('too-short');
  expect(fault('🐢🐙🦊🐼🐧')).toBe('too-short');
  expect(fault('tide-lamp-ocean '.repeat(13))).toBe('too-long');
});

test.each(['amy.chen@example.com', 'Amy.Chen@Example.com', 'amy.chen123', '123amy.chen!'])(
  'refuses %s, which is the e-mail address or its name',
  (password) => {
    expect(fault(password)).toBe('like-email');
  },
);

test.each([
  'password123',
  'Password1!',
  'P@ssw0rd123',
  'passwordpassword',
  '1234567890',
  '0987654321',
  '0912345678',
  '1990-05-17',
  'qwertyuiop',
  'qwerty12345',
  '1qaz2wsx3edc',
  'asdfghjkl1',
  'zxcvbnm123',
  '1234qwerasdf',
  'abcdefghij',
  'aaaaaaaaaa',
  'abababababab',
  'iloveyou2024',
  'welcome2026!',
  'Admin123456',
  'letmein!!!!',
  'test1234567',
  'frontdesk2026',
  'Taiwan2026!',
  'woaini5201314',
  'ｐａｓｓｗｏｒｄ１２３',
  'trustno1234',
  'monkeymonkey',
  'superman!!!!',
  'sunshine99',
  '!@#$%^&*()',
])('refuses %s, which is guessed first', (password) => {
  expect(fault(password)).toBe('too-common');
});

test('an address without a name forbids nothing', () => {
  expect(passwordFault('tide-lamp-ocean', '')).toBeNull();
});

test('a very long password of one pattern is judged at once', () => {
  expect(fault('ab'.repeat(100))).toBe('too-common');
  expect(fault(`${'ab'.repeat(95)}xyzuvq`)).toBeNull();
});
