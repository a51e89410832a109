import { digitsIn, isDigit, lastGroup, matches, type Span } from './span.ts';

/** Between a word that names a number and the number: `帳號是：`, `account number is `, `tel. (`. Bounded, so it stays linear. */
const GAP = String.raw`(?:[ :=#.是為（(]|號碼|number|num|no\b|is\b|at\b|on\b){0,8}`;
const DATE =
  /^(?:(?:19|20)\d{2}[-./ ]?(?:0?[1-9]|1[0-2])[-./ ]?(?:0?[1-9]|[12]\d|3[01])(?!\d)|\d{1,2}[-./ ]\d{1,2}[-./ ](?:19|20)\d{2}(?!\d))/;
const MONEY = String.raw`(?!\d|[,.]\d| ?(?:元|塊|円|圓|dollars?\b|ntd?\b|twd\b|usd\b))`;

/** A number behind a word that says what it is; `number` must be one group. */
const named = (words: string, number: string, after = MONEY): RegExp =>
  new RegExp(String.raw`(?:${words})${GAP}(${number})${after}`, 'gi');

const NAMED_ID = named(
  String.raw`身[分份]證(?:統一編號|字號)?|居留證|護照|駕照|健保卡|統一編號|統編|passport|national id|(?<!order |ticket |user |product |tracking )\bid(?= ?(?:card|number|no\b|#))(?: card)?|ssn|social security|tax id|driver'?s licen[cs]e`,
  String.raw`[a-z]{0,3}\d(?:-?\d){4,11}[a-z]?`,
  String.raw`(?![a-z\d])`,
);
const CARRIER = /(?:載具|手機條碼|條碼)[ :=是為]{0,4}(\/[0-9A-Z.+-]{7})(?![0-9A-Z])/g;
const NATIONAL_ID = /(?<![a-z\d])[a-z][1289a-d]\d{8}(?![a-z\d])/gi;
const US_SOCIAL_SECURITY = /(?<![\w-])(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\w-])/g;

/** Identity numbers: Taiwanese ones by their checksum, US social security numbers by their form, any by its name. */
export const ids = (text: string): Span[] => [
  ...matches(NATIONAL_ID, text, (match) => isTaiwaneseId(match[0])),
  ...matches(US_SOCIAL_SECURITY, text, () => true),
  ...matches(NAMED_ID, text, lastGroup),
  ...matches(CARRIER, text, lastGroup),
];

// The two digits of each letter, A to Z, as the household registry counts them.
const LETTER_CODES = [
  10, 11, 12, 13, 14, 15, 16, 17, 34, 18, 19, 20, 21, 22, 35, 23, 24, 25, 26, 27, 28, 29, 32, 30, 31, 33,
];

function isTaiwaneseId(id: string): boolean {
  const letters = id.toUpperCase();
  const code = LETTER_CODES[letters.charCodeAt(0) - 65]!;
  // Residents' older numbers have a second letter, of which the last digit of its code counts.
  const second = letters.charCodeAt(1);
  const first = isDigit(second) ? second - 48 : LETTER_CODES[second - 65]! % 10;
  let sum = Math.floor(code / 10) + (code % 10) * 9 + first * 8 + Number(letters[9]);
  for (let at = 2; at < 9; at++) sum += Number(letters[at]) * (9 - at);
  return sum % 10 === 0;
}

const DIGIT_RUN = /(?<!\d)\d(?:[ -]?\d){12,}(?!\d)/g;
const NAMED_CARD = named(
  String.raw`卡號|信用卡|金融卡|簽帳卡|(?:credit|debit|bank)? ?card|visa|mastercard|jcb|amex`,
  String.raw`\d(?:[ -]?\d){11,18}`,
);
const SECURITY_CODE = named(String.raw`\bcvv2?|\bcvc2?|安全碼|末三碼|security code`, String.raw`\d{3,4}`);

/** Payment cards: by brand, length and Luhn's checksum anywhere; by their name even when mistyped; and security codes. */
export const cards = (text: string): Span[] => [
  ...cardsAmongDigits(text),
  ...matches(NAMED_CARD, text, (match) => !DATE.test(match.at(-1)!) && lastGroup(match)),
  ...matches(SECURITY_CODE, text, lastGroup),
];

function cardsAmongDigits(text: string): Span[] {
  return [...text.matchAll(DIGIT_RUN)].flatMap((run) => cardsInRun(run[0], run.index));
}

/** A card may have other numbers beside it (`2 4111 1111 1111 1111`): every group of the run is tried as its beginning. */
function cardsInRun(run: string, offset: number): Span[] {
  const found: Span[] = [];
  const isGap = (at: number): boolean => !isDigit(run.charCodeAt(at));
  for (let start = 0; start < run.length; start++) {
    if (isGap(start) || (start > 0 && !isGap(start - 1))) continue;
    let digits = '';
    for (let end = start; end < run.length && digits.length < 19; end++) {
      if (!isGap(end)) digits += run[end]!;
      const closes = end + 1 === run.length || isGap(end + 1);
      if (digits.length < 13 || !closes || isGap(end) || !isCard(digits)) continue;
      found.push({ start: offset + start, end: offset + end + 1 });
      start = end;
      break;
    }
  }
  return found;
}

