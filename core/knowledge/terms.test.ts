import { termsOf } from './terms.ts';

const hashes = (text: string): Set<number> => new Set(termsOf(text).map(({ hash }) => hash));
const common = (a: string, b: string): number => hashes(a).intersection(hashes(b)).size;

test('Chinese gives single characters and pairs, pairs weighing half', () => {
  const terms = termsOf('運費');
  expect(terms.map(({ weight }) => weight)).toEqual([1, 1, 0.5]);
});

test('both scripts of Chinese, and all widths, give the same terms', () => {
  expect(hashes('運費怎麼算')).toEqual(hashes('运费怎么算'));
  expect(hashes('ＬＩＮＥ　Ｐａｙ')).toEqual(hashes('line pay'));
});

test('a Latin word before Chinese is found by itself', () => {
  expect(common('iPhone壞了', 'iphone')).toBe(hashes('iphone').size);
  expect(common('2015年的', '2015')).toBe(hashes('2015').size);
  expect(common('qq音樂', 'QQ')).toBe(hashes('qq').size);
});

test('a repeated term is counted, not repeated', () => {
  expect(termsOf('好好好').map(({ count }) => count)).toEqual([3, 2]);
});

test('forms of a word share its stem, misspellings its letters', () => {
  expect(common('shipping', 'shipped')).toBeGreaterThan(1);
  expect(common('shipping', 'shiping')).toBeGreaterThan(2);
});

test('grammar is marked, and has no letter trigrams', () => {
  expect(termsOf('the')).toEqual([expect.objectContaining({ weight: 1, grammar: true })]);
  expect(termsOf('mug').length).toBeGreaterThan(1);
  expect(termsOf('請問').every(({ grammar }) => grammar)).toBe(true);
  expect(termsOf('退吗').map(({ grammar }) => grammar)).toEqual([false, true, false]);
});
