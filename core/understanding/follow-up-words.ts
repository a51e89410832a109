import { phrases } from './phrase-pattern.ts';

/** What a question asks for: a quantity, a time, a way. With one of these and no subject it leans on the last question. */
export const ASPECTS = phrases(`
  要多少錢|多少錢|多少|要錢|怎麼算|如何算|怎麼計算|幾天|幾日|幾個工作天|多久|多長時間|什麼時候|何時|哪一天|哪天|幾點|在哪裡|哪裡|在哪|哪邊|怎麼弄|怎麼辦|怎麼用|怎麼做|怎麼樣|怎麼|如何
  |為什麼|誰付|誰|會到|才到|能到|可以到|幾天到|多久到|到貨|收得到|收到|拿到|送到|送達|要等|貴嗎|很貴|便宜|免費|一樣|有效|期限
  |how much|how long|how many days|how many|how soon|how fast|how often|how|when|where|why|who|which|cost|costs|take|takes
  |arrive|arrives|arrival|come|comes|days|day|weeks|week|long|much|many|soon|expensive|cheap|cheaper|free|same|time|reach`);

/** Sides of something else. Asked right after a place, they mean that place; else they are subjects of their own. */
export const ATTRIBUTES = phrases(`
  運費|郵資|費用|免運|關稅|稅金|手續費|價錢|價格|運送時間|配送時間|天數|到貨時間
  |shipping fee|shipping cost|delivery fee|delivery cost|delivery time|shipping time|shipping|delivery|postage|fee|fees
  |customs|duties|duty|tax|taxes|price`);

/** Chinese words without a subject of their own; `FALSE_PARTICLES` only look as if they held one. */
export const PARTICLES = phrases(`
  請問一下|請問|那麼|那|如果|的話|是不是|可不可以|能不能|會不會|要不要|有沒有|可以|能|會|要|是|有|嗎|呢|啊|呀|吧|喔|哦|了|的|我們|我|你們|你|您|這個|那個|這樣|那樣|它|這|大概
  |大約|一般|通常|需要|才|就|都|還|也|再|一下|想問|想知道|問一下|請|換成|改成|還有|另外|以及|或是|或`);
export const FALSE_PARTICLES = phrases('會員|功能|申請|有機|目的|有效|能量|要件|還款|歸還|就業');

/** The sender's own plan: what follows is a new subject, even after `那`. */
export const PLANS = phrases('我要|我想|想要|幫我|我需要|我的|i want|i need|i would like|help me|can i|could i|i have');

/** Ties to the question before. */
export const LINKS = phrases(`
  那麼如果|那如果|如果是|如果|換成|改成|那麼|那|還有|另外|以及|至於
  |and what about|and how about|what about|how about|and if|what if|and for|and to|and in|and|or|but|also`);

/** Places, so that a newer one takes the place of an older one. */
export const PLACES = phrases(`
  國外|海外|境外|外國|國內|本島|外島|離島|澎湖|金門|馬祖|綠島|蘭嶼|小琉球|台灣|臺灣|台北|臺北|新北|桃園|新竹|台中|臺中|台南|臺南|高雄|花蓮|台東|臺東|宜蘭|基隆|嘉義|苗栗|彰化|南投|雲林|屏東
  |日本|東京|大阪|京都|北海道|沖繩|那霸|石垣島|福岡|韓國|首爾|釜山|香港|澳門|港澳|新加坡|馬來西亞|東馬|大馬|吉隆坡|檳城|泰國|曼谷|越南|印尼|菲律賓|印度|中國|大陸|上海|北京|深圳|廣州
  |美國|加州|紐約|夏威夷|加拿大|溫哥華|多倫多|英國|倫敦|法國|巴黎|德國|荷蘭|義大利|西班牙|歐洲|澳洲|雪梨|墨爾本|紐西蘭|亞洲|美洲|非洲
  |abroad|overseas|outside taiwan|internationally|international|main island|outlying islands|offshore islands|outer islands|islands|penghu
  |kinmen|matsu|green island|orchid island|taiwan|taipei|taichung|tainan|kaohsiung|hualien|taitung|japan|tokyo|osaka|kyoto
  |hokkaido|okinawa|naha|korea|south korea|seoul|hong kong|hk|macau|macao|singapore|malaysia|kuala lumpur|penang|thailand
  |bangkok|vietnam|indonesia|philippines|india|china|shanghai|beijing|the us|the usa|usa|united states|america
  |california|new york|hawaii|canada|vancouver|toronto|the uk|uk|united kingdom|england|london|france|paris|germany
  |netherlands|italy|spain|europe|australia|sydney|melbourne|new zealand|asia`);

/** Words that a place comes with in a fragment. */
export const SENDING = phrases('寄到|寄去|寄往|寄給|寄|送到|送去|送|到|運到|ship|send|deliver|to|for|in|the');
