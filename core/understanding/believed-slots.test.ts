import { believedSlots } from './believed-slots.ts';

test('a value that stands in the text is believed, but for case, width and punctuation', () => {
  expect(believedSlots('我要 Ｈario V60 的濾紙', { product: 'hario v60' }, ['product'])).toEqual({
    product: 'hario v60',
  });
});

test.each([
  ['made up', { product: 'Chemex' }],
  ['not asked for', { discount: 'V60' }],
  ['empty', { product: ' ' }],
  ['longer than any value', { product: 'V60'.repeat(100) }],
])('a value that is %s is not believed', (_, named) => {
  expect(believedSlots('V60'.repeat(200), named, ['product', 'toString'])).toEqual({});
});

test('what code finds by itself is not taken from the model', () => {
  const text = '訂單 SQ-20451，amy@example.com';
  expect(believedSlots(text, { order: 'SQ-99999', email: 'eve@example.com' }, ['order'])).toEqual({
    order: 'SQ-20451',
    email: 'amy@example.com',
  });
});
