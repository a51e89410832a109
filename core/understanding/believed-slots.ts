import { extractSlots } from './signals.ts';
import { comparisonKey } from './text.ts';
import type { Slots } from './understood.ts';

/** The values that code finds by itself, and finds better. */
export const FOUND_BY_CODE: readonly string[] = ['order', 'email', 'phone', 'ticket'];

const LONGEST_VALUE = 200;

/**
 * What is believed of the values a model named: those that were wanted, stand in the text word for word but for case,
 * width and punctuation, and are not found by code. A model that makes a value up changes nothing.
 */
export function believedSlots(text: string, named: Slots, wanted: readonly string[]): Slots {
  const key = comparisonKey(text);
  const believed: Record<string, string> = {};
  for (const name of wanted) {
    const value = Object.hasOwn(named, name) ? named[name]!.trim() : '';
    const valueKey = comparisonKey(value);
    if (valueKey !== '' && value.length <= LONGEST_VALUE && key.includes(valueKey)) believed[name] = value;
  }
  return { ...believed, ...extractSlots(text) };
}
