import { dayName, fileKind, fileSize, initial, timeOfDay, waitName } from './format.ts';
import { createId } from './id.ts';
import { foreignLang, localeOf, WORDS } from './words.ts';

const now = new Date(2026, 10, 24, 13, 57);

test('days are named as people name them, in both languages', () => {
  expect(dayName(new Date(2026, 10, 24, 0, 1), now, 'zh-TW')).toBe('今天');
  expect(dayName(new Date(2026, 10, 23, 23, 59), now, 'zh-TW')).toBe('昨天');
  expect(dayName(new Date(2026, 10, 21), now, 'zh-TW')).toBe('11 月 21 日 星期六');
  expect(dayName(new Date(2025, 11, 31), now, 'zh-TW')).toBe('2025 年 12 月 31 日 星期三');
  expect(dayName(new Date(2026, 10, 21), now, 'en')).toBe('Saturday, November 21');
  expect(dayName(new Date(2025, 11, 31), now, 'en')).toBe('Wednesday, December 31, 2025');
  expect(timeOfDay(new Date(2026, 0, 1, 9, 5))).toBe('09:05');
});

test('sizes and kinds of files are told shortly', () => {
  expect([12, 84_000, 999_600, 4_250_000].map(fileSize)).toEqual(['12 B', '84 kB', '1.0 MB', '4.3 MB']);
  expect(fileKind('退貨標籤.pdf', 'application/pdf')).toBe('PDF');
  expect(fileKind('photo', 'image/jpeg')).toBe('JPEG');
  expect(fileKind('x', '')).toBe('');
});

test('a wait is never told shorter than it is', () => {
  expect(waitName(5, 'zh-TW')).toBe('10 秒');
  expect(waitName(41, 'en')).toBe('50 seconds');
  expect(waitName(61, 'en')).toBe('2 minutes');
  expect(waitName(240, 'zh-TW')).toBe('4 分鐘');
});

test("a person's mark is the given name in Chinese, the first letter elsewhere", () => {
  expect([initial('小安'), initial('anna Chen'), initial(' ')]).toEqual(['安', 'A', '']);
});

test('every Chinese reads Traditional, everything else English, nothing neither', () => {
  expect(['zh-TW', 'zh', 'zh-Hant-TW', 'en-GB', 'fr', '', null].map(localeOf)).toEqual([
    'zh-TW',
    'zh-TW',
    'zh-TW',
    'en',
    'en',
    null,
    null,
  ]);
});

test('a text in the other language says so to screen readers', () => {
  expect(foreignLang('您好', 'en')).toBe('zh-Hant-TW');
  expect(foreignLang('Hello', 'zh-TW')).toBe('en');
  expect(foreignLang('SQ 20931 已出貨', 'zh-TW')).toBeUndefined();
  expect(foreignLang('12:30', 'zh-TW')).toBeUndefined();
});

test('both languages have every text, and none is empty', () => {
  const [zh, en] = [WORDS['zh-TW'], WORDS.en];
  expect(Object.keys(en).sort()).toEqual(Object.keys(zh).sort());
  for (const words of [zh, en])
    for (const text of Object.values(words)) if (typeof text === 'string') expect(text).not.toBe('');
});

test('an id is a version 4 UUID', () => {
  expect(createId((bytes) => void bytes.fill(255))).toBe('ffffffff-ffff-4fff-bfff-ffffffffffff');
});
