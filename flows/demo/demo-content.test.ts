import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Converter } from 'opencc-js';
import { loadDemoFaqs, loadDemoIntents, loadDemoOrders, loadDemoOutOfScope, loadDemoShop } from './demo-content.ts';

const LOCALES = ['zh-TW', 'en'] as const;
const faqs = loadDemoFaqs();
const intents = loadDemoIntents();
const outOfScope = loadDemoOutOfScope();
const orders = loadDemoOrders();
const shop = loadDemoShop();

const HAN = /\p{Script=Han}/gu;
/** Two phrasings that differ by case, spaces or punctuation only are one. */
const bare = (phrase: string): string =>
  phrase
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]/gu, '');

function repeated(phrases: readonly string[]): string[] {
  const seen = new Set<string>();
  return phrases.filter((phrase) => {
    const key = bare(phrase);
    if (seen.has(key)) return true;
    seen.add(key);
    return false;
  });
}

/** The amounts from 100 up, which both languages write with digits; English writes some smaller numbers as words. */
const amountsIn = (text: string): string =>
  [...new Set(text.match(/\b\d{1,3}(?:,\d{3})+\b|\b\d{3,}\b/g))].sort().join(' ');

/** Every string of the content that stands under a zh-TW key, wherever it is. */
function chineseIn(value: unknown, inside = false): string[] {
  if (typeof value === 'string') return inside ? [value] : [];
  if (Array.isArray(value)) return value.flatMap((item) => chineseIn(item, inside));
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, item]) => chineseIn(item, key === 'zh-TW' || (inside && key !== 'en')));
}

const chinese = chineseIn([faqs, intents, outOfScope, orders, shop]);
/** What the shop itself says in Chinese, where its typography holds; customers type as they like. */
const ours = [
  ...faqs.flatMap((faq) => [faq['zh-TW'].question, faq['zh-TW'].answer]),
  ...intents.flatMap((intent) => [intent.title['zh-TW'], intent.description['zh-TW']]),
  ...chineseIn([orders, shop]),
];

describe('the questions and answers', () => {
  test('there are 48 or more, and no key twice', () => {
    expect(faqs.length).toBeGreaterThanOrEqual(48);
    expect(new Set(faqs.map((faq) => faq.key)).size).toBe(faqs.length);
  });

  test.each(LOCALES)('no phrasing leads to two answers (%s)', (locale) => {
    expect(repeated(faqs.flatMap((faq) => [faq[locale].question, ...faq[locale].alternatives]))).toEqual([]);
  });

  test('an answer is three sentences at most, 160 Han characters or 60 English words', () => {
    const long = faqs.filter(
      (faq) =>
        (faq['zh-TW'].answer.match(HAN)?.length ?? 0) > 160 ||
        (faq['zh-TW'].answer.match(/[。？]/g)?.length ?? 0) > 3 ||
        faq.en.answer.split(/\s+/).length > 60 ||
        (faq.en.answer.match(/[.?](?=\s|$)/g)?.length ?? 0) > 3,
    );
    expect(long.map((faq) => faq.key)).toEqual([]);
  });

  test('both languages state the same amounts', () => {
    const differing = faqs.filter((faq) => amountsIn(faq['zh-TW'].answer) !== amountsIn(faq.en.answer));
    expect(differing.map((faq) => faq.key)).toEqual([]);
  });

  test('outlying islands and every country have the cost and the days in one answer', () => {
    const keys = [
      'abroad-japan',
      'abroad-okinawa',
      'abroad-singapore',
      'abroad-hong-kong-macau',
      'abroad-malaysia',
      'abroad-usa',
    ];
    for (const key of ['shipping-outlying-islands', ...keys]) {
      const faq = faqs.find((one) => one.key === key);
      expect(faq?.['zh-TW'].answer).toMatch(/\d+ 元/);
      expect(faq?.['zh-TW'].answer).toMatch(/\d+ 至 \d+ 個工作天/);
      expect(faq?.en.answer).toMatch(/NT\$\d+/);
      expect(faq?.en.answer).toMatch(/\d+ to \d+/);
    }
  });
});

