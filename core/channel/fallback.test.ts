import * as fc from 'fast-check';
import { OutboundContent, type Locale, type OutboundKind } from '#core/conversation/content.schema.ts';
import { SHORTEST_TEXT } from './capability.ts';
import { fallbackText, formQuestions } from './fallback.ts';

type Of<Kind extends OutboundKind> = Extract<OutboundContent, { kind: Kind }>;

const choice = (id: string, label: string) => ({ id, label });
const attachment = { id: 'u1', name: '收據.pdf', type: 'application/pdf', bytes: 1_234_567 };
const stars = [1, 2, 3, 4, 5].map((count) => choice(`s${count}`, '★'.repeat(count)));

/** One of each kind, and what a channel without any elements shows of it. */
const EXAMPLES: { [Kind in OutboundKind]: { content: Of<Kind>; 'zh-TW': string[]; en: string[] } } = {
  text: {
    content: {
      kind: 'text',
      text: '**滿千免運**，見[運費表](https://shop.test/fees)。',
      source: { kind: 'faq', id: 'f1', title: '運費', url: 'https://shop.test/faq' },
    },
    'zh-TW': ['滿千免運，見運費表 (https://shop.test/fees)。\n資料來源：運費 https://shop.test/faq'],
    en: ['滿千免運，見運費表 (https://shop.test/fees)。\nSource: 運費 https://shop.test/faq'],
  },
  quick_replies: {
    content: { kind: 'quick_replies', text: '要做什麼？', choices: [choice('a', '查訂單'), choice('b', '退換貨')] },
    'zh-TW': ['要做什麼？\n\n1. 查訂單\n2. 退換貨\n請回覆 1–2'],
    en: ['要做什麼？\n\n1. 查訂單\n2. 退換貨\nReply 1–2'],
  },
  card: {
    content: {
      kind: 'card',
      title: '阿里山烏龍',
      subtitle: '150 g',
      text: '輕焙火',
      image: { url: 'https://shop.test/a.jpg', alt: '茶罐' },
      links: [{ label: '看商品', url: 'https://shop.test/a' }],
      choices: [choice('a', '加入購物車')],
    },
    'zh-TW': [
      '阿里山烏龍\n150 g\n輕焙火\n茶罐：https://shop.test/a.jpg\n看商品：https://shop.test/a\n1. 加入購物車\n\n請回覆 1',
    ],
    en: [
      '阿里山烏龍\n150 g\n輕焙火\n茶罐: https://shop.test/a.jpg\n看商品: https://shop.test/a\n1. 加入購物車\n\nReply 1',
    ],
  },
  carousel: {
    content: {
      kind: 'carousel',
      text: '推薦',
      cards: [
        { title: '烏龍', choices: [choice('a', '選烏龍'), choice('b', '看烏龍')] },
        { title: '紅茶', choices: [choice('c', '選紅茶')] },
      ],
    },
    'zh-TW': ['推薦\n\n• 烏龍\n1. 選烏龍\n2. 看烏龍\n\n• 紅茶\n3. 選紅茶\n\n請回覆 1–3'],
    en: ['推薦\n\n• 烏龍\n1. 選烏龍\n2. 看烏龍\n\n• 紅茶\n3. 選紅茶\n\nReply 1–3'],
  },
  image: {
    content: { kind: 'image', attachment: { ...attachment, name: '杯子.jpg', bytes: 320_000 }, caption: '瑕疵處' },
    'zh-TW': ['瑕疵處\n圖片：杯子.jpg (320 kB)\nhttps://shop.test/u1'],
    en: ['瑕疵處\nPicture: 杯子.jpg (320 kB)\nhttps://shop.test/u1'],
  },
  file: {
    content: { kind: 'file', attachment },
    'zh-TW': ['檔案：收據.pdf (1.2 MB)\nhttps://shop.test/u1'],
    en: ['File: 收據.pdf (1.2 MB)\nhttps://shop.test/u1'],
  },
  form: {
    content: {
      kind: 'form',
      text: '請填寫退貨資料',
      fields: [
        { name: 'order', label: '訂單編號', type: 'text', required: true },
        { name: 'day', label: '取件日', type: 'date', required: false },
        {
          name: 'why',
          label: '原因',
          type: 'choice',
          required: true,
          options: [
            { value: 'broken', label: '破損' },
            { value: 'wrong', label: '寄錯' },
          ],
        },
      ],
      submit: choice('go', '送出'),
    },
    'zh-TW': [
      '請填寫退貨資料',
      '1/3 訂單編號',
      '2/3 取件日\n（例如 2026-11-24） （可以略過，請回覆「略過」）',
      '3/3 原因\n1. 破損\n2. 寄錯\n請回覆 1–2',
    ],
    en: [
      '請填寫退貨資料',
      '1/3 訂單編號',
      '2/3 取件日\n(for example 2026-11-24) (optional: reply “skip” to leave it out)',
      '3/3 原因\n1. 破損\n2. 寄錯\nReply 1–2',
    ],
  },
  confirm: {
    content: {
      kind: 'confirm',
      text: '要取消訂單嗎？',
      confirm: choice('y', '取消訂單'),
      cancel: choice('n', '先不要'),
      danger: true,
    },
    'zh-TW': ['要取消訂單嗎？\n確定的話請輸入「取消訂單」，不要的話請輸入「先不要」。'],
    en: ['要取消訂單嗎？\nTo go on, type “取消訂單”. To stop, type “先不要”.'],
  },
  link: {
    content: { kind: 'link', text: '在這裡付款', label: '付款', url: 'https://shop.test/pay' },
    'zh-TW': ['在這裡付款\n付款：https://shop.test/pay'],
    en: ['在這裡付款\n付款: https://shop.test/pay'],
  },
  handoff_notice: {
    content: { kind: 'handoff_notice', text: '客服小安為您服務', phase: 'joined', agent: { name: '小安' } },
    'zh-TW': ['客服小安為您服務'],
    en: ['客服小安為您服務'],
  },
  system: {
    content: { kind: 'system', text: '目前第 2 位', topic: 'queue' },
    'zh-TW': ['目前第 2 位'],
    en: ['目前第 2 位'],
  },
  csat: {
    content: { kind: 'csat', text: '滿意嗎？', choices: stars, comment: true },
    'zh-TW': ['滿意嗎？\n\n1. ★\n2. ★★\n3. ★★★\n4. ★★★★\n5. ★★★★★\n請回覆 1–5'],
    en: ['滿意嗎？\n\n1. ★\n2. ★★\n3. ★★★\n4. ★★★★\n5. ★★★★★\nReply 1–5'],
  },
};

