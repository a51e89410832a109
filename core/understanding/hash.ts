/** One step of a 32-bit hash over UTF-16 units (the multiplication and rotation of FxHash). */
export const hashStep = (hash: number, code: number): number =>
  Math.imul(((hash << 5) | (hash >>> 27)) ^ code, 0x9e3779b1);

/** Ends a hash: makes its lowest bits depend on every step (the last lines of MurmurHash3). */
export function hashEnd(hash: number): number {
  let mixed = hash ^ (hash >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}

/** The 32-bit hash of a text; texts hashed with different seeds never mean the same. */
export function hashText(seed: number, text: string): number {
  let hash = seed;
  for (let at = 0; at < text.length; at++) hash = hashStep(hash, text.charCodeAt(at));
  return hashEnd(hash);
}

/** Calls `use` with the hash of every substring of `shortest` to `longest` units; each start is read once for all lengths. */
export function hashPieces(
  seed: number,
  text: string,
  [shortest, longest]: readonly [number, number],
  use: (hash: number) => void,
): void {
  for (let start = 0; start < text.length; start++) {
    let hash = seed;
    const end = Math.min(text.length, start + longest);
    for (let at = start; at < end; at++) {
      hash = hashStep(hash, text.charCodeAt(at));
      if (at - start + 1 >= shortest) use(hashEnd(hash));
    }
  }
}
