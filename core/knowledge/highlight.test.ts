import { createHighlighter } from './highlight.ts';

const marked = (query: string, text: string): string[] =>
  createHighlighter(query)(text).map(([from, to]) => text.slice(from, to));

test.each([
  ['運費怎麼算', '本島運費怎麼算、滿多少免運？', ['運費怎麼算']],
  ['运费', '寄到離島要多久、運費多少？', ['運費']],
  ['運費', '运费多少', ['运费']],
  ['shipping cost', 'How much do you charge for Shipping, and what does it COST?', ['Shipping', 'COST']],
  ['shipped', 'We ship on weekdays.', ['ship']],
  ['LINE Pay可以嗎', '可以用 ＬＩＮＥ Pay 付款', ['可以', 'ＬＩＮＥ', 'Pay']],
  ['茶', '茶葉與咖啡', ['茶']],
  ['退貨', '換貨', []],
  ['how to pay', 'how to return', []],
  ['', 'anything', []],
])('%s marks in “%s”', (query, text, expected) => {
  expect(marked(query, text)).toEqual(expected);
});

test('marks that touch are one', () => {
  expect(createHighlighter('離島運費')('離島運費')).toEqual([[0, 4]]);
});

test('positions are those of the original text, surrogate pairs counted as two', () => {
  expect(createHighlighter('運費')('🚚🚚運費')).toEqual([[4, 6]]);
  expect(createHighlighter('𠮷野')('在𠮷野家')).toEqual([[1, 4]]);
});
