/** What a fake model sees of a question about intents. */
type AskedModel = {
  /** Everything that stands in the prompt. */
  system: string;
  user: string;
  /** The customer's message, and those before it, oldest first. */
  now: string;
  before: readonly string[];
  /** Names of the intents that it may choose; `none` is always allowed. */
  candidates: readonly string[];
};

/** A model as a test wants it: the name of an intent or `none`, and values for slots if it found some. */
export type FakeModel = (asked: AskedModel) => string | { intent: string; slots: Readonly<Record<string, string>> };

/** An intent, or `none`, and the words by which the scripted model knows it. */
export type Rule = readonly [intent: string, words: RegExp];

/** What a decent model would make of messages to the demo shop, the particular before the general. */
const DEMO_RULES: readonly Rule[] = [
  ['none', /天氣|下雨|寫.{0,3}(?:詩|作文|程式|故事)|笑話|\bpoem\b|\bweather\b|\brain\b|\bjokes?\b/i],
  [
    'talk_to_person',
    /真人|人工|轉接|專人|(?:real|live) (?:person|human|agent)|(?:talk|speak|chat) (?:to|with) (?:a |an )?(?:person|human|someone|somebody|agent)/i,
  ],
  ['bot_identity', /你是.{0,4}(?:機器人|真人|誰)|are you (?:a |an )?(?:bot|robot|human|real|ai)/i],
  ['what_can_you_do', /你(?:會|能|可以)(?:做|幫)什麼|what can you do|how do(?:es)? (?:you|this) work/i],
  ['complaint', /搞什麼|太扯|離譜|爛|生氣|投訴|ridiculous|unacceptable|terrible|worst|complain/i],
  [
    'ticket_status',
    /查.{0,4}工單|工單.{0,8}(?:進度|處理|狀態|哪)|T-?\d{3,}|(?:status|progress) of (?:my |the )?ticket|ticket.{0,12}(?:status|yet|update)/i,
  ],
  ['damaged_item', /破|裂|壞掉|瑕疵|缺角|碎|broken|cracked|damaged|shattered|chipped|faulty|defect/i],
  [
    'order_status',
    /訂單.{0,6}(?:到哪|進度|狀態)|出貨了(?:沒|嗎)|還沒(?:到|收到|出貨)|包裹.{0,4}哪|where(?:'s| is) my (?:order|parcel|package)|has (?:it|my order) shipped|order status|track my|check (?:on )?(?:my|an|the) order/i,
  ],
  ['refund', /退款|退錢|刷退|refund|money back/i],
  ['returns', /退貨|換貨|退換|return|exchange/i],
  ['invoice', /發票|統編|統一編號|載具|invoice|tax id|receipt/i],
  [
    'shipping_abroad',
    /國外|海外|日本|香港|美國|新加坡|韓國|歐洲|關稅|abroad|overseas|international|japan|hong kong|singapore|customs/i,
  ],
  ['shipping', /運費|寄送|配送|澎湖|金門|離島|超商取貨|免運|幾天(?:會|到)|shipping|deliver|postage|penghu|courier/i],
  [
    'order_change',
    /(?:改|換|修改|更改).{0,6}(?:地址|訂單|電話|收件)|取消訂單|合併|change.{0,12}(?:address|order)|cancel (?:my |the )?order/i,
  ],
  ['payment', /付款|刷卡|信用卡|轉帳|分期|貨到付款|扣款|pay|credit card|instal?ment|charged/i],
  ['warranty_repair', /保固|維修|送修|修理|warranty|repair/i],
  ['points_coupons', /點數|折價券|優惠|生日禮|coupon|points|discount code/i],
  ['account', /密碼|帳號|登入|註冊|會員|password|log ?in|sign ?(?:up|in)|account/i],
  ['gifts', /送禮|禮物|包裝|刻字|卡片|gift|wrap|engrav/i],
  ['bulk_order', /大量|企業|公司行號|報價|批發|經銷|bulk|wholesale|quote|corporate/i],
  ['stores_hours', /門市|營業|幾點|停車|地址在哪|store|opening hours|open on|parking/i],
  ['privacy', /個資|隱私|電子報|詐騙|簡訊|privacy|newsletter|personal data|unsubscribe|phishing/i],
  ['product_care', /清潔|保養|洗碗機|微波|濾紙|保存|clean|dishwasher|microwave|filter|care/i],
  ['file_ticket', /工單|留言|申訴|回報|ticket|report (?:a|this) problem/i],
  ['thanks', /謝|感恩|thank|cheers/i],
  ['goodbye', /再見|掰|bye|see you/i],
  [
    'greeting',
    /^\s*(?:你好|您好|哈囉|嗨|安安|早安|午安|晚安|(?:有人)?在嗎|hi|hello|hey|(?:is )?any(?:one|body) there)/i,
  ],
];

/** So much of what a message says stands in an intent's description and examples before it is taken for it. */
const NEAR_ENOUGH = 0.6;

/**
 * A model that acts as a decent one does: it chooses by the rules among the candidates, else by what the prompt tells of
 * each; it reads a short message together with the one before it, and says `none` to what is like nothing it was told.
 */
export function scriptedModel(rules: readonly Rule[] = DEMO_RULES): FakeModel {
  const match = (text: string, candidates: readonly string[]): string | undefined =>
    rules.find(([intent, words]) => (intent === 'none' || candidates.includes(intent)) && words.test(text))?.[0];
  return ({ system, now, before, candidates }) => {
    const last = before.at(-1);
    const joined = last && now.length <= 20 ? match(`${last} ${now}`, candidates) : undefined;
    return match(now, candidates) ?? joined ?? nearest(now, system, candidates) ?? 'none';
  };
}

/** Pairs of Han characters, and words. */
const piecesOf = (text: string): Set<string> => {
  const plain = text.toLowerCase();
  const pairs = [...plain.matchAll(/(?=(\p{Script=Han}{2}))/gu)].map((match) => match[1]!);
  return new Set([...pairs, ...(plain.match(/[a-z]{4,}/g) ?? [])]);
};

function nearest(now: string, system: string, candidates: readonly string[]): string | undefined {
  const said = [...piecesOf(now)];
  const told = candidates.map((intent) => {
    const [, about = ''] = system.split(`- ${intent}: `);
    const known = piecesOf(about.split(/\n(?:- |\n)/)[0]!);
    return { intent, share: said.filter((piece) => known.has(piece)).length / Math.max(1, said.length) };
  });
  const best = told.reduce((a, b) => (b.share > a.share ? b : a), { intent: 'none', share: 0 });
  return best.share >= NEAR_ENOUGH ? best.intent : undefined;
}

/** The customer's messages in a prompt: the lines between the two that carry the same code. */
export function messagesIn(user: string): { now: string; before: string[] } {
  const [, , inside = ''] = /<<customer (\w+)>>\n([\s\S]*?)\n<<\/customer \1>>/.exec(user) ?? [];
  const values = (label: string): string[] =>
    inside
      .split('\n')
      .filter((line) => line.startsWith(`${label}: `))
      .map((line) => String(JSON.parse(line.slice(label.length + 2))));
  return { now: values('now').at(-1) ?? '', before: values('before') };
}