/** Visa, Mastercard, American Express, Diners, Discover, JCB, UnionPay: one number in ten of these forms passes Luhn. */
const CARD_BRANDS =
  /^(?:4(?:\d{12}|\d{15}|\d{18})|(?:5[1-5]|2[2-7])\d{14}|3[47]\d{13}|3(?:0[0-5]|[689]\d)\d{11}|6(?:011|5\d\d|4[4-9]\d)\d{12}|35\d{14}|62\d{14,17})$/;

const isCard = (digits: string): boolean => CARD_BRANDS.test(digits) && passesLuhn(digits);

function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let at = digits.length - 1, double = false; at >= 0; at--, double = !double) {
    const digit = digits.charCodeAt(at) - 48;
    sum += double ? (digit > 4 ? digit * 2 - 9 : digit * 2) : digit;
  }
  return sum % 10 === 0;
}

const NAMED_ACCOUNT = named(
  String.raw`帳號|帳戶|賬號|戶頭|存摺|\baccount|\bacct|\ba/c|sort code|routing`,
  String.raw`\d(?:[-() ]{0,2}\d){5,19}`,
);
const LINE_ID = /\bline[ -]?id[ :=是為]{0,4}(@?[a-z\d][\w.-]{2,19})/gi;
const IBAN = /(?<![a-z\d])[a-z]{2}\d{2}(?: ?[a-z\d]){11,36}/gi;

/** Bank accounts: IBANs by country, length and checksum; others, and LINE ids, by their name. */
export const accounts = (text: string): Span[] => [
  ...matches(IBAN, text, (match) => ibanIn(match)),
  ...matches(NAMED_ACCOUNT, text, (match) => !DATE.test(match.at(-1)!) && lastGroup(match)),
  ...matches(LINE_ID, text, lastGroup),
];

// Characters of an IBAN, of the countries of the SEPA area and some others (SWIFT's registry).
const IBAN_LENGTHS = new Map(
  `AD24 AE23 AT20 BE16 BG22 CH21 CY28 CZ24 DE22 DK18 EE20 ES24 FI18 FR27 GB22 GR27 HR21 HU28 IE22 IL23 IS26 IT27 LI21 LT20
  LU20 LV21 MC27 MT31 NL18 NO15 PL28 PT25 RO24 SA24 SE24 SI19 SK24 SM27 TR26`
    .split(/\s+/)
    .map((entry) => [entry.slice(0, 2), Number(entry.slice(2))]),
);

function ibanIn(match: RegExpExecArray): Span | false {
  const length = IBAN_LENGTHS.get(match[0].slice(0, 2).toUpperCase());
  if (!length) return false;
  let iban = '';
  let at = 0;
  for (; at < match[0].length && iban.length < length; at++) if (match[0][at] !== ' ') iban += match[0][at]!;
  if (iban.length < length || remainder97(iban.toUpperCase()) !== 1) return false;
  return { start: match.index, end: match.index + at };
}

/** ISO 7064: the first four characters go to the end, letters count from 10. */
function remainder97(iban: string): number {
  let rest = 0;
  for (const sign of iban.slice(4) + iban.slice(0, 4)) {
    const value = Number.parseInt(sign, 36);
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest;
}

// Not a piece of a longer number or of a code such as SQ-0912345678.
const APART = String.raw`(?<![\w+]|[A-Za-z\d][-_/#])`;
const EXTENSION = String.raw`(?: ?(?:#|轉|分機|ext\.?) ?\d{1,6})?`;
const PHONE = new RegExp(
  `${APART}(?:` +
    [
      String.raw`\+\d(?:[ \-.()]{0,2}\d){6,14}`,
      // Taiwan from abroad without the plus, then its mobiles, its free numbers, its area codes.
      String.raw`(?:00\d?[ -]?)?886[ -]?(?:\(0\)|0)?[ -]?[2-9](?:[ -]?\d){7,8}`,
      String.raw`(?:\(09\)|0 ?9)(?:[ \-.]?\d){8}`,
      String.raw`0800[ -]?\d{3}[ -]?\d{3}`,
      String.raw`(?:\(0[2-8]\d{0,2}\)|0(?:2|3|37|4|49|5|6|7|8|82|89|826|836))[ -]{0,2}\d{3,4}[ -]?\d{3,4}`,
      // North America, then the leading zero and groups of Japan, Britain and others.
      String.raw`(?:1[ \-.])?(?:\([2-9]\d{2}\)[ -]?[2-9]\d{2}[ \-.]\d{4}|[2-9]\d{2}([ \-.])[2-9]\d{2}\1\d{4})`,
      String.raw`(?:\(0\d{1,4}\) ?|0\d{1,4}[ -])\d{2,4}[ -]?\d{3,4}`,
    ].join('|') +
    String.raw`)(?!\d)${EXTENSION}`,
  'gi',
);
const NAMED_PHONE = named(
  String.raw`電話|手機|市話|行動|聯絡|\btel|\bphone|\bmobile|\bcell|whatsapp|\bcall(?: me)?|撥打?`,
  String.raw`\+?\d(?:[ \-.()]{0,2}\d){6,14}`,
);
const MIN_PHONE_DIGITS = 9;

/** Telephone numbers: Taiwanese and international ones by their form, shorter ones by their name. */
export const phones = (text: string): Span[] => [
  ...matches(PHONE, text, (match) => digitsIn(match[0]) >= MIN_PHONE_DIGITS && !DATE.test(match[0])),
  ...matches(NAMED_PHONE, text, (match) => !DATE.test(match.at(-1)!) && lastGroup(match)),
];
