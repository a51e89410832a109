import { comparisonKey } from '#core/understanding/text.ts';
import type { Offer } from './dialogue-state.ts';

/** More than its label may stand around a typed button, in UTF-16 units of the comparison key. */
const SLACK = 4;

const keysOf = (offer: Offer): string[] =>
  Object.values(offer.labels)
    .map(comparisonKey)
    .filter((key) => key !== '');

/**
 * The offer that a typed text means: its label in any language, its number in the list (`2`, `２`, `2.`, `第 2 個`, `five
 * stars` is not one), or a short sentence that holds the label of one alone (`送出吧`). Null: none, or it could be two.
 */
export function offerTyped(text: string, offers: readonly Offer[]): Offer | null {
  if (offers.length === 0 || text.length > 100) return null;
  const key = comparisonKey(text);
  if (key === '') return starsTyped(text, offers);
  const exact = offers.findLast((offer) => keysOf(offer).includes(key));
  if (exact) return exact;
  const number = /^(?:第)?(\d{1,2})(?:个|项|分|颗星|星)?$/.exec(key)?.[1];
  if (number !== undefined) return offers[Number(number) - 1] ?? null;
  const within = offers.filter((offer) =>
    keysOf(offer).some((label) => label.length > 1 && key.length <= label.length + SLACK && holds(key, label)),
  );
  return within.length === 1 ? within[0]! : null;
}

/** `退貨` is no `不退貨`: a negation before the label turns it around. */
function holds(key: string, label: string): boolean {
  const at = key.indexOf(label);
  return at >= 0 && !/(?:不|没|别|not |don't |no )$/.test(key.slice(0, at));
}

/** Rating stars have no letters to compare. */
const starsTyped = (text: string, offers: readonly Offer[]): Offer | null =>
  offers.find(({ labels }) => Object.values(labels).includes(text.trim())) ?? null;

/** Whether a text reads as a question rather than as an answer. */
export function looksLikeQuestion(text: string): boolean {
  return (
    /[?？]\s*$|[嗎呢]\s*[。.~～]*$|怎麼|怎样|怎樣|如何|哪[裡里個个些]|多少|什麼時候|什么时候|為什麼|为什么|可不可以|能不能|有沒有|幾[天點個]/.test(
      text,
    ) || /^\s*(?:how|where|what|when|which|who|why|can|could|do|does|is|are|will|would)\b/i.test(text)
  );
}
