import type { FieldError } from '#core/errors.ts';
import type { IntentRequest } from './intents.schema.ts';
import { comparisonKey } from './text.ts';

/** Where something was said first. */
type Said = { path: string; by: string; locale?: string };

/**
 * What is wrong with intents that are right each by themselves: a name, a title or an example that stands twice, within
 * one or across several. Paths begin with the place in the list; messages name the other one. Texts are the same when
 * they differ only in case, width, script and punctuation: a classifier sees no difference either.
 */
export function checkIntents(intents: readonly IntentRequest[]): FieldError[] {
  const errors: FieldError[] = [];
  const names = new Map<string, Said>();
  const titles = new Map<string, Said>();
  const examples = new Map<string, Said>();

  function once(seen: Map<string, Said>, key: string, said: Said, complain: (first: Said) => string | null): void {
    const first = seen.get(key);
    if (!first) return void seen.set(key, said);
    const message = complain(first);
    if (message !== null) errors.push({ path: said.path, message });
  }

  for (const [at, { name, title, examples: byLocale, slots }] of intents.entries()) {
    once(
      names,
      name,
      { path: `${at}.name`, by: name },
      ({ path }) => `This name is taken (${path}): choose another one.`,
    );
    for (const [locale, words] of Object.entries(title)) {
      once(titles, comparisonKey(words), { path: `${at}.title.${locale}`, by: name }, ({ by }) =>
        // One title for both languages (“LINE Pay”) is fine.
        by === name ? null : `“${words}” is the title of ${by} already: who types it could mean either.`,
      );
    }
    for (const [locale, texts] of Object.entries(byLocale)) {
      for (const [index, text] of texts.entries()) {
        const path = `${at}.examples.${locale}.${index}`;
        const key = comparisonKey(text);
        if (key === '') errors.push({ path, message: 'There is no word in it: leave it out.' });
        // The same words may be said in both languages (“LINE Pay”).
        else
          once(examples, key, { path, by: name, locale }, (first) => {
            if (first.by !== name)
              return `“${text}” is an example of ${first.by} already (${first.path}): keep it where it belongs.`;
            return first.locale === locale ? `“${text}” stands here already (${first.path}): leave it out.` : null;
          });
      }
    }
    for (const [index, slot] of slots.entries())
      if (slots.indexOf(slot) !== index)
        errors.push({ path: `${at}.slots.${index}`, message: `${slot} stands here already: leave it out.` });
  }
  return errors;
}
