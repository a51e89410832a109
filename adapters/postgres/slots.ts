/** The values that a dialogue has collected, by the names of its slots, as its state holds them; none before its first turn. */
export const slotsOf = (state: unknown): Readonly<Record<string, string>> =>
  (state as { slots?: Readonly<Record<string, string>> } | null | undefined)?.slots ?? {};
