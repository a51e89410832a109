import { checkIntents } from './check-intents.ts';
import type { IntentRequest } from './intents.schema.ts';

const intent = (name: string, change: Partial<IntentRequest> = {}): IntentRequest => ({
  name,
  title: { 'zh-TW': `${name}標題`, en: `${name} title` },
  description: { 'zh-TW': '說明', en: 'description' },
  route: { kind: 'handoff' },
  examples: { 'zh-TW': [`${name}怎麼辦`], en: [`what about ${name}`] },
  slots: [],
  threshold: null,
  enabled: true,
  ...change,
});

test('intents that do not meet have no fault', () => {
  expect(checkIntents([intent('shipping'), intent('returns')])).toEqual([]);
});

test('a name stands once', () => {
  const other = intent('returns', { name: 'shipping' });
  expect(checkIntents([intent('shipping'), other])).toEqual([
    { path: '1.name', message: 'This name is taken (0.name): choose another one.' },
  ]);
});

test('a title belongs to one intent, though it may be the same in both languages', () => {
  const pay = intent('payment', { title: { 'zh-TW': 'LINE Pay', en: 'LINE Pay' } });
  expect(checkIntents([pay])).toEqual([]);
  const again = intent('invoice', { title: { 'zh-TW': '發票', en: 'line pay!' } });
  expect(checkIntents([pay, again])).toEqual([
    { path: '1.title.en', message: '“line pay!” is the title of payment already: who types it could mean either.' },
  ]);
});

test('an example teaches one intent, in any script and punctuation, and the other one is named', () => {
  const shipping = intent('shipping', { examples: { 'zh-TW': ['運費多少？'], en: [] } });
  const returns = intent('returns', { examples: { 'zh-TW': ['退貨', '运费多少'], en: ['REFUND', 'refund.'] } });
  expect(checkIntents([shipping, returns])).toEqual([
    {
      path: '1.examples.zh-TW.1',
      message: '“运费多少” is an example of shipping already (0.examples.zh-TW.0): keep it where it belongs.',
    },
    { path: '1.examples.en.1', message: '“refund.” stands here already (1.examples.en.0): leave it out.' },
  ]);
});

test('an example without a word and a slot named twice are left out', () => {
  const faulty = intent('shipping', { examples: { 'zh-TW': ['？？'], en: [] }, slots: ['order', 'order'] });
  expect(checkIntents([faulty]).map(({ path }) => path)).toEqual(['0.examples.zh-TW.0', '0.slots.1']);
});
