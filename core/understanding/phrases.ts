import { phrases as list } from './phrase-pattern.ts';

/** A short message that is an instruction to the bot, whatever the dialogue stands at. */
export type Command = 'cancel' | 'person' | 'yes' | 'no' | 'skip' | 'none-of-these' | 'english' | 'chinese' | 'restart';

/** Whole messages, without the politeness that `POLITENESS` takes away first. */
export const COMMANDS: Record<Command, readonly string[]> = {
  cancel: list(`
    算了|不用了|算了 不用了|算了不要了|不要了|先不要了|取消|我要取消|取消好了|當我沒說|先這樣好了|停止|退出|不弄了|不問了
    |cancel|cancel it|cancel this|cancel that|never mind|nevermind|forget it|forget about it|stop|quit|abort|exit
    |no never mind|drop it|leave it|i changed my mind`),
  person: list(`
    找真人|找真人客服|我要找真人|我要找真人客服|我想找真人|想找真人|真人|真人客服|轉真人|轉真人客服|轉接真人|轉接真人客服|轉接客服|轉客服|找客服
    |找客服人員|我要找客服|我要客服|人工|人工客服|轉人工|轉人工客服|轉接人工|找人工|我要人工|我要真人|我要真人客服|我要跟真人說話|我要和真人說話
    |我想跟真人說話|跟真人說話|請真人回覆|叫真人來|叫真人|找專人|轉專人|專人服務|我直接找真人好了|直接找真人|我直接找真人|還是找真人好了|我找真人
    |接真人|接客服|有真人嗎|可以找真人嗎|可以轉真人嗎|幫我轉真人|幫我找真人|幫我轉接真人|我要轉真人|客服人員|我要跟人講話|我要跟人說
    |human|a human|real human|real person|person|a person|a real person|agent|an agent|live agent|live chat|representative
    |operator|customer service|talk to a human|talk to a person|talk to a real person|talk to an agent|talk to someone
    |talk to human|talk to agent|speak to a human|speak to a person|speak to a real person|speak to an agent
    |speak to someone|speak with a human|speak with an agent|speak with someone|speak to a representative
    |talk to a representative|chat with an agent|chat with a human|i want a human|i want a person|i want an agent
    |i want to talk to a human|i want to talk to a person|i want to talk to a real person|i want to talk to someone
    |i want to talk to an agent|i want to speak to a human|i want to speak to a person|i want to speak to someone
    |i want to speak to an agent|i need a human|i need a person|i need an agent|i need a real person
    |i need to talk to someone|i need to speak to someone|let me talk to a human|let me talk to a person
    |let me speak to a human|let me speak to someone|get me a human|get me an agent|get me a person|give me a human
    |connect me to a human|connect me to an agent|connect me with an agent|connect me to a person|transfer me
    |transfer me to an agent|transfer me to a human|can i talk to a human|can i talk to a person|can i talk to someone
    |can i talk to a real person|can i talk to an agent|can i speak to a human|can i speak to a person
    |can i speak to someone|can i speak to an agent|could i talk to someone|could i speak to someone
    |id like to talk to a human|i'd like to talk to a human|i'd like to speak to someone|i'd like to talk to someone
    |i'd like to talk to a person|human agent|human support|support agent|a human being`),
  yes: list(`
    好|好的|好啊|好喔|好哦|好呀|好吧|好喲|對|對的|對啊|對呀|是|是的|是啊|沒錯|正確|確定|確認|確認送出|可以|可以的|送出|送|提交|行|嗯|嗯嗯|要|我要|需要|同意|當然|當然好
    |就這樣|沒問題|ok|okay|k|好 送出|對 送出|好 麻煩了|麻煩了
    |yes|yeah|yep|yup|sure|right|correct|confirm|confirmed|submit|submit it|send|send it|go ahead|of course|absolutely
    |sounds good|that's right|thats right|that's correct|that is correct|yes submit|yes send it|yes that's right|fine
    |alright|all right|yes it is|yes i do|do it|y`),
  no: list(`
    不|不是|不對|不要|不用|不需要|沒有|不行|不可以|不好|否|錯|錯了|不正確|不同意|還沒|先不用|先不要
    |no|nope|nah|no way|not really|wrong|incorrect|that's wrong|thats wrong|that's not right|no it's not|no it isn't
    |not yet|no i don't|don't|n`),
  skip: list(`
    跳過|略過|先跳過|先略過|我想跳過|可以跳過嗎|跳過這題|跳過這個|這題跳過|沒照片|沒有照片|我沒有照片|不想填|不填|不提供|我不想提供|不方便提供|我沒有訂單編號|沒有訂單編號
    |沒有編號|沒有單號|不知道訂單編號|找不到訂單編號
    |skip|skip it|skip this|skip that|pass|i'd rather not say|i'd rather not|rather not say|no photo|i have no photo
    |i don't have a photo|don't have one|i don't have one|i don't have an order number|no order number
    |i have no order number|i don't have it`),
  'none-of-these': list(`
    都不是|都不對|都沒有|以上皆非|以上都不是|這些都不是|都不是這些|沒有我要的|都不是我要的|沒一個是|不是這些|沒有一個對
    |none|none of these|none of those|none of them|none of the above|neither|not these|not any of these|something else
    |neither of these|neither of them|no none of these|other`),
  english: list(`
    英文|說英文|講英文|用英文|請用英文|請說英文|請講英文|可以用英文嗎|可以說英文嗎|可以講英文嗎|我要英文|切換英文|切換成英文|換成英文|改用英文|英語|說英語|用英語|請用英語
    |english|in english|speak english|use english|english version|switch to english|change to english|talk in english
    |can you speak english|do you speak english|can we speak english|can we talk in english|can we use english
    |reply in english|answer in english|english only|i don't speak chinese|i can't read chinese|i don't read chinese`),
  chinese: list(`
    中文|說中文|講中文|用中文|請用中文|請說中文|請講中文|可以用中文嗎|可以說中文嗎|可以講中文嗎|我要中文|切換中文|切換成中文|換成中文|改用中文|繁體中文|正體中文|國語|說國語|華語
    |chinese|in chinese|speak chinese|use chinese|chinese version|switch to chinese|change to chinese|mandarin
    |traditional chinese|can you speak chinese|do you speak chinese|reply in chinese|answer in chinese`),
  restart: list(`
    重新開始|重來|從頭開始|從頭來|重新來過|重新來|回到主選單|主選單|回主選單|選單|回首頁
    |restart|start over|start again|begin again|from the beginning|reset|main menu|menu|back to start|home`),
};

