import { createNearestExamples } from './nearest-examples.ts';
import type { TaughtIntent } from './catalogue.ts';

const shipping: TaughtIntent = {
  name: 'shipping',
  title: { 'zh-TW': '運費', en: 'Shipping' },
  description: { 'zh-TW': '運費', en: 'Shipping' },
  route: { kind: 'answer', category: 'shipping' },
  slots: [],
  threshold: null,
  examples: {
    'zh-TW': ['寄到澎湖要多少錢', '幾天會到', '可以超商取貨嗎'],
    en: ['how much is delivery to Penghu', 'when does it arrive', 'do you ship on sundays'],
  },
};

test('the examples nearest to the text come first, in any script', () => {
  const nearest = createNearestExamples();
  expect(nearest(shipping, '超商取货可以吗', 'zh-TW', 1)).toEqual(['可以超商取貨嗎']);
  expect(nearest(shipping, 'delivery to Kinmen, how much', 'en', 1)).toEqual(['how much is delivery to Penghu']);
});

test('where none is near, those of the text’s language come first', () => {
  expect(createNearestExamples()(shipping, '??', 'en', 3)).toEqual(shipping.examples.en);
});
