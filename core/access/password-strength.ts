/** Why a password is refused. */
export type PasswordFault = 'too-short' | 'too-long' | 'like-email' | 'too-common';

/** What to tell the person who chose it. */
export const PASSWORD_FAULTS: Record<PasswordFault, { en: string; 'zh-TW': string }> = {
  'too-short': { en: 'Use at least 10 characters.', 'zh-TW': '密碼至少要 10 個字元。' },
  'too-long': { en: 'Use at most 200 characters.', 'zh-TW': '密碼最多 200 個字元。' },
  'like-email': { en: 'Do not use your e-mail address.', 'zh-TW': '請不要使用您的電子郵件地址。' },
  'too-common': {
    en: 'This password is among the first ones that are guessed. Three or four unrelated words make a good one.',
    'zh-TW': '這個密碼太容易被猜到。用三、四個不相關的詞組成會更好。',
  },
};

const MIN_CHARACTERS = 10;
const MAX_CHARACTERS = 200;
const MIN_DISTINCT = 5;

/**
 * The words that the most used passwords are made of: what is left of the public lists when digits, signs and repetition at
 * the ends, and letters written as digits, are taken away.
 */
const COMMON = new Set(
  `abc abcd abcde admin administrator alexander amanda andrew angel anthony apple asdf asdfg asdfgh asdfghjkl ashley babygirl
  bailey banana barcelona baseball basketball batman beautiful blink brandon buster butterfly changeme charlie cheese chelsea
  chicken chocolate computer cookie corvette daniel default demo dragon elizabeth facebook family ferrari flower football
  forever freedom friends frontdesk fuckyou gateway george ginger google guest hannah happy harley hello helloworld hockey
  hunter iloveu iloveyou internet jasmine jennifer jessica jesus jordan joseph joshua justin killer letmein linkedin liverpool
  login london love lovely loveme lover maggie manager master matrix matthew melissa mercedes merlin metallica michael michelle
  microsoft minecraft monkey mustang naruto nicole ninja nothing oliver orange pass passw passwd password pepper pokemon
  princess purple qaz qazwsx qazwsxedc qwaszx qwe qwer qwert qwerty qwertyuiop qweasd qweasdzxc ranger rainbow robert root
  samantha samsung scooter secret shadow slipknot soccer sophie spiderman starwars steelers summer sunshine superman taiwan
  taylor temp test tester testing thomas tigger trustno twilight undertaker unknown user victoria wasd welcome whatever william
  winter woaini xbox yankees yellow zaq zxc zxcv zxcvb zxcvbn zxcvbnm`.split(/\s+/),
);

/** Rows in which neighbours lie, on keyboards and in the alphabet, from both ends. */
const ROWS = [
  'abcdefghijklmnopqrstuvwxyz',
  '01234567890',
  '!@#$%^&*()',
  'qwertyuiop',
  'asdfghjkl',
  'zxcvbnm',
  '1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p',
].flatMap((row) => [row, row.split('').toReversed().join('')]);
const LETTERS: Record<string, string> = {
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '8': 'b',
  '@': 'a',
  $: 's',
  '!': 'i',
};

/** The first fault of a password for a new account, `null` when it will do. */
export function passwordFault(password: string, email: string): PasswordFault | null {
  const plain = password.normalize('NFKC').toLowerCase();
  const characters = Array.from(plain);
  if (characters.length < MIN_CHARACTERS) return 'too-short';
  if (characters.length > MAX_CHARACTERS) return 'too-long';
  if (isLikeEmail(plain, email.normalize('NFKC').toLowerCase())) return 'like-email';
  return isCommon(plain, characters) ? 'too-common' : null;
}

function isLikeEmail(plain: string, email: string): boolean {
  const name = email.slice(0, email.indexOf('@'));
  return plain === email || (name.length >= 3 && withoutEnds(plain) === withoutEnds(name)) || plain === name;
}

function isCommon(plain: string, characters: readonly string[]): boolean {
  if (new Set(characters).size < MIN_DISTINCT) return true;
  // Digits alone are birthdays and telephone numbers: 20 of them before chance alone would do.
  if (/^[\d\s./-]+$/.test(plain) && characters.length < 20) return true;
  if (isRun(plain)) return true;
  const core = withoutEnds(plain);
  return [core, withoutEnds(unmasked(plain)), unmasked(core)].some((word) => isKnown(word));
}

function isKnown(word: string): boolean {
  if (word === '') return false;
  const once = /^(.+?)\1+$/.exec(word)?.[1] ?? word;
  return COMMON.has(once) || isRun(once);
}

/** `p@ssw0rd` read as `password`. */
const unmasked = (text: string): string => text.replace(/[0134578@$!]/g, (sign) => LETTERS[sign] ?? sign);

/** Without the digits and signs that people add at the ends. */
const withoutEnds = (text: string): string => text.replace(/^[^\p{L}]+/u, '').replace(/[^\p{L}]+$/u, '');

/** Made of nothing but pieces of rows, three characters or more each: `1234qwerasdf`. */
function isRun(text: string): boolean {
  let at = 0;
  while (at < text.length) {
    const length = Math.max(...ROWS.map((row) => runAt(text, at, row)));
    if (length < 3) return false;
    at += length;
  }
  return true;
}

function runAt(text: string, at: number, row: string): number {
  const start = row.indexOf(text[at]!);
  if (start < 0) return 0;
  let length = 1;
  while (at + length < text.length && row[start + length] === text[at + length]) length++;
  return length;
}
