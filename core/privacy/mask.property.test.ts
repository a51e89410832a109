import * as fc from 'fast-check';
import { mask } from './mask.ts';

const digits = (length: number): fc.Arbitrary<string> => fc.stringMatching(new RegExp(`^[0-9]{${length}}$`));
const oneOf = (...values: string[]): fc.Arbitrary<string> => fc.constantFrom(...values);
const join = (...parts: (fc.Arbitrary<string> | string)[]): fc.Arbitrary<string> =>
  fc.tuple(...parts.map((part) => (typeof part === 'string' ? fc.constant(part) : part))).map((all) => all.join(''));
const maybe = (part: fc.Arbitrary<string>): fc.Arbitrary<string> => fc.oneof(fc.constant(''), part);
const wide = (text: string): string =>
  text.replace(/[!-~]/g, (sign) => String.fromCharCode(sign.charCodeAt(0) + 0xfee0));
const anyWidth = (part: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.tuple(part, fc.integer({ min: 0, max: 4 })).map(([text, dice]) => (dice === 0 ? wide(text) : text));

const gap = oneOf('', ' ', '-', '.');
const mobile = fc.tuple(digits(2), digits(3), digits(3), gap).map(([a, b, c, sign]) => `09${a}${sign}${b}${sign}${c}`);
const landline = join(
  oneOf('02-2', '02 8', '(02)2', '04-2', '(04) 2', '07-3', '06-2', '03-4'),
  digits(3),
  oneOf('-', ' ', ''),
  digits(4),
);
const abroad = fc
  .tuple(
    oneOf('+886 9', '+886-9', '+8869', '0088 69'.replace(' ', '')),
    digits(2),
    oneOf(' ', '-', ''),
    digits(3),
    digits(3),
  )
  .map(([front, a, sign, b, c]) => `${front}${a}${sign}${b}${sign}${c}`);
const american = join(oneOf('+1 ', '1-', ''), oneOf('415', '212', '650'), '-', oneOf('555', '867'), '-', digits(4));

const withLuhn = (front: string): string => {
  for (let check = 0; ; check++) {
    const number = front + check;
    let sum = 0;
    for (const [place, digit] of Array.from(number).toReversed().entries()) {
      const value = Number(digit) * (place % 2 === 1 ? 2 : 1);
      sum += value > 9 ? value - 9 : value;
    }
    if (sum % 10 === 0) return number;
  }
};
const card = fc
  .tuple(oneOf('4', '51', '55', '35', '62'), digits(15), oneOf('', ' ', '-'))
  .map(([brand, rest, sign]) => withLuhn((brand + rest).slice(0, 15)).replace(/(\d{4})(?=\d)/g, `$1${sign}`));

const LETTERS = 'ABCDEFGHJKLMNPQRSTUVXYWZIO';
const nationalId = fc.tuple(fc.nat(25), oneOf('1', '2', '8', '9'), digits(7)).map(([letter, sex, rest]) => {
  const code = letter + 10;
  const body = sex + rest;
  let sum = Math.floor(code / 10) + (code % 10) * 9;
  for (const [place, digit] of Array.from(body).entries()) sum += Number(digit) * (8 - place);
  return `${LETTERS[letter]}${body}${(10 - (sum % 10)) % 10}`;
});

const email = join(
  fc.stringMatching(/^[a-z][a-z0-9._+-]{0,14}[a-z0-9]$/),
  '@',
  oneOf('gmail.com', 'example.com.tw', 'mail.example.org'),
);
const number = fc.integer({ min: 1, max: 399 }).map(String);
const addressZh = join(
  maybe(oneOf('110', '40756 ')),
  oneOf(
    '台北市信義區',
    '臺北市大安區',
    '新北市板橋區',
    '台中市西屯區',
    '高雄市左營區',
    '桃園市中壢區',
    '彰化縣員林市',
    '花蓮縣吉安鄉',
  ),
  oneOf('中正路', '忠孝東路四段', '民生路一段', '文化三路', '光復街', '市政北七路', '台灣大道二段'),
  maybe(number.map((n) => `${n}巷`)),
  maybe(number.map((n) => `${n}弄`)),
  number.map((n) => `${n}號`),
  maybe(oneOf('3樓', '12樓之3', '5F', '之2')),
);
const addressEn = join(
  number,
  ' ',
  oneOf('Baker', 'Fifth', 'Long Hill', 'Old Mill', 'N. Main', 'Zhongshan North'),
  ' ',
  oneOf('Street', 'Road', 'Avenue', 'Rd.', 'Ave', 'Blvd'),
);

const before = oneOf(
  '',
  '你好，我的是',
  '請聯絡 ',
  '訂單 SQ-20451，',
  'please use ',
  'order SQ-20451, ',
  'It is ',
  '寄到',
  '（',
);
const after = oneOf('', '，謝謝', ' 謝謝', '。', ', thanks', ' on 2026-10-05', '，共 NT$1,290', '）', '\n');

test.each<[string, fc.Arbitrary<string>]>([
  ['⟨phone⟩', anyWidth(fc.oneof(mobile, landline, abroad, american))],
  ['⟨card⟩', anyWidth(card)],
  ['⟨id⟩', anyWidth(nationalId)],
  ['⟨email⟩', anyWidth(email)],
  ['⟨address⟩', addressZh],
  ['⟨address⟩', addressEn],
])('%s hides whatever has its form, and nothing beside it', (marker, value) => {
  fc.assert(
    fc.property(before, value, after, (front, secret, back) => {
      expect(mask(front + secret + back)).toBe(front + marker + back);
    }),
    { numRuns: 500 },
  );
});

const shopTalk = oneOf(
  'SQ-20451',
  'NT$1,290',
  '1290 元',
  '2026-10-05',
  '2026/10/5',
  '10/05',
  '14:30',
  '3 件',
  'iPhone 16 Pro',
  'M 號',
  '5 號',
  '#20451',
  '20261005001',
  '9 折',
  '$45.50',
  'USB-C 3.2',
  '100%',
  '第 3 天',
  'A4',
  'v2.10.3',
  '7-11',
  '24 小時',
  '500ml',
  '3-5 天',
);

test('what shops and customers write every day stays', () => {
  fc.assert(
    fc.property(fc.array(shopTalk, { maxLength: 6 }), oneOf('，', ', ', '、', '\n', ' 和 '), (words, sign) => {
      const text = words.join(sign);
      expect(mask(text)).toBe(text);
    }),
    { numRuns: 1_000 },
  );
});
