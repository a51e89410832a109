import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import type { Random } from './random.ts';

/** What an agent did: every take-over that was confirmed, and every message that was. */
export type AgentLedger = {
  takeOvers: number;
  returned: number;
  conflicts: number;
  said: { sessionId: string; id: string }[];
};

/** A person at the desk who takes conversations over and hands them back. */
export type Agent = {
  ledger: AgentLedger;
  /** Takes nothing over any more; resolves when everything was handed back. */
  rest(): Promise<void>;
  /** Goes home, whatever is left. */
  leave(): void;
};

const PATIENCE_MS = 3_000;
const Token = z.object({ access_token: z.string() });
const Held = z.object({
  handoff: z.object({ id: z.uuid(), status: z.string(), agent: z.object({ name: z.string() }).nullable() }).nullable(),
});
const Moved = z.object({ id: z.uuid() });

/** Signs in and works until told to rest. Every call is repeated until it is answered, whatever dies meanwhile. */
export function startAgent(options: {
  email: string;
  password: string;
  name: string;
  random: Random;
  address: (failed: string | undefined) => string;
  /** Conversations to choose from. */
  conversations: () => readonly string[];
  /** How many conversations at once. */
  hands: number;
  /** Pause of one hand between two take-overs, on average. */
  paceMs: number;
}): Agent {
  const { name, random } = options;
  const ledger: AgentLedger = { takeOvers: 0, returned: 0, conflicts: 0, said: [] };
  let token: string | undefined;
  const rest = new AbortController();
  const home = new AbortController();
  let address = options.address(undefined);

  async function ask(method: string, path: string, body?: object): Promise<{ status: number; body: unknown }> {
    for (;;) {
      home.signal.throwIfAborted();
      try {
        if (token === undefined && path !== '/auth/login') await signIn();
        const response = await fetch(address + path, {
          method,
          headers: {
            ...(body ? { 'content-type': 'application/json' } : {}),
            ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          },
          ...(body ? { body: JSON.stringify(body) } : {}),
          signal: AbortSignal.timeout(PATIENCE_MS),
        });
        const answer: unknown = await response.json();
        if (response.status === 401 && path !== '/auth/login') token = undefined;
        else if (response.status < 500 && response.status !== 429) return { status: response.status, body: answer };
      } catch {
        // It is down, or went down while it answered.
      }
      address = options.address(address);
      await pause(random.between(20, 200));
    }
  }

  async function signIn(): Promise<void> {
    const { status, body } = await ask('POST', '/auth/login', { email: options.email, password: options.password });
    if (status !== 200) throw new Error(`${options.email} cannot sign in: ${JSON.stringify(body)}`);
    token = Token.parse(body).access_token;
  }

  /** The handoff by which this agent holds the conversation; none when somebody else does, or nobody. */
  async function held(sessionId: string): Promise<string | undefined> {
    const { status, body } = await ask('GET', `/chat/sessions/${sessionId}`);
    if (status !== 200) return undefined;
    const { handoff } = Held.parse(body);
    return handoff?.status === 'claimed' && handoff.agent?.name === name ? handoff.id : undefined;
  }

  async function serve(sessionId: string): Promise<void> {
    const taken = await ask('POST', `/chat/sessions/${sessionId}/take-over`);
    // A conflict may be the answer to our own first attempt, whose answer was lost.
    const handoff = taken.status === 200 ? Moved.parse(taken.body).id : await held(sessionId);
    if (!handoff) {
      ledger.conflicts++;
      return;
    }
    ledger.takeOvers++;
    await pause(random.between(100, 1_200));
    for (let words = Math.floor(random.between(0, 3)); words > 0; words--) {
      const id = `${name}-${String(ledger.said.length + 1).padStart(6, '0')}`;
      const said = await ask('POST', `/chat/sessions/${sessionId}/messages`, {
        text: `Message ${id}`,
        clientMessageId: id,
      });
      if (said.status < 300) ledger.said.push({ sessionId, id });
      await pause(random.between(20, 300));
    }
    const back = await ask('POST', `/handoffs/${handoff}/return`);
    if (back.status === 200 || (back.status === 409 && !(await held(sessionId)))) ledger.returned++;
  }

  /** One hand leaves the conversations of the others alone; another agent's are anybody's. */
  async function work(hand: number): Promise<void> {
    while (!rest.signal.aborted) {
      const mine = options.conversations().filter((_, index) => index % options.hands === hand);
      if (mine.length > 0) await serve(random.pick(mine));
      await pause(random.wait(options.paceMs));
    }
  }

  const working = Promise.all(
    Array.from({ length: options.hands }, (_, hand) =>
      work(hand).catch((error: unknown) => {
        if (!home.signal.aborted) throw error;
      }),
    ),
  );
  return {
    ledger,
    async rest() {
      rest.abort();
      await working;
    },
    leave() {
      rest.abort();
      home.abort();
    },
  };
}
