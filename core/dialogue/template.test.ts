import { render, templateFault, valueAt, type Scope } from './template.ts';

const SCOPE: Scope = {
  slots: { order: 'sq-1', files: 'a,b' },
  context: {},
  input: {},
  event: { output: { waitSeconds: 430, opensAt: '2026-11-25T01:30:00Z', carrier: { 'zh-TW': '宅配', en: 'courier' } } },
  settings: { shop: { 'zh-TW': '山青選物', en: 'Shanching' }, url: 'http://x/y?z=1' },
  facts: {},
  counts: { misses: 2 },
  locale: 'zh-TW',
};
const EN: Scope = { ...SCOPE, locale: 'en' };

test('holes are filled from where their path leads', () => {
  expect(render('訂單 {{slots.order}}、{{ counts.misses }} 次', SCOPE)).toBe('訂單 sq-1、2 次');
});

test('a value per language gives the one that is spoken', () => {
  expect(render('{{settings.shop}}', SCOPE)).toBe('山青選物');
  expect(render('{{event.output.carrier}}', EN)).toBe('courier');
});

test('an empty hole gives its other words or nothing, and never an object', () => {
  expect(render('[{{slots.none}}][{{slots.none|or:沒有}}][{{event.output}}]', SCOPE)).toBe('[][沒有][]');
});

test('filters write numbers and times as people do', () => {
  expect(render('{{event.output.waitSeconds|duration}}', SCOPE)).toBe('約 7 分鐘');
  expect(render('{{event.output.waitSeconds|duration}}', EN)).toBe('about 7 minutes');
  expect(render('{{event.output.opensAt|datetime}}', SCOPE)).toBe('11 月 25 日（星期三）09:30');
  expect(render('{{event.output.opensAt|datetime}}', EN)).toBe('Wednesday, November 25, 09:30');
  expect(render('{{slots.order|upper}} {{slots.files|count}} {{slots.none|count}}', SCOPE)).toBe('SQ-1 2 0');
});

test('what is no time or number stays as it is, and an unknown time zone does not stop an answer', () => {
  expect(render('{{slots.order|datetime}}{{slots.order|duration}}', SCOPE)).toBe('sq-1');
  const lost: Scope = { ...SCOPE, settings: { timeZone: 'Moon/Sea' } };
  expect(render('{{event.output.opensAt|datetime}}', lost)).toContain('01:30');
});

test('in an address everything but settings is encoded', () => {
  const scope = { ...SCOPE, slots: { order: '../admin?x' } };
  expect(render('{{settings.url}}/{{slots.order}}', scope, encodeURIComponent)).toBe('http://x/y?z=1/..%2Fadmin%3Fx');
});

test('only own properties are read', () => {
  expect(valueAt(SCOPE, 'slots.__proto__')).toBeUndefined();
  expect(valueAt(SCOPE, 'slots.constructor.name')).toBeUndefined();
  expect(valueAt(SCOPE, 'slots.toString')).toBeUndefined();
});

test('faults of a template are said in words', () => {
  expect(templateFault('{{slots.order}} ok')).toBeNull();
  expect(templateFault('{{process.env}}')).toContain('is no path');
  expect(templateFault('{{slots.a|nope}}')).toContain('no filter “nope”');
  expect(templateFault('{{slots.a')).toContain('not closed');
});
