import { matches, type Span } from './span.ts';

const N = '[\\d一二兩三四五六七八九十百零〇]{1,5}';
// From the road's last character to the number of the house and the floor: 路五段7號12樓之3.
const ZH_TAIL = new RegExp(
  `(?:(?:路|街|大道) ?(?:${N} ?段 ?)?|[里村] ?(?:${N} ?鄰 ?)?|[鄉鎮區][\u4e00-\u9fff]{2,8}?)(?:${N} ?巷 ?)?(?:${N} ?弄 ?)?` +
    `${N}(?: ?[-之] ?${N})? ?[號号](?! ?(?:出口|公車|線|月台|桌|餐))(?: ?[-之] ?${N})?` +
    `(?:[, ]{0,2}(?:地下)?(?:${N} ?[樓楼Ff](?: ?[-之] ?${N})?|B\\d))?(?:[, ]{0,2}[A-Z\\d]{1,4} ?室)?`,
  'g',
);
const CITY =
  /(?:\d{3}(?:\d{2,3})? ?)?(?:[台臺]灣 ?)?(?:[台臺][北中南東]|新北|桃園|高雄|基隆|新竹|嘉義|苗栗|彰化|南投|雲林|屏東|宜蘭|花蓮|澎湖|金門|連江)[縣市]?/;
const DISTRICT = /[\u4e00-\u9fff]{2}[區鄉鎮市][, ]{0,2}[\u4e00-\u9fff]{0,6}$/;
// What comes before a road's name in a sentence, never in the name.
const NOT_IN_A_NAME = /[在到住是於往寄送至址的我家給和跟叫為]/;
const LONGEST_HEAD = 28;

/** Taiwanese addresses, from the city, or else the district or the road, to the number of the house, floor and room. */
export const addressesZh = (text: string): Span[] =>
  matches(ZH_TAIL, text, (match) => ({
    start: match.index - headLength(text.slice(Math.max(0, match.index - LONGEST_HEAD), match.index)),
    end: match.index + match[0].length,
  }));

/** How many of the characters before a road's last one belong to the address. */
function headLength(before: string): number {
  const clause = before.slice(lastBreak(before) + 1);
  const city = CITY.exec(clause);
  if (city) return clause.length - city.index;
  const district = DISTRICT.exec(clause);
  if (district) return clause.length - district.index;
  let length = 0;
  for (let at = clause.length - 1; at >= 0 && length < 4; at--, length++)
    if (!/[\u4e00-\u9fff]/.test(clause[at]!) || NOT_IN_A_NAME.test(clause[at]!)) break;
  return length;
}

/** Where the clause before began; a comma behind a city or a district does not end it. */
function lastBreak(text: string): number {
  for (let at = text.length - 1; at >= 0; at--) {
    if ('。!?;:、\n\0'.includes(text[at]!)) return at;
    if (text[at] === ',' && !'縣市區鄉鎮'.includes(text[at - 1] ?? ' ')) return at;
  }
  return -1;
}

const ROAD =
  'street|st|road|rd|avenue|ave|boulevard|blvd|lane|ln|drive|dr|court|ct|place|pl|square|sq|terrace|crescent|highway|hwy|parkway|pkwy|way';
/** Words that are also other words: they count as a road only when written as a name. */
const AMBIGUOUS_ROAD = /^(?:st|lane|ln|drive|dr|court|ct|place|pl|square|sq|way)$/;
const HAS_ROAD = new RegExp(`\\b(?:${ROAD}|box)\\b`, 'i');
const EN_FRONT = new RegExp(
  '(?<![\\w.$-])(?:(?:flat|apt|apartment|unit|suite|room|rm)\\.? ?#?\\w{1,5},? )?(?:\\d{1,3}F(?:-\\d{1,3})?\\.?,? ?)?' +
    '(?:No\\.? ?)?\\d{1,5}[a-z]?(?:-\\d{1,4})?,? ?(?:(?:aly|alley|ln|lane)\\.? ?\\d{1,4},? ?){0,2}(?:sec(?:tion)?\\.? ?\\d,? ?)?' +
    `(?<= )((?:[a-z][\\w'.-]{0,20} ){1,4}?)(${ROAD})\\b\\.?(?:,? ?sec(?:tion)?\\.? ?\\d)?`,
  'gi',
);
// City, district, state, postal code: only what is written with a capital.
const EN_TAIL =
  /(?: (?:[NS][EW]?|[EW])\b\.?)?(?:,? ?(?:[Aa]pt|[Aa]partment|[Ss]uite|[Uu]nit|[Ff]loor|[Ff]l|[Rr]oom|[Rr]m|#)\.? ?#?\w{1,6})?(?:, ?[A-Z][a-z'-]+(?: [A-Z][a-z'-]+){0,2}(?:\.(?=,))?){0,3}(?:,? [A-Z]{2}\b)?(?:,? (?:\d{5}(?:-\d{4})?|\d{3}|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}))?(?!\d)/y;
// In 1886, Robert Lane …
const YEAR = /^(?:1[5-9]|20)\d\d,/;
const NOT_IN_A_ROAD =
  /\b(?:the|a|an|of|on|in|down|my|your|our|and|for|to|from|by|this|that|is|are|was|at|or|with|it|i|you|we|days?|items?|pieces?|pcs|minutes?|hours?|years?|times?|more|ways?)\b/i;
const PO_BOX = /\bP\.? ?O\.? ?Box ?\d{1,6}/gi;

/** English addresses: `221B Baker Street, London NW1 6XE`, `5F, No. 7, Sec. 5, Xinyi Rd., Taipei City 110`, `P.O. Box 12`. */
export function addressesEn(text: string): Span[] {
  if (!HAS_ROAD.test(text)) return [];
  const streets = matches(EN_FRONT, text, (match) => {
    const [name, road] = [match[1]!, match[2]!];
    if (NOT_IN_A_ROAD.test(name) || AMBIGUOUS_ROAD.test(road) || YEAR.test(match[0])) return false;
    EN_TAIL.lastIndex = match.index + match[0].length;
    EN_TAIL.test(text);
    return { start: match.index, end: Math.max(EN_TAIL.lastIndex, match.index + match[0].length) };
  });
  return [...streets, ...matches(PO_BOX, text, () => true)];
}
