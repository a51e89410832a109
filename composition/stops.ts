/** How to end what was started; what was started last is ended first. */
export type Stops = {
  push(...ends: (() => Promise<unknown> | void)[]): void;
  /** Ends it all, once. What cannot be ended is told and keeps nothing else from its end. */
  run(): Promise<void>;
};

export function createStops(onError: (error: unknown) => void): Stops {
  const ends: (() => Promise<unknown> | void)[] = [];
  return {
    push: (...more) => void ends.push(...more),
    async run() {
      for (const end of ends.splice(0).toReversed())
        try {
          await end();
        } catch (error) {
          onError(error);
        }
    },
  };
}
