import { isFunctionWord } from '#core/understanding/function-words.ts';
import { recalling } from '#core/understanding/recalling.ts';
import { clean, comparisonKey, hasHan, runs, wordsOf } from '#core/understanding/text.ts';
import type { Locale } from '#core/conversation/content.schema.ts';
import type { Offer } from './dialogue-state.ts';

/** More than its label may stand around a typed button, in UTF-16 units of the comparison key. */
const SLACK = 4;

/** Labels are titles of the knowledge base and words of flows: there are few, and they come back in every conversation. */
const LABELS = 1_000;
const keyOf = recalling(comparisonKey, LABELS);

function hasLabel({ labels }: Offer, test: (key: string) => boolean): boolean {
  for (const locale in labels) {
    const key = keyOf(labels[locale]!);
    if (key !== '' && test(key)) return true;
  }
  return false;
}

/**
 * The offer that a typed text means: its label in any language, its number in the last list (`2`, `２`, `第 2 個`), or a
 * short sentence that holds the label of one alone (`送出吧`). Null: none, or it could be two.
 */
export function offerTyped(text: string, offers: readonly Offer[]): Offer | null {
  if (offers.length === 0 || text.length > 100) return null;
  const key = comparisonKey(text);
  if (key === '') return starsTyped(text, offers);
  const exact = offers.findLast((offer) => hasLabel(offer, (label) => label === key));
  if (exact) return exact;
  const number = /^(?:第)?(\d{1,2})(?:个|项|分|颗星|星)?$/.exec(key)?.[1];
  if (number !== undefined) {
    const last = offers.filter(({ of }) => of === offers.at(-1)?.of);
    return last[Number(number) - 1] ?? null;
  }
  const within = offers.filter((offer) =>
    hasLabel(offer, (label) => label.length > 1 && key.length <= label.length + SLACK && holds(key, label)),
  );
  return within.length === 1 ? within[0]! : null;
}

/** `退貨` is no `不退貨`: a negation before the label turns it around. */
function holds(key: string, label: string): boolean {
  const at = key.indexOf(label);
  return at >= 0 && !/(?:(?:不|没|别)(?:要|想|用)?|not |don't |no )$/.test(key.slice(0, at));
}

/** Rating stars have no letters to compare. */
const starsTyped = (text: string, offers: readonly Offer[]): Offer | null =>
  offers.find(({ labels }) => Object.values(labels).includes(text.trim())) ?? null;

const VAGUE_CHINESE =
  /我們|我|你們|你|您|他|它|那個|這個|那件|這件|那樣|這樣|那|這|上次|剛才|怎麼辦|怎麼弄|怎麼|怎樣|如何|可以|能|會|要|想|請問|請|問題|問|東西|事情|事|幫忙|幫|一下|處理|知道|到底|還是|就是|什麼|有沒有|有|沒|不|是|的|了|嗎|呢|啊|吧|喔|哦|欸|嗯|耶|呀|好/g;
const VAGUE_ENGLISH = new Set(
  'thing things stuff one ones problem issue question help something anything happened happen next thats whats hello hm hmm um uh'.split(
    ' ',
  ),
);

/** Whether a text says nothing of what it is about (`我那個怎麼辦`, `what about my thing`). */
export function isVague(text: string): boolean {
  const plain = clean(text).toLowerCase();
  if (plain.length > 40) return false;
  const rest = runs(plain).filter((run) =>
    run.han
      ? run.text.replace(VAGUE_CHINESE, '') !== ''
      : !wordsOf(run.text).every((word) => isFunctionWord(word) || VAGUE_ENGLISH.has(word)),
  );
  return rest.length === 0 && /[\p{L}]/u.test(plain);
}

/** Whether a text is a single word, which names a subject and asks nothing. */
export function isOneWord(text: string): boolean {
  const parts = runs(clean(text));
  return parts.length === 1 && (!parts[0]!.han || parts[0]!.text.length <= 2);
}

/** Three words of English in a row are more than a name or a brand. */
const ENGLISH_PART = /[A-Za-z][A-Za-z']*(?:[\s,]+[A-Za-z][A-Za-z']*){2,}/g;

/** Of a message in two languages the part in `locale`, which is how the knowledge base can be asked; else the whole message. */
export function partIn(locale: Locale, text: string): string {
  if (!hasHan(text)) return text;
  const part = locale === 'en' ? text.replace(/\p{Script=Han}+/gu, ' ') : text.replace(ENGLISH_PART, ' ');
  return /\p{L}{2}/u.test(part) ? part.replace(/\s+/g, ' ').trim() : text;
}

/** Whether a text reads as a question rather than as an answer. */
export function looksLikeQuestion(text: string): boolean {
  return (
    /[?？]\s*$|[嗎呢]\s*[。.~～]*$|怎麼|怎样|怎樣|如何|哪[裡里個个些]|多少|什麼時候|什么时候|為什麼|为什么|可不可以|能不能|有沒有|幾[天點個]/.test(
      text,
    ) || /^\s*(?:how|where|what|when|which|who|why|can|could|do|does|is|are|will|would)\b/i.test(text)
  );
}
