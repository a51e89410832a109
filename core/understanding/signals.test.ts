import { detectCommand, detectLocale, detectMood, extractSlots } from './signals.ts';

describe('the language of a message', () => {
  test.each([
    ['運費怎麼算？', 'zh-TW'],
    ['运费怎么算', 'zh-TW'],
    ['How much is shipping?', 'en'],
    ['可以開統編嗎 my company needs receipt', 'zh-TW'],
    ['Can I get 統編 on my receipt please', 'en'],
    ['想買 Hario V60 Switch', 'zh-TW'],
    ['Do you ship to 台北?', 'en'],
    ['幫我 check order status', 'zh-TW'],
    ['shipping fee 多少？台中市區', 'zh-TW'],
    ['SQ-20451 my cup arrived broken', 'en'],
    ['amy@example.com 這是我的信箱', 'zh-TW'],
    ['嗨', 'zh-TW'],
    ['hello', 'en'],
  ])('%s is %s', (text, locale) => {
    expect(detectLocale(text)).toBe(locale);
  });

  test.each([
    'SQ-20451',
    '12345',
    '👍',
    'ok',
    'OK!',
    'amy@example.com',
    'https://example.com/some/page',
    '',
    '日本に送れますか',
    '배송비가 얼마예요',
  ])('%s has none of ours', (text) => {
    expect(detectLocale(text)).toBeNull();
  });
});

describe('anger', () => {
  test.each([
    '你們到底在搞什麼 都三天了還沒出貨！！',
    '你们到底在搞什么',
    '太離譜了',
    '等了一個禮拜都還沒寄，根本沒人理我',
    '我要找消保官',
    'this is ridiculous',
    'This is UNACCEPTABLE',
    'still waiting, nobody answers me',
    'WHERE IS MY ORDER!! STILL NOTHING',
    'what the hell is going on',
    'you people are useless',
  ])('%s is angry', (text) => {
    expect(detectMood(text)).toBe('angry');
  });

  test.each([
    '運費怎麼算？',
    '請問訂單還沒收到，可以幫我查嗎',
    '真的太感謝了！！',
    '收到的杯子破了',
    '幫我把收件人改成我媽的名字',
    '到底要選哪一支磨豆機好呢',
    'my order has not arrived yet',
    'Thank you so much!!',
    'is this text message from you a scam',
    'the lid is missing',
    'I LOVE IT',
  ])('%s is calm', (text) => {
    expect(detectMood(text)).toBe('calm');
  });
});

describe('slots', () => {
  test.each([
    'SQ-20451',
    'sq20451',
    'sq 20451',
    'ＳＱ－２０４５１',
    'SQ–20451',
    '訂單SQ20451的杯子',
    'order 20451',
    '訂單編號是20451',
    '订单编号：20451',
  ])('%s names the order SQ-20451', (text) => {
    expect(extractSlots(text)).toEqual({ order: 'SQ-20451' });
  });

  test.each([
    ['0912345678', '0912345678'],
    ['0912-345-678', '0912345678'],
    ['０９１２ ３４５ ６７８', '0912345678'],
    ['我的手機是0912 345 678，謝謝', '0912345678'],
    ['+886 912 345 678', '0912345678'],
    ['+886-(0)912-345-678', '0912345678'],
    ['(02)2345-6789', '0223456789'],
    ['04-22345678', '0422345678'],
    ['+886 2 2345 6789', '0223456789'],
    ['+81 90-1234-5678', '+819012345678'],
    ['call me at +1 (415) 555-0132', '+14155550132'],
    ['0044 20 7946 0958', '+442079460958'],
  ])('%s holds the phone %s', (text, phone) => {
    expect(extractSlots(text)).toEqual({ phone });
  });

  test.each(['T-1204', 't1204', 'Ｔ－１２０４', '工單1204', '工单 1204', 'ticket 1204', 'ticket number: 1204'])(
    '%s names the ticket T-1204',
    (text) => {
      expect(extractSlots(text)).toEqual({ ticket: 'T-1204' });
    },
  );

  test('one sentence may name everything', () => {
    expect(
      extractSlots('訂單 SQ-20451 的杯子破了，email 是 Amy@Example.com，電話 0912-345-678，之前開過 T-1204'),
    ).toEqual({
      order: 'SQ-20451',
      email: 'amy@example.com',
      phone: '0912345678',
      ticket: 'T-1204',
    });
  });

  test('people correct themselves: the last one counts, and never the one they say it is not', () => {
    expect(extractSlots('等等 email 打錯了 是 amy.lin@example.com')).toEqual({ email: 'amy.lin@example.com' });
    expect(extractSlots('SQ-20451 SQ-20452').order).toBe('SQ-20452');
    expect(extractSlots('是 SQ-20452 不是 SQ-20451').order).toBe('SQ-20452');
    expect(extractSlots('use b@example.com not a@example.com').email).toBe('b@example.com');
  });

  test.each([
    '統編 12345678',
    '4111 1111 1111 1111',
    '2025-11-24',
    '50 個',
    'V60',
    '我買了 3 個 1200 元',
    'iPhone 15',
    'MSQ-20451',
    'user@localhost',
    '0800 是免付費',
  ])('%s names nothing', (text) => {
    expect(extractSlots(text)).toEqual({});
  });
});

describe('commands', () => {
  test.each([
    ['算了 不用了', 'cancel'],
    ['算了', 'cancel'],
    ['never mind', 'cancel'],
    ['找真人', 'person'],
    ['訂單 SQ-20931，我要找真人', 'person'],
    ['My order SQ-20451 is late, talk to a person', 'person'],
    ['我要找真人！', 'person'],
    ['我直接找真人好了', 'person'],
    ['转人工', 'person'],
    ['human please', 'person'],
    ['Can I talk to a person, please?', 'person'],
    ['都不是', 'none-of-these'],
    ['None of these.', 'none-of-these'],
    ['English please', 'english'],
    ['請用英文', 'english'],
    ['中文', 'chinese'],
    ['switch to Chinese', 'chinese'],
    ['好', 'yes'],
    ['對，沒錯', 'yes'],
    ['好的，謝謝', 'yes'],
    ['送出', 'yes'],
    ['Submit', 'yes'],
    ['ＯＫ', 'yes'],
    ['不是', 'no'],
    ['不用，謝謝', 'no'],
    ['No, thanks.', 'no'],
    ['跳過', 'skip'],
    ['skip this please', 'skip'],
    ['重新開始', 'restart'],
    ['start over', 'restart'],
  ])('%s says %s', (text, command) => {
    expect(detectCommand(text)).toBe(command);
  });

  test.each([
    '取消訂單',
    '不用運費嗎',
    '好吃的咖啡豆',
    '找真人客服要多久',
    'no shipping?',
    'is english ok for engraving',
    'please',
    '謝謝',
    '',
    '？',
    '好 那運費怎麼算',
  ])('%s says more than a command, or nothing', (text) => {
    expect(detectCommand(text)).toBeNull();
  });

  test('a long message is a sentence, whatever it begins with', () => {
    expect(detectCommand(`好${'的'.repeat(80)}`)).toBeNull();
  });
});
