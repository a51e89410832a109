/** Longer texts are read anew each time: what is remembered must stay small. */
const LONGEST = 300;

/**
 * `make`, remembering what it made of the last texts, at least `most` of them and at most twice as many. A turn reads the
 * same text for its language, its mood, its command, its meaning and its answer.
 */
export function recalling<T>(make: (text: string) => T, most: number): (text: string) => T {
  // Two generations instead of an order of use: nothing has to be moved when a text is found.
  let young = new Map<string, T>();
  let old = young;

  function keep(text: string, made: T): T {
    if (young.size >= most) {
      old = young;
      young = new Map();
    }
    young.set(text, made);
    return made;
  }

  return (text) => {
    if (text.length > LONGEST) return make(text);
    const known = young.get(text);
    if (known !== undefined) return known;
    return keep(text, old.get(text) ?? make(text));
  };
}
