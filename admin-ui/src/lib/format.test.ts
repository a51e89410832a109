import { ago, day, dayHeading, duration, fileSize, initial, textLang } from './format.ts';

const now = new Date(2026, 10, 23, 14, 0, 0);
const at = (...parts: [number, number, number, number?, number?]): Date => new Date(...parts);

test('time is told by minutes within the hour, by the clock today, then by the day', () => {
  expect(ago(at(2026, 10, 23, 13, 59.5), now, 'zh-TW')).toBe('1 分前');
  expect(ago(new Date(now.getTime() - 5_000), now, 'zh-TW')).toBe('剛剛');
  expect(ago(at(2026, 10, 23, 13, 1), now, 'en')).toBe('59 min ago');
  expect(ago(at(2026, 10, 23, 9, 5), now, 'zh-TW')).toBe('09:05');
  expect(ago(at(2026, 10, 21, 9, 5), now, 'zh-TW')).toBe('11 月 21 日');
  expect(ago(at(2025, 10, 21), now, 'zh-TW')).toBe('2025 年 11 月 21 日');
  expect(day(at(2025, 10, 21), now, 'en')).toBe('21 Nov 2025');
});

test('a day’s heading names the weekday, and says when it is today', () => {
  expect(dayHeading(now, now, 'zh-TW')).toBe('今天 · 11 月 23 日 星期一');
  expect(dayHeading(at(2026, 10, 21), now, 'zh-TW')).toBe('11 月 21 日 星期六');
  expect(dayHeading(now, now, 'en')).toBe('Today · Monday 23 Nov');
});

test('durations and sizes have the units that people read', () => {
  expect(duration(192_000, 'zh-TW')).toBe('3 分 12 秒');
  expect(duration(9_000, 'en')).toBe('9 s');
  expect(duration(3_700_000, 'en')).toBe('1 h 1 min');
  expect(duration(-5, 'en')).toBe('0 s');
  expect([fileSize(44), fileSize(84_000), fileSize(1_800_000)]).toEqual(['44 B', '84 kB', '1.8 MB']);
});

test('people of ours are marked by the end of a Chinese name, customers by its beginning', () => {
  expect(initial('小安', 'agent')).toBe('安');
  expect(initial('林雨彤', 'customer')).toBe('林');
  expect(initial('amy', 'agent')).toBe('A');
  expect(initial('', 'agent')).toBe('?');
});

test('a text without Han characters is announced as English', () => {
  expect([textLang('OK'), textLang('好 OK')]).toEqual(['en', 'zh-Hant-TW']);
});
