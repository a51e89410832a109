import type { Offer } from './dialogue-state.ts';
import { isVague, looksLikeQuestion, offerTyped, partIn } from './hear.ts';

const offer = (value: string, zh: string, en: string, of = 0): Offer => ({
  id: value,
  value: `choose.${value}`,
  labels: { 'zh-TW': zh, en },
  of,
});
const OFFERS = [offer('submit', '送出', 'Submit'), offer('edit', '修改', 'Edit'), offer('drop', '取消', 'Cancel')];

test.each([
  ['送出', 'submit'],
  ['送出吧', 'submit'],
  ['我要送出', 'submit'],
  ['SUBMIT', 'submit'],
  ['edit it', 'edit'],
  ['2', 'edit'],
  ['２', 'edit'],
  ['第3個', 'drop'],
  ['取消。', 'drop'],
])('%s means the button %s', (text, value) => {
  expect(offerTyped(text, OFFERS)?.id).toBe(value);
});

test.each(['不送出', '先不要送出', '4', '0', '送出之後什麼時候會收到回覆', '修改還是取消', '', 'do not submit'])(
  '%s means none of them',
  (text) => {
    expect(offerTyped(text, OFFERS)).toBeNull();
  },
);

test('a number counts among the last buttons', () => {
  const two = [...OFFERS, offer('helpful', '有幫助', 'That helped', 1), offer('unhelpful', '沒幫助', 'Not helpful', 1)];
  expect(offerTyped('1', two)?.id).toBe('helpful');
  expect(offerTyped('3', two)).toBeNull();
  expect(offerTyped('沒幫助', two)?.id).toBe('unhelpful');
});

test('stars can be typed', () => {
  expect(offerTyped('★★', [offer('1', '★', '★'), offer('2', '★★', '★★')])?.id).toBe('2');
});

test.each(['我那個怎麼辦', '嗯就是那個啊', 'what about my thing', 'it is about that', '可以幫我一下嗎'])(
  '%s says nothing',
  (text) => {
    expect(isVague(text)).toBe(true);
  },
);
test.each(['運費怎麼算', '幫我寫一首詩', 'will it rain', 'SQ-20451', '12345', '我的杯子怎麼辦'])(
  '%s says something',
  (text) => {
    expect(isVague(text)).toBe(false);
  },
);

test('questions are told from answers', () => {
  for (const text of ['訂單編號在哪裡看？', '可以換嗎', 'where is it', '要多少錢'])
    expect(looksLikeQuestion(text)).toBe(true);
  for (const text of ['杯子破了一角', 'the lid is missing', 'SQ-20451']) expect(looksLikeQuestion(text)).toBe(false);
});

test('of a message in two languages the larger part is looked up', () => {
  expect(partIn('zh-TW', '可以開統編嗎 my company needs receipt')).toBe('可以開統編嗎');
  expect(partIn('en', 'can I put my tax ID on it 可以嗎')).toBe('can I put my tax ID on it');
  expect(partIn('zh-TW', 'Hario V60 濾杯有貨嗎')).toBe('Hario V60 濾杯有貨嗎');
  expect(partIn('en', '可以嗎')).toBe('可以嗎');
});
