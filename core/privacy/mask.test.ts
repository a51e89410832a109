import * as fc from 'fast-check';
import { mask } from './mask.ts';

const table = (rows: [string, string][]): void =>
  test.each(rows)('%s → %s', (text, masked) => {
    expect(mask(text)).toBe(masked);
  });
const stays = (texts: string[]): void =>
  test.each(texts)('%s', (text) => {
    expect(mask(text, { names: ['王小明', 'Amy Chen'] })).toBe(text);
  });

describe('e-mail addresses', () => {
  table([
    ['my mail is amy.chen+shop@example.co.uk, thanks', 'my mail is ⟨email⟩, thanks'],
    ['請寄到amy@example.com.tw謝謝', '請寄到⟨email⟩謝謝'],
    ['信箱：ａｍｙ＠ｅｘａｍｐｌｅ．ｃｏｍ', '信箱：⟨email⟩'],
    ['amy @ example.com', '⟨email⟩'],
    ['amy (at) example.com or bob[at]example.org', '⟨email⟩ or ⟨email⟩'],
    ['a@b.co,c@d.co', '⟨email⟩,⟨email⟩'],
    ['<amy_99@mail.example.com>', '<⟨email⟩>'],
  ]);
});

describe('telephone numbers', () => {
  table([
    ['我的手機是0912345678', '我的手機是⟨phone⟩'],
    ['0912-345-678', '⟨phone⟩'],
    ['打 0912 345 678 給我', '打 ⟨phone⟩ 給我'],
    ['0912.345.678', '⟨phone⟩'],
    ['０９１２－３４５－６７８', '⟨phone⟩'],
    ['09-1234-5678', '⟨phone⟩'],
    ['公司電話 02-2345-6789 轉 123', '公司電話 ⟨phone⟩'],
    ['(02)23456789#12', '⟨phone⟩'],
    ['（０２）２３４５－６７８９', '⟨phone⟩'],
    ['04-2234567', '⟨phone⟩'],
    ['037-123-456 or 049-2123456', '⟨phone⟩ or ⟨phone⟩'],
    ['0800-123-456', '⟨phone⟩'],
    ['+886 912 345 678', '⟨phone⟩'],
    ['+886-2-2345-6789', '⟨phone⟩'],
    ['+886 (0)912-345-678', '⟨phone⟩'],
    ['886912345678', '⟨phone⟩'],
    ['002 886 912345678', '⟨phone⟩'],
    ['call me at +1 (415) 555-2671 please', 'call me at ⟨phone⟩ please'],
    ['415-555-2671', '⟨phone⟩'],
    ['(415) 555-2671 ext. 12', '⟨phone⟩'],
    ['+44 20 7946 0958', '⟨phone⟩'],
    ['020 7946 0958', '⟨phone⟩'],
    ['090-1234-5678', '⟨phone⟩'],
    ['+852 9123 4567', '⟨phone⟩'],
    ['電話：2345-6789', '電話：⟨phone⟩'],
    ['my phone number is 555-2671', 'my phone number is ⟨phone⟩'],
    ['訂單20451，電話0912345678，謝謝', '訂單20451，電話⟨phone⟩，謝謝'],
    ['order 3 0912345678', 'order 3 ⟨phone⟩'],
    ['0912345678 0987654321', '⟨phone⟩ ⟨phone⟩'],
  ]);
});

describe('payment cards', () => {
  table([
    ['4111 1111 1111 1111', '⟨card⟩'],
    ['卡號4111-1111-1111-1111', '卡號⟨card⟩'],
    ['4111111111111111', '⟨card⟩'],
    ['４１１１ １１１１ １１１１ １１１１', '⟨card⟩'],
    ['5555555555554444 and 378282246310005', '⟨card⟩ and ⟨card⟩'],
    ['3530111333300000', '⟨card⟩'],
    ['2 4111 1111 1111 1111 3', '2 ⟨card⟩ 3'],
    ['mistyped card number 4111 1111 1111 1112', 'mistyped card number ⟨card⟩'],
    ['CVV: 123，安全碼 4567', 'CVV: ⟨card⟩，安全碼 ⟨card⟩'],
  ]);
});

