/** Numbers from 0 (included) to 1 (excluded); the same seed gives the same numbers on every machine (mulberry32). */
export function createRandom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Puts the first `length` items into random order, in place. */
export function shuffle(items: Int32Array | number[], length: number, random: () => number): void {
  for (let at = length - 1; at > 0; at--) {
    const other = Math.floor(random() * (at + 1));
    const held = items[at]!;
    items[at] = items[other]!;
    items[other] = held;
  }
}
