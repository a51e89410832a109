import type { Pool } from 'pg';

/** Numbers for new tickets, `T-1201` on; each is given out once, gaps are fine. */
export type TicketNumbers = {
  /** One from memory, at once; undefined when none is left: then `refill` first. */
  next(): string | undefined;
  /** Fetches numbers when few are left. */
  refill(): Promise<void>;
  /** One, fetched if need be. */
  take(): Promise<string>;
};

/** How many are reserved at once. */
const BLOCK = 20;

/** Numbers of this process, reserved by the block, so that a flow can name a ticket before it is written. */
export function createTicketNumbers(pool: Pool): TicketNumbers {
  const reserved: string[] = [];
  let fetching: Promise<void> | undefined;

  async function fetch(): Promise<void> {
    const found = await pool.query<{ number: string }>(
      `select nextval('ticket_numbers') as number from generate_series(1, $1)`,
      [BLOCK],
    );
    reserved.push(...found.rows.map((row) => `T-${row.number}`));
  }
  const refill = async (): Promise<void> => {
    if (reserved.length > BLOCK / 2) return;
    await (fetching ??= fetch().finally(() => {
      fetching = undefined;
    }));
  };

  return {
    next: () => reserved.shift(),
    refill,
    async take() {
      // Others may be waiting for the same block: whoever comes too late fetches the next one.
      for (;;) {
        const number = reserved.shift();
        if (number !== undefined) return number;
        await refill();
      }
    },
  };
}