/** Taken from the ends of a message before it is compared with a command. */
export const POLITENESS = {
  before: list(`請問一下|請問|不好意思|麻煩你|麻煩您|麻煩|拜託|請|那|那就|嗯|呃|hi|hello|please|ok|okay|well|um|sorry`),
  after: list(
    `好了|謝謝你|謝謝您|謝謝|感謝|多謝|麻煩了|拜託|了|吧|啦|喔|哦|啊|呀|唷|耶|囉|please|pls|plz|thanks|thank you|thx|now`,
  ),
};

/** Signs of anger. `strong` suffices alone; of the others two must come together. */
export const ANGER = {
  strong: list(`
    搞什麼|搞屁|什麼鬼|太扯|有夠扯|真扯|離譜|超爛|很爛|好爛|太爛|真爛|爛透|爛死|有夠爛|爛公司|爛店|爛服務|火大|氣死|氣炸|很生氣|超生氣|非常生氣|超氣|很氣|受不了|不爽|垃圾
    |騙人|騙錢|騙子|詐騙集團|黑店|消保官|消保會|消基會|消費者保護|要投訴|我要客訴|要客訴|要檢舉|告你們|提告|廢物|白痴|智障|他媽的|幹你|靠北|王八蛋|混蛋|有病|鬼扯
    |太誇張|有夠誇張|超誇張|惡劣|差勁|太差了|很差|超差|差到|忍無可忍|欺人太甚|當我白痴|耍我|裝死|莫名其妙|不負責任|沒人負責|敷衍|再也不買|再也不會|不會再買|爆氣|崩潰|無言
    |把人當|浪費我的時間|浪費時間|態度很|態度差|態度有夠|太過分|很過分|過分了|非常失望|很失望|太失望|一拖再拖|有夠笨|笨死|廣告不實|浪費我|不聞不問|已讀不回|說話不算話|沒人理|有完沒完|拖這麼久|拖那麼久|有在管嗎|到底有沒有在
        |ridiculous|unacceptable|terrible|awful|horrible|worst|scammers|rip off|rip-off|ripoff|useless|pathetic|disgusting|disgusted
    |disgraceful|furious|fed up|sick of|sick and tired|wtf|what the hell|what the heck|what is wrong with you|bullshit
    |incompetent|is a joke|outrageous|had enough|never again|never buying|never order from|lawyer|sue you|report you
    |pissed|garbage|appalling|shame on you|shambles|livid|crap|fuck|fucking|shit|damn|idiots|stupid|liars|lied to me
    |losing my patience|lost my patience|running out of patience|out of patience|lose my patience|waste of time|wasting my time|wasted my time|a disgrace|extremely disappointed
    |very disappointed|what on earth|false advertising|do you even care|one star review|wasted my|wasting my
    |you people|this mess|keep stalling|you lied|ignore me|ignoring me|really angry|so angry|very angry|i am angry|i'm angry|very upset|really upset`),
  weak: list(`
    到底|還沒|都沒|沒人回|講了三次|講了幾次|說了幾次|問了幾次|沒有人|太慢|很慢|有夠慢|失望|生氣|不滿|抱怨|第幾次|第二次|第三次|好幾次|又來了|又壞|又錯|還要等|一直|沒解決|從來沒|根本|怎麼會這樣|爛|扯|誇張
    |煩死|很煩|不能接受|無法接受|給我一個交代|給個交代|交代|什麼態度|什麼東西|有沒有搞錯|搞錯|開玩笑|客訴|投訴|檢舉|差評|負評|一星|馬上|立刻|氣|騙|傻眼|三小|很差
    |still|scam|nobody|no one|no reply|no response|ignored|ignoring|disappointed|disappointing|disappointment|frustrated|frustrating|angry|upset
    |annoyed|annoying|unhappy|not happy|how many times|third time|second time|times now|again|seriously|come on|come back to me|immediately
    |right now|for days|for weeks|for a week|complaint|did nothing|never keep|promised|complain|bad|poor|rude|slow|late|joke|lost|lie|lying|refuse|refused|demand|excuse|excuses|keep telling|keeps|unbelievable|fix this`),
};
