import { IntentImport, IntentRequest } from './intents.schema.ts';

const intent = {
  name: 'order_status',
  title: { 'zh-TW': '查訂單進度', en: 'Order status' },
  description: { 'zh-TW': '查某一張訂單到哪裡。', en: 'Where one order is.' },
  route: { kind: 'flow', flow: 'order-status' },
  examples: { 'zh-TW': ['我的訂單到哪了'], en: ['where is my order'] },
};

test('an intent needs a name, texts in both languages, a route and examples; the rest has a default', () => {
  expect(IntentRequest.parse(intent)).toEqual({ ...intent, slots: [], threshold: null, enabled: true });
  expect(IntentRequest.parse({ ...intent, examples: {} }).examples).toEqual({ 'zh-TW': [], en: [] });
});

test.each([
  ['a name with capitals', { name: 'OrderStatus' }, 'name'],
  ['a name with a blank', { name: 'order status' }, 'name'],
  ['the model’s own word', { name: 'none' }, 'name'],
  ['the classifier’s own label', { name: '__none__' }, 'name'],
  ['a title in one language only', { title: { en: 'Order status' } }, 'title.zh-TW'],
  ['a title too long for a button', { title: { 'zh-TW': '查'.repeat(41), en: 'x' } }, 'title.zh-TW'],
  ['a blank description', { description: { 'zh-TW': ' ', en: 'x' } }, 'description.zh-TW'],
  ['a route to nowhere', { route: { kind: 'email' } }, 'route.kind'],
  ['a route without its flow', { route: { kind: 'flow' } }, 'route.flow'],
  ['a blank example', { examples: { 'zh-TW': [''], en: [] } }, 'examples.zh-TW.0'],
  ['a slot that no flow could name', { slots: ['Order No'] }, 'slots.0'],
  ['a threshold that is no probability', { threshold: 1.5 }, 'threshold'],
])('%s is refused, at its place', (_, change, path) => {
  const parsed = IntentRequest.safeParse({ ...intent, ...change });
  expect(parsed.error?.issues.map((issue) => issue.path.join('.'))).toContain(path);
});

test('an import holds at least one', () => {
  expect(IntentImport.safeParse([]).success).toBe(false);
});
