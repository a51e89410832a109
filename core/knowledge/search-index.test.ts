import { array, assert, boolean, nat, property, record, string } from 'fast-check';
import { createSearchIndex, type SearchDocument, type SearchIndex } from './search-index.ts';

const faq = (id: string, questions: string[], answer: string, more: Partial<SearchDocument> = {}): SearchDocument => ({
  id,
  locale: 'zh-TW',
  category: 'shipping',
  questions,
  answer,
  ...more,
});

const FAQS: SearchDocument[] = [
  faq('cost', ['本島運費怎麼算？', '運費多少', '滿多少免運'], '宅配 100 元，滿 1,500 元免運。'),
  faq('islands', ['寄到離島要多久？', '寄到澎湖要運費嗎'], '離島宅配 180 元，三到五天。'),
  faq('japan', ['寄到日本要多少運費、幾天會到？', '東京可以寄嗎'], '國際快捷 650 元，五到七天。'),
  faq('return', ['怎麼退貨？', '退貨流程', '可以退嗎'], '七天內都可以退，請保留包裝。', { category: 'returns' }),
  faq('care', ['鑄鐵壺怎麼保養？', '壺生鏽了怎麼辦'], '用完擦乾，不要用洗碗機。', { category: 'care' }),
  faq('cost-en', ['How much is shipping?', 'delivery fee'], 'NT$100, free from NT$1,500.', { locale: 'en' }),
  faq('return-en', ['How do I return something?'], 'Within seven days.', { locale: 'en', category: 'returns' }),
];

function indexOf(documents: readonly SearchDocument[]): SearchIndex {
  const index = createSearchIndex();
  for (const document of documents) index.put(document);
  return index;
}

const index = indexOf(FAQS);
const ids = (query: string, options: Partial<Parameters<SearchIndex['search']>[1]> = {}): string[] =>
  index.search(query, { locale: 'zh-TW', limit: 5, ...options }).map(({ id }) => id);

describe('what is found', () => {
  test.each([
    ['運費要多少錢', 'cost'],
    ['寄日本幾天', 'japan'],
    ['澎湖', 'islands'],
    ['我想退貨', 'return'],
    ['铁壶生锈', 'care'],
    ['洗碗機', 'care'],
  ])('%s finds %s first', (query, id) => {
    expect(ids(query)[0]).toBe(id);
  });

  test('a locale finds only its own; without one, all are asked and the surest comes first', () => {
    expect(ids('shipping', { locale: 'en' })[0]).toBe('cost-en');
    expect(ids('shipping')).toEqual([]);
    const all = index.search('shipping 運費', { limit: 10 });
    expect(new Set(all.map(({ id }) => id.endsWith('-en')))).toEqual(new Set([true, false]));
    expect(all.map(({ match }) => match)).toEqual(all.map(({ match }) => match).toSorted((a, b) => b - a));
  });

  test('a category narrows it', () => {
    expect(ids('怎麼', { category: 'returns' })).toEqual(['return']);
    expect(ids('運費怎麼算', { category: 'care' })).toEqual(['care']);
  });

  test('the limit holds', () => {
    expect(ids('運費', { limit: 2 })).toHaveLength(2);
    expect(ids('運費', { limit: 0 })).toEqual([]);
  });

  test('nothing is found for nothing, nor for what nothing shares a character with', () => {
    expect(ids('')).toEqual([]);
    expect(ids('？！')).toEqual([]);
    expect(ids('xyzzy')).toEqual([]);
    expect(createSearchIndex().search('運費', { limit: 3 })).toEqual([]);
  });
});

const best = (query: string) => index.search(query, { locale: 'zh-TW', limit: 5 })[0];