describe('identity numbers', () => {
  table([
    ['身分證 A123456789', '身分證 ⟨id⟩'],
    ['a123456789', '⟨id⟩'],
    ['我是Ａ１２３４５６７８９', '我是⟨id⟩'],
    ['居留證 A800000014', '居留證 ⟨id⟩'],
    ['AC12345679 舊式', '⟨id⟩ 舊式'],
    ['身份證字號是A123456780', '身份證字號是⟨id⟩'],
    ['統編 12345675', '統編 ⟨id⟩'],
    ['統一編號：04595257', '統一編號：⟨id⟩'],
    ['護照號碼 312345678', '護照號碼 ⟨id⟩'],
    ['my passport number is C12345678', 'my passport number is ⟨id⟩'],
    ['SSN 219-09-9999', 'SSN ⟨id⟩'],
    ['219-09-9999', '⟨id⟩'],
    ['my ID number is 1234567', 'my ID number is ⟨id⟩'],
    ['載具 /ABC+123', '載具 ⟨id⟩'],
  ]);
});

describe('accounts', () => {
  table([
    ['GB82 WEST 1234 5698 7654 32 thanks', '⟨account⟩ thanks'],
    ['DE89370400440532013000', '⟨account⟩'],
    ['匯款帳號：012-345678901234', '匯款帳號：⟨account⟩'],
    ['帳號是 (822) 1234-5678-9012', '帳號是 (⟨account⟩'],
    ['account number 12345678', 'account number ⟨account⟩'],
    ['LINE ID: amy_0912', 'LINE ID: ⟨account⟩'],
    ['我的line id是@amychen', '我的line id是⟨account⟩'],
  ]);
});

describe('addresses', () => {
  table([
    ['請送到台北市信義區信義路五段7號12樓之3', '請送到⟨address⟩'],
    ['地址：110臺北市信義區市府路1號，謝謝', '地址：⟨address⟩，謝謝'],
    ['我住在新北市板橋區文化路一段100巷5弄3號', '我住在⟨address⟩'],
    ['忠孝東路 4 段 100 號 5 樓', '⟨address⟩'],
    ['我家住信義路五段7號', '我家住⟨address⟩'],
    ['高雄市，三民區，建國三路十二號', '⟨address⟩'],
    ['花蓮縣秀林鄉富世291號', '⟨address⟩'],
    ['我的地址是中山北路二段１０號５樓', '我的地址是⟨address⟩'],
    ['大安區和平東路一段20號B1', '⟨address⟩'],
    ['苗栗縣南庄鄉東村3鄰15號', '⟨address⟩'],
    ['send it to 221B Baker Street, London NW1 6XE', 'send it to ⟨address⟩'],
    ['1600 Pennsylvania Avenue NW, Washington, DC 20500', '⟨address⟩'],
    ['I live at 350 fifth avenue, apt 4B.', 'I live at ⟨address⟩.'],
    ['No. 7, Sec. 5, Xinyi Rd., Xinyi Dist., Taipei City 110', '⟨address⟩'],
    ['5F, No. 12, Lane 34, Zhongshan N. Rd., Sec. 2, Taipei', '⟨address⟩'],
    ['P.O. Box 1234', '⟨address⟩'],
  ]);
});

describe('what an order, a price, a date or a product says stays', () => {
  stays([
    '',
    '你好',
    'Hello there!',
    '我的訂單 SQ-20451 到哪了？',
    'Where is order SQ-20451?',
    'order #20451 and 2026100500123',
    '訂單編號 20261005001',
    'SQ-0912345678',
    'NT$1,290',
    '一共 1290 元，運費 60 元',
    '$1,299.00 or €45',
    '電話費 1290000 元',
    '2026-10-05',
    '2026/10/05 14:30',
    '10-05-2026 at 09:30',
    '05-10-2026 14:30',
    '09-10-2026 14:30',
    '民國115年10月5日下午3點',
    '20261005',
    'my account was locked on 2026-10-05',
    '帳號在 20261005 被鎖',
    '我的帳號登不進去',
    'iPhone 16 Pro 256GB, 3 pieces',
    'M 號 2 件，L 號 3 件',
    '我要 3 號和 5 號',
    '從忠孝東路4號出口出來',
    '信義路在哪？',
    '台北市信義區',
    '@frontdesk can you help',
    'meet me @ noon',
    '3 days on the way',
    'I waited 2 hours in the street',
    'call 3 times',
    '手機殼 3 個',
    'version 10.15.7',
    'in 1886, Robert Lane founded it',
    'it cost 200 300 times',
    '4111 1111 1111 1112',
    '1234567890123456',
    'B123456789 是型號',
    '王先生好，陳小明在嗎',
    'camyl chenille',
    'card 3 of 5',
    'ISBN 978-986-181-728-6',
    '追蹤號碼 9012345678901234567890',
  ]);
});

