import type { IntentChoice } from './intent-model.ts';

/** Where a model's choices are kept. A promise means that it must be waited for; one that rejects is a miss. */
export type ChoiceCache = {
  get: (key: string) => IntentChoice | undefined | Promise<IntentChoice | undefined>;
  set: (key: string, choice: IntentChoice) => void;
};

/** A cache in the process that forgets what was not asked for longest; `most` entries of some hundred bytes. */
export function createChoiceCache(most = 5_000): ChoiceCache {
  const kept = new Map<string, IntentChoice>();
  return {
    get(key) {
      const choice = kept.get(key);
      if (!choice) return undefined;
      kept.delete(key);
      kept.set(key, choice);
      return choice;
    },
    set(key, choice) {
      kept.delete(key);
      kept.set(key, choice);
      if (kept.size > most) kept.delete(kept.keys().next().value!);
    },
  };
}