/** Marks may go and white space may change; nothing else may. */
const kept = (shown: string): string => shown.replaceAll(/[\s*_`[\]()\uFEFF]/g, '');
const linkTo = ({ id }: { id: string }): string => `https://shop.test/${id}`;
const KINDS = Object.keys(EXAMPLES) as OutboundKind[];

describe.each(KINDS)('%s', (kind) => {
  const example = EXAMPLES[kind];
  test.each(['zh-TW', 'en'] as const)('has a plain text in %s', (locale) => {
    expect(OutboundContent.parse(example.content)).toEqual(example.content);
    expect(fallbackText(example.content, locale, { linkTo })).toEqual(example[locale]);
  });
});

test('a harmless confirmation is answered by a number', () => {
  const { content } = EXAMPLES.confirm;
  expect(fallbackText({ ...content, danger: false }, 'en')).toEqual([
    '要取消訂單嗎？\n\n1. 取消訂單\n2. 先不要\nReply 1–2',
  ]);
});

test('a single question of a form carries no count', () => {
  const { content } = EXAMPLES.form;
  expect(formQuestions({ ...content, fields: content.fields.slice(0, 1) }, 'en')).toEqual(['訂單編號']);
});

test('an attachment that nobody can link to is named all the same', () => {
  expect(fallbackText({ kind: 'file', attachment: { ...attachment, bytes: 12 } }, 'en')).toEqual([
    'File: 收據.pdf (12 B)',
  ]);
});

test('stars, underscores and brackets that are no marks stay as they are', () => {
  const text = '2*3*4, snake_case_name, [1], a * b * c, **';
  expect(fallbackText({ kind: 'text', text }, 'en')).toEqual([text]);
});

test('marks go, what they marked stays', () => {
  const text = '**bold** *it* _it_ `code` [https://a.test](https://a.test) [w](https://a.test/x_(y))';
  expect(fallbackText({ kind: 'text', text }, 'en')).toEqual([
    'bold it it code https://a.test w (https://a.test/x_(y))',
  ]);
});

test('a text of nothing but spaces is still a message', () => {
  expect(fallbackText({ kind: 'text', text: '  \n ' }, 'en')).toEqual(['…']);
});

describe('any content at all', () => {
  const word = fc.oneof(
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 4 }),
    fc.constantFrom('運費', '👩‍👩‍👧‍👦', '**粗**', '\n\n', '。', 'word', '🇹🇼'),
  );
  const text = (most: number) =>
    fc
      .tuple(fc.array(word, { minLength: 1, maxLength: 30 }), fc.constantFrom(' ', '', '\n', '。'), fc.nat(20))
      .map(([words, between, times]) => (words.join(between) + between).repeat(times + 1).slice(0, most));
  const url = fc.nat(9_999).map((number) => `https://shop.test/${number}`);
  const option = fc.record({ id: fc.stringMatching(/^[a-z]{1,20}$/), label: text(80) });
  const file = fc.record({ id: fc.constant('u'), name: text(255), type: fc.constant('x'), bytes: fc.nat() });
  const card = fc.record(
    {
      title: text(200),
      subtitle: text(200),
      text: text(1_000),
      image: fc.record({ url, alt: text(300) }),
      links: fc.array(fc.record({ label: text(80), url }), { maxLength: 3 }),
      choices: fc.array(option, { maxLength: 3 }),
    },
    { requiredKeys: ['title'] },
  );
  const field = fc.record(
    {
      name: fc.constant('field'),
      label: text(200),
      type: fc.constantFrom('text' as const, 'date' as const, 'choice' as const),
      required: fc.boolean(),
      options: fc.array(fc.record({ value: fc.constant('v'), label: text(100) }), { maxLength: 25 }),
    },
    { requiredKeys: ['name', 'label', 'type', 'required'] },
  );
  const any: { [Kind in OutboundKind]: fc.Arbitrary<Of<Kind>> } = {
    text: fc.record({ kind: fc.constant('text'), text: text(8_000) }),
    quick_replies: fc.record({
      kind: fc.constant('quick_replies'),
      text: text(8_000),
      choices: fc.array(option, { minLength: 1, maxLength: 10 }),
    }),
    card: card.map((one) => ({ ...one, kind: 'card' })),
    carousel: fc.record({ kind: fc.constant('carousel'), cards: fc.array(card, { minLength: 1, maxLength: 10 }) }),
    image: fc.record({ kind: fc.constant('image'), attachment: file, caption: text(1_000) }),
    file: fc.record({ kind: fc.constant('file'), attachment: file, caption: text(1_000) }),
    form: fc.record({
      kind: fc.constant('form'),
      text: text(8_000),
      fields: fc.array(field, { minLength: 1, maxLength: 10 }),
      submit: fc.constant(choice('go', 'Send')),
    }),
    confirm: fc.record({
      kind: fc.constant('confirm'),
      text: text(8_000),
      confirm: option,
      cancel: option,
      danger: fc.boolean(),
    }),
    link: fc.record({ kind: fc.constant('link'), text: text(8_000), label: text(80), url }),
    handoff_notice: fc.record({
      kind: fc.constant('handoff_notice'),
      text: text(8_000),
      phase: fc.constantFrom('queued', 'joined', 'left'),
    }),
    system: fc.record({ kind: fc.constant('system'), text: text(8_000), topic: fc.constant('hours') }),
    csat: fc.record({
      kind: fc.constant('csat'),
      text: text(8_000),
      choices: fc.array(option, { minLength: 5, maxLength: 5 }),
      comment: fc.boolean(),
    }),
  };

  /** Everything in it that a customer could read. */
  const words = (value: unknown): string[] => {
    if (typeof value === 'string') return [value];
    if (Array.isArray(value)) return value.flatMap(words);
    if (typeof value !== 'object' || value === null) return [];
    return Object.entries(value).flatMap(([key, inner]) =>
      ['kind', 'id', 'type', 'name', 'value', 'phase', 'topic', 'submit', 'attachment'].includes(key)
        ? []
        : words(inner),
    );
  };
  test.each(KINDS)('%s: never empty, never too long, nothing lost, no pair cut', (kind) => {
    fc.assert(
      fc.property(
        any[kind] as fc.Arbitrary<OutboundContent>,
        fc.constantFrom<Locale>('zh-TW', 'en'),
        fc.constantFrom(100, 640, SHORTEST_TEXT),
        (content, locale, most) => {
          const shown = fallbackText(content, locale, { most });
          expect(shown.length).toBeGreaterThan(0);
          for (const part of shown) {
            expect(part.length).toBeLessThanOrEqual(most);
            expect(part.trim()).not.toBe('');
          }
          const joined = kept(shown.map((part) => part.replace(/^\(\d+\/\d+\) /, '')).join(''));
          for (const each of words(content)) expect(joined).toContain(kept(each));
        },
      ),
      { numRuns: 60 },
    );
  });
});