describe('how sure it is', () => {
  test('one of its questions, but for script, width and punctuation, is exact and certain', () => {
    for (const query of ['運費多少', '运费多少？？', '運費 多少！']) {
      expect(best(query)).toMatchObject({ id: 'cost', exact: true, match: 1 });
    }
    expect(best('運費多少錢')).toMatchObject({ id: 'cost', exact: false });
  });

  test('an exact one comes first, whatever its score, and only if its category is asked for', () => {
    const two = indexOf([...FAQS, faq('trap', ['可以退嗎可以退嗎可以退嗎 退貨流程'], '可以退')]);
    expect(two.search('可以退嗎', { locale: 'zh-TW', limit: 1 })[0]).toMatchObject({ id: 'return', exact: true });
    expect(two.search('可以退嗎', { locale: 'zh-TW', category: 'care', limit: 1 })[0]?.exact ?? false).toBe(false);
  });

  test('a good paraphrase may be quoted, a foreign question may not even be offered', () => {
    expect(best('請問寄到日本要多少運費')!.match).toBeGreaterThan(0.6);
    expect(best('明天天氣好嗎')?.match ?? 0).toBeLessThan(0.3);
    expect(best('怎麼寫一首關於秋天的詩')?.match ?? 0).toBeLessThan(0.3);
  });

  test('every match lies between 0 and 1', () => {
    assert(
      property(string({ unit: 'grapheme' }), (query) => {
        for (const { match } of index.search(`運費${query} shipping`, { limit: 5 })) {
          expect(match).toBeGreaterThanOrEqual(0);
          expect(match).toBeLessThanOrEqual(1);
        }
      }),
      { numRuns: 100 },
    );
  });
});

test('a thousand documents are told apart, with a long query too', () => {
  const many = indexOf(Array.from({ length: 1_000 }, (_, at) => faq(`n${at}`, [`第 ${at} 號商品怎麼保養`], '擦乾')));
  expect(many.search('737 號怎麼保養', { locale: 'zh-TW', limit: 3 })[0]!.id).toBe('n737');
  expect(many.search(`${'保養'.repeat(4_000)}737`, { locale: 'zh-TW', limit: 3 })).toHaveLength(3);
});

test('a hit shows what the query touches, in the first question and in the answer', () => {
  const [hit] = index.search('運費', { locale: 'zh-TW', limit: 1 });
  expect(hit!.highlight.title).toEqual([[2, 4]]);
  expect(hit!.highlight.answer).toEqual([]);
});

describe('changes', () => {
  test('a document put again is replaced, also into another language', () => {
    const changing = indexOf(FAQS);
    changing.put(faq('cost', ['How much does postage cost?'], 'NT$100', { locale: 'en' }));
    expect(changing.size).toBe(FAQS.length);
    expect(changing.search('運費多少', { locale: 'zh-TW', limit: 5 }).map(({ id }) => id)).not.toContain('cost');
    expect(changing.search('postage', { locale: 'en', limit: 5 })[0]!.id).toBe('cost');
  });

  test('one that is removed is gone; removing it again does nothing', () => {
    const changing = indexOf(FAQS);
    changing.remove('return');
    changing.remove('return');
    changing.remove('never there');
    expect(changing.size).toBe(FAQS.length - 1);
    expect(changing.search('退貨流程', { locale: 'zh-TW', limit: 5 }).some(({ exact }) => exact)).toBe(false);
  });

  test('whatever came and went, the index is as if only what is left had ever been put', () => {
    const change = record({ at: nat(FAQS.length - 1), remove: boolean() });
    assert(
      property(array(change, { maxLength: 30 }), (changes) => {
        const changed = createSearchIndex();
        const left = new Map<string, SearchDocument>();
        for (const { at, remove } of changes) {
          const document = FAQS[at]!;
          if (remove) {
            changed.remove(document.id);
            left.delete(document.id);
          } else {
            changed.put(document);
            left.set(document.id, document);
          }
        }
        const fresh = indexOf([...left.values()]);
        for (const query of ['運費多少', '怎麼退貨', 'shipping', '日本']) {
          const byId = (found: SearchIndex) =>
            new Map(
              found.search(query, { limit: 20 }).map(({ id, score, match, exact }) => [id, { score, match, exact }]),
            );
          const [a, b] = [byId(changed), byId(fresh)];
          expect([...a.keys()].sort()).toEqual([...b.keys()].sort());
          for (const [id, hit] of a) {
            expect(hit.score).toBeCloseTo(b.get(id)!.score, 6);
            expect(hit.match).toBeCloseTo(b.get(id)!.match, 6);
            expect(hit.exact).toBe(b.get(id)!.exact);
          }
        }
      }),
      { numRuns: 100 },
    );
  });
});