describe('the intents', () => {
  test('the names are those that the flows and the routes know', () => {
    expect(intents.map((intent) => intent.name).sort()).toEqual(
      [
        'account',
        'bot_identity',
        'bulk_order',
        'complaint',
        'damaged_item',
        'file_ticket',
        'gifts',
        'goodbye',
        'greeting',
        'invoice',
        'order_change',
        'order_status',
        'payment',
        'points_coupons',
        'privacy',
        'product_care',
        'refund',
        'returns',
        'shipping',
        'shipping_abroad',
        'stores_hours',
        'talk_to_person',
        'thanks',
        'ticket_status',
        'warranty_repair',
        'what_can_you_do',
      ].sort(),
    );
  });

  test('every category of the questions has exactly one intent, and every such intent a category', () => {
    const led = intents.flatMap(({ route }) => (route.kind === 'answer' ? [route.category] : []));
    expect(led.sort()).toEqual([...new Set(faqs.map((faq) => faq.category))].sort());
  });

  test.each(LOCALES)('no example stands twice, within an intent, across intents or out of scope (%s)', (locale) => {
    const examples = intents.flatMap((intent) => intent.examples[locale]);
    expect(repeated([...examples, ...outOfScope[locale]])).toEqual([]);
  });

  test.each(LOCALES)('no example repeats a phrasing of a question, so that each can test the other (%s)', (locale) => {
    const phrasings = new Set(faqs.flatMap((faq) => [faq[locale].question, ...faq[locale].alternatives]).map(bare));
    const examples = [...intents.flatMap((intent) => intent.examples[locale]), ...outOfScope[locale]];
    expect(examples.filter((example) => phrasings.has(bare(example)))).toEqual([]);
  });
});

describe('the orders', () => {
  test('there are eight, with numbers of their own that rise with time', () => {
    expect(orders).toHaveLength(8);
    expect(new Set(orders.map((order) => order.number)).size).toBe(8);
    const oldestFirst = orders.toSorted(
      (a, b) => b.placedDaysAgo - a.placedDaysAgo || a.number.localeCompare(b.number),
    );
    expect(oldestFirst.map((order) => order.number)).toEqual(orders.map((order) => order.number).sort());
  });

  test('a broken cup of SQ-20451 can still be replaced within the seven days', () => {
    const order = orders.find(({ number }) => number === 'SQ-20451');
    expect(order).toMatchObject({ status: 'delivered', email: 'amy@example.com' });
    expect(order?.expectedInDays).toBeGreaterThan(-7);
  });

  test('what has left has a carrier and a tracking number, and only what has arrived lies in the past', () => {
    for (const { number, status, carrier, trackingNumber, expectedInDays, placedDaysAgo } of orders) {
      const left = status === 'shipped' || status === 'delivered' || status === 'refunded';
      expect({ number, left: carrier !== null && trackingNumber !== null }).toEqual({ number, left });
      if (status === 'refunded') expect(expectedInDays).toBeNull();
      else if (status === 'delivered') expect(expectedInDays).toBeLessThanOrEqual(0);
      else expect(expectedInDays).toBeGreaterThan(0);
      expect((expectedInDays ?? 0) + placedDaysAgo).toBeGreaterThan(0);
    }
  });

  test('a product costs the same in the orders, on the page and in the answers', () => {
    const prices = new Map(shop.products.map((product) => [product.name['zh-TW'], product]));
    for (const item of orders.flatMap((order) => order.items)) {
      const product = prices.get(item.name['zh-TW']);
      if (product) expect(item).toMatchObject({ name: product.name, price: product.price });
    }
    const ideas = faqs.find((faq) => faq.key === 'gift-ideas');
    for (const name of ['細口手沖壺 600 ml', '對杯禮盒']) {
      expect(ideas?.['zh-TW'].answer).toContain(`${name} ${prices.get(name)?.price.toLocaleString('en')} 元`);
    }
  });
});

