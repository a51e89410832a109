import { findIn, matches, MAX_SLOT } from './formats.ts';

const ORDER = { pattern: '\\bSQ[- ]?\\d{4,8}\\b', upper: true, whole: '#?\\d{5}', prefix: 'SQ-' };

test('a pattern is found inside a sentence, in either case and width', () => {
  expect(findIn('我的單號是 sq-20451 喔', ORDER)).toBe('SQ-20451');
  expect(findIn('ＳＱ-20451', ORDER)).toBe('SQ-20451');
  expect(findIn('沒有', ORDER)).toBeUndefined();
});

test('the short form counts only as the whole answer to its question', () => {
  expect(findIn('20451', ORDER, true)).toBe('SQ-20451');
  expect(findIn('20451', ORDER)).toBeUndefined();
  expect(findIn('大概 20451 吧', ORDER, true)).toBeUndefined();
});

test('built-in formats find their kind', () => {
  expect(findIn('寫信到 Amy.Lin@example.com 吧', { format: 'email' })).toBe('Amy.Lin@example.com');
  expect(findIn('電話 0912-345-678', { format: 'phone' })).toBe('0912-345-678');
  expect(findIn('12', { format: 'phone' })).toBeUndefined();
  expect(findIn('買 3 個', { format: 'number' })).toBe('3');
  expect(findIn('2026/11/24 買的', { format: 'date' })).toBe('2026/11/24');
  expect(findIn('任何話', { format: 'text' })).toBeUndefined();
});

test.each([
  ['12月5日可以嗎', '12月5日'],
  ['2026 年 12 月 5 號', '2026 年 12 月 5 號'],
  ['12/5 三個人', '12/5'],
  ['on December 5th, 2026 please', 'December 5th, 2026'],
  ['Dec. 5', 'Dec. 5'],
  ['the 5th of December', '5th of December'],
  ['2026-12-05', '2026-12-05'],
  ['market 5', undefined],
  ['1234/5678', undefined],
  ['第 3 章', undefined],
])('a date as people write it: %s', (text, date) => {
  expect(findIn(text, { format: 'date' })).toBe(date);
});

test.each([
  ['三個人', '3'],
  ['兩位', '2'],
  ['大概十二位', '12'],
  ['二十人', '20'],
  ['十', '10'],
  ['three of us', '3'],
  ['3 位', '3'],
  ['第三個', undefined],
  ['很多人', undefined],
  ['一樣', undefined],
  ['someone', undefined],
])('a small number is read in words as well: %s', (text, number) => {
  expect(findIn(text, { format: 'number' })).toBe(number);
});

test('a pattern that would drive a backtracking engine mad ends at once', () => {
  const begun = performance.now();
  expect(matches('^(a+)+$', `${'a'.repeat(5_000)}b`)).toBe(false);
  expect(performance.now() - begun).toBeLessThan(2_000);
});

test('a value is never longer than a slot', () => {
  expect(findIn('x'.repeat(2_000), { pattern: 'x+' })).toHaveLength(MAX_SLOT);
});
