import { words } from '../../lib/words.ts';

/** Texts of the sign-in page. */
export const signInWords = words(
  {
    title: '登入',
    lead: '客服人員與管理員由此進入工作台。',
    email: '電子郵件',
    password: '密碼',
    signIn: '登入',
    wrong: '電子郵件或密碼不對。請檢查後再試一次。',
    missing: '請填電子郵件與密碼。',
    noDesk: '這個帳號不是客服人員。請洽管理員開通，或改用別的帳號登入。',
    other: '改用別的帳號',
    language: '語言',
  },
  {
    title: 'Sign in',
    lead: 'For agents and admins, to the desk.',
    email: 'E-mail',
    password: 'Password',
    signIn: 'Sign in',
    wrong: 'The e-mail address or the password is wrong. Check both and try again.',
    missing: 'Give both e-mail address and password.',
    noDesk: 'This account is not an agent’s. Ask an admin to make it one, or sign in with another.',
    other: 'Use another account',
    language: 'Language',
  },
);