describe("the contact's own name", () => {
  test.each([
    ['我是王小明，請問…', ['王小明'], '我是⟨name⟩，請問…'],
    ['王 小明', ['王 小明'], '⟨name⟩'],
    ['我叫小明', ['王小明'], '我叫⟨name⟩'],
    ['小明的訂單', ['王小明'], '小明的訂單'],
    ['Hi, I am Amy Chen.', ['Amy Chen'], 'Hi, I am ⟨name⟩.'],
    ['amy chen here', ['Amy Chen'], '⟨name⟩ here'],
    ['Thanks, Amy', ['Amy Chen'], 'Thanks, ⟨name⟩'],
    ["i'm amy", ['Amy Chen'], "i'm ⟨name⟩"],
    ['我是Amy喔', ['Amy'], '我是⟨name⟩喔'],
    ['Will it come in May?', ['May Will'], 'Will it come in May?'],
    ["I'm May", ['May Will'], "I'm ⟨name⟩"],
    ['ＡＭＹ', ['amy'], '⟨name⟩'],
    ['José, jose', ['José'], '⟨name⟩, jose'],
    ['王小明 0912345678 ming@example.com', ['王小明'], '⟨name⟩ ⟨phone⟩ ⟨email⟩'],
    ['A', ['A'], 'A'],
    ['a.b', ['.'], 'a.b'],
    ['İİ Amy', ['Amy'], 'İİ ⟨name⟩'],
  ])('%s, of %j → %s', (text, names, masked) => {
    expect(mask(text, { names })).toBe(masked);
  });
});

test('several kinds in one message, each by its own marker', () => {
  expect(
    mask(
      '王小明 0912-345-678 amy@example.com 台北市信義區市府路1號 卡號 4111 1111 1111 1111 身分證 A123456789 訂單 SQ-20451',
      {
        names: ['王小明'],
      },
    ),
  ).toBe('⟨name⟩ ⟨phone⟩ ⟨email⟩ ⟨address⟩ 卡號 ⟨card⟩ 身分證 ⟨id⟩ 訂單 SQ-20451');
});

test('wide signs outside of what is hidden stay as they were', () => {
  expect(mask('電話（０９１２３４５６７８），ＯＫ！　—— 好')).toBe('電話（⟨phone⟩），ＯＫ！　—— 好');
});

test('a masked text has nothing left to mask', () => {
  const piece = fc.constantFrom(
    '0912345678',
    'amy@example.com',
    '4111111111111111',
    '信義路五段7號',
    ' ',
    '，',
    '好',
    '3',
    '-',
    'No. 7 ',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const once = mask(pieces.join(' , '));
      expect(mask(once)).toBe(once);
      expect(once).not.toMatch(/0912345678|amy@|4111111111111111/);
    }),
  );
});

test('a text without digits or signs comes back as the same string', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('你', '好', 'a', 'b', ' ', '！', '，') }), (text) => {
      expect(mask(text)).toBe(text);
    }),
  );
});

test.each([
  '1',
  '1 ',
  '0',
  '@',
  'a@',
  'a.',
  '+1',
  '(0',
  '路1',
  '1號',
  '區一一一',
  '1 a ',
  'No. 1, ',
  'GB82 ',
  '4111 ',
  'card card ',
  '電話 ',
  'amy@example.com ',
])('two hundred thousand characters of "%s" are read in one pass', (piece) => {
  // A pattern that is not linear would take minutes here.
  const text = piece.repeat(200_000 / piece.length);
  expect(mask(`${text} ， bob@example.com`, { names: ['Amy Chen'] })).toMatch(/⟨email⟩$/);
});
