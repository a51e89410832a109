import { isFollowUp, withContext } from './follow-up.ts';

describe('a question that leans on the last one', () => {
  test.each([
    '那寄到國外呢？', '那寄到日本呢', '那运费呢', '那多久會到', '幾天會到', '要多少錢', '日本呢？', '那換貨呢', '在哪裡',
    'and abroad?', 'And to Japan?', 'what about refunds?', 'how long does that take', 'how much?', 'Japan?',
  ])('%s', (text) => { expect(isFollowUp(text)).toBe(true); }); // prettier-ignore

  test.each([
    '運費怎麼算？', '可以寄到日本嗎', '那我要退貨', '那個杯子可以微波嗎', '怎麼退貨', '你好', '謝謝', '我要找真人', '好', '', '👍', 'SQ-20451',
    '那如果我想把已經訂好的杯子改成大一號的要怎麼處理呢',
    'How much is shipping?', 'do you ship to Japan', 'how do I return it to you', 'hello', 'and I want to return my kettle', 'thanks',
  ])('not: %s', (text) => { expect(isFollowUp(text)).toBe(false); }); // prettier-ignore
});

describe('the query in context', () => {
  test.each([
    ['a new place takes over what was asked', '那寄到日本呢', ['運費怎麼算？'], '運費 寄到日本'],
    ['what is asked newly takes over the subject', '幾天會到', ['運費怎麼算？', '那寄到日本呢'], '寄到日本 幾天會到'],
    ['the newest place wins', '那香港呢', ['寄到澎湖要運費嗎'], '運費 香港'],
    ['two steps back, when the last step was a bare place', '那香港呢', ['運費怎麼算', '那日本呢'], '運費 香港'],
    ['the subject of two steps back', '多久', ['我要退貨', '那海外呢'], '退貨 海外 多久'],
    [
      'a question without a way of asking is taken whole',
      '那手沖壺呢',
      ['鑄鐵壺可以放洗碗機嗎'],
      '鑄鐵壺可以放洗碗機嗎 手沖壺',
    ],
    ['… but for its place', '那日本呢', ['可以寄到澎湖嗎'], '可以寄到 嗎 日本'],
    ['a side of the last subject', '那運費呢', ['怎麼退貨'], '退貨 運費'],
    ['a price asked after a place means that place', '運費多少', ['可以寄到日本嗎'], '日本 運費多少'],
    ['English: place', 'and to Japan?', ['How much is shipping?'], 'shipping japan'],
    [
      'English: time',
      'how long does that take',
      ['how much is shipping', 'and abroad?'],
      'abroad how long does that take',
    ],
    ['English: subject', 'what about refunds?', ['How long do I have to return something?'], 'how long refunds'],
  ])('%s', (_, text, before, query) => {
    expect(withContext(text, before)).toBe(query);
  });

  test.each([
    ['怎麼退貨', ['運費怎麼算？', '那寄到國外呢？']],
    ['可以開統編嗎', ['那寄到日本呢']],
    ['do you have parking', ['and abroad?']],
    ['運費怎麼算？', ['怎麼退貨']],
    ['謝謝', ['幾天會到']],
  ])('a complete question stays as it is: %s', (text, before) => {
    expect(withContext(text, before)).toBe(text);
  });

  test('without a question before there is nothing to join', () => {
    expect(withContext('幾天會到', [])).toBe('幾天會到');
    expect(withContext('那寄到日本呢', [])).toBe('那寄到日本呢');
  });

  test('only the last two questions are looked at', () => {
    expect(withContext('幾天會到', ['可以寄到日本嗎', '你好', '謝謝'])).not.toContain('日本');
  });

  test('the script of the customer is kept', () => {
    expect(withContext('几天会到', ['那寄到日本呢'])).toBe('寄到日本 几天会到');
  });
});