test("the desk's hours in the shop are those that the answer states", () => {
  const { days, timeZone } = shop.serviceHours;
  expect(timeZone).toBe('Asia/Taipei');
  expect(days.map(({ day }) => day)).toEqual(['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday']);
  const answer = faqs.find((faq) => faq.key === 'desk-hours');
  for (const { from, to } of days) {
    expect(answer?.['zh-TW'].answer).toContain(`${from}–${to}`);
    expect(answer?.en.answer).toContain(`${from}–${to}`);
  }
});

test.each(LOCALES)('sixty or more sentences in %s are for nobody here', (locale) => {
  expect(outOfScope[locale].length).toBeGreaterThanOrEqual(60);
});

describe('the words', () => {
  test('Chinese is written in Traditional characters', () => {
    const traditional = Converter({ from: 'cn', to: 'tw' });
    // Both ways to write these are at home in Taiwan; the converter prefers the other one.
    const either = new Set('台里霉');
    const characters = [...new Set(chinese.join(''))];
    expect(characters.filter((character) => !either.has(character) && traditional(character) !== character)).toEqual(
      [],
    );
  });

  test("Chinese uses Taiwan's terms", () => {
    const elsewhere = /發貨|包郵|短信|視頻|軟件|默認|網絡|信息|郵箱|賬|信用額|二維碼|自提|快遞員|屏幕|打印|質量|反饋/;
    expect(chinese.filter((text) => elsewhere.test(text))).toEqual([]);
  });

  test('nobody is called 親, and nothing has an exclamation mark', () => {
    const everything = JSON.stringify([faqs, intents, outOfScope, orders, shop]);
    expect(everything.match(/.{0,8}[!！].{0,8}/g)).toBeNull();
    expect(chinese.filter((text) => /(?<![母父雙])親(?![友自手切人戚])/.test(text))).toEqual([]);
  });

  test('the shop says 您, and sets one space between Han and Latin letters or digits', () => {
    const said = [...faqs.map((faq) => faq['zh-TW'].answer), ...chineseIn(shop)];
    expect(said.filter((text) => text.includes('你'))).toEqual([]);
    expect(ours.filter((text) => /\p{Script=Han}[A-Za-z0-9$]|[A-Za-z0-9%]\p{Script=Han}/u.test(text))).toEqual([]);
    expect(ours.filter((text) => /\p{Script=Han} ?[,;:?()]/u.test(text))).toEqual([]);
  });

  test('English is English', () => {
    const english = [
      ...faqs.flatMap(({ en }) => [en.question, en.answer, ...en.alternatives]),
      ...intents.flatMap(({ title, description, examples }) => [title.en, description.en, ...examples.en]),
      ...outOfScope.en,
    ];
    expect(english.filter((text) => /\p{Script=Han}|[，。「」]/u.test(text))).toEqual([]);
  });
});

describe('content that is wrong', () => {
  let folder: string;
  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'demo-content-'));
  });
  afterEach(() => {
    fs.rmSync(folder, { recursive: true });
  });

  test('a missing file is named', () => {
    expect(() => loadDemoFaqs(folder)).toThrow(`${path.join(folder, 'faqs.json')} cannot be read`);
  });

  test('broken JSON is named', () => {
    fs.writeFileSync(path.join(folder, 'shop.json'), '{');
    expect(() => loadDemoShop(folder)).toThrow(`${path.join(folder, 'shop.json')} cannot be read`);
  });

  test('a wrong field is named with what it should be', () => {
    fs.writeFileSync(path.join(folder, 'orders.json'), JSON.stringify([{ ...orders[0], number: '20451' }]));
    expect(() => loadDemoOrders(folder)).toThrow(/an order number is SQ- and five digits[\s\S]*\[0\]\.number/);
  });
});
