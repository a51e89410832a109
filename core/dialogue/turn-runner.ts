import type { Conversation } from '#core/conversation/conversation.ts';
import type { Live } from '#core/conversation/live.ts';
import type { Claim, ConversationStore, Waiting } from '#core/conversation/store.ts';
import { DialogueState } from './dialogue-state.ts';
import { factsOf, toOutcome } from './turn-outcome.ts';
import type { Dialogue, DialogueEvent, Lookups } from './turn.ts';

/** A claim lives longer than any turn, so that only a dead worker loses one. */
const LEASE_MS = 15_000;
/** What a turn has not looked up by then it goes on without: ten messages may each want a second of the model's. */
const THINK_MS = 9_000;
/** A message that breaks its turn so often is put aside, and a person is called. */
const MOST_ATTEMPTS = 5;

export type TurnRunner = {
  /** Runs the turns that wait in this conversation. Resolves when none is left, or another worker has it. Never rejects. */
  run(id: string): Promise<void>;
  /** Resolves when no turn is under way. */
  idle(): Promise<void>;
};

/** The full road's turns: claim, think outside any transaction, commit once. */
export function createTurnRunner(tools: {
  store: ConversationStore;
  dialogue: Dialogue;
  lookupsFor: (conversation: Conversation, signal: AbortSignal) => Lookups;
  live: Live;
  /** Brings what was said to its platform; the web needs none. */
  deliver: (id: string) => void;
  /** This worker, as leases name it. */
  worker: string;
  now: () => Date;
  onError: (error: unknown, about: { conversation: string; attempts: number }) => void;
  thinkMs?: number;
}): TurnRunner {
  const { store, dialogue, live, now, thinkMs = THINK_MS } = tools;
  /** Conversations under way here; true: something new came meanwhile. */
  const running = new Map<string, boolean>();
  const aborts = new Map<string, AbortController>();
  const resting: (() => void)[] = [];

  // A person took it over or ended it: what the bot still works on would be refused, so it stops working on it.
  live.subscribe((event) => {
    if (event.type === 'owner' && event.state !== 'bot') aborts.get(event.sessionId)?.abort();
  });

  async function turn(claim: Claim): Promise<'again' | 'done'> {
    const { conversation, waiting } = claim;
    const events = waiting.map(toEvent);
    if (alarmIsDue(conversation, now())) events.push({ kind: 'alarm' });
    if (!events.length) {
      // The clock rang early, or somebody woke us for nothing.
      await store.release(claim, nextAlarm(conversation));
      return 'done';
    }
    const abort = new AbortController();
    const late = setTimeout(() => abort.abort(), thinkMs);
    aborts.set(conversation.id, abort);
    if (waiting.length) live.publish({ type: 'typing', sessionId: conversation.id, author: 'bot' });
    try {
      const outcome = await dialogue.run(
        { state: stateOf(conversation), facts: factsOf(conversation), events, now: now() },
        tools.lookupsFor(conversation, abort.signal),
      );
      for (const fault of outcome.faults)
        tools.onError(new Error(fault), { conversation: conversation.id, attempts: 0 });
      const written = await store.commitTurn(claim, toOutcome(outcome));
      if (written.kind === 'moved') return 'done';
      if (conversation.channel !== 'web') tools.deliver(conversation.id);
      live.publish({
        type: 'changes',
        sessionId: conversation.id,
        head: written.conversation.seq,
        changes: written.changes,
      });
      return written.conversation.pending > 0 ? 'again' : 'done';
    } finally {
      clearTimeout(late);
      aborts.delete(conversation.id);
    }
  }

  async function runOnce(id: string): Promise<'again' | 'done'> {
    const claim = await store.claim(id, tools.worker, LEASE_MS);
    if (!claim) return 'done';
    try {
      return await turn(claim);
    } catch (error) {
      const attempts = Math.max(0, ...claim.waiting.map((row) => row.attempts)) + 1;
      tools.onError(error, { conversation: id, attempts });
      const failed = await store.failTurn(claim, MOST_ATTEMPTS);
      if (failed.changes.length)
        live.publish({ type: 'changes', sessionId: id, head: failed.changes.at(-1)!.seq, changes: failed.changes });
      return 'done';
    }
  }

  async function runAll(id: string): Promise<void> {
    try {
      for (;;) {
        running.set(id, false);
        const next = await runOnce(id);
        if (next === 'done' && !running.get(id)) return;
      }
    } catch (error) {
      // The database is away: the sweep comes back to it.
      tools.onError(error, { conversation: id, attempts: 0 });
    } finally {
      running.delete(id);
      if (!running.size) for (const rest of resting.splice(0)) rest();
    }
  }

  return {
    async run(id) {
      if (running.has(id)) running.set(id, true);
      else await runAll(id);
    },
    idle: () => (running.size ? new Promise((resolve) => void resting.push(resolve)) : Promise.resolve()),
  };
}

function toEvent(row: Waiting): DialogueEvent {
  switch (row.kind) {
    case 'message':
      return { kind: 'message', seq: row.seq, content: row.content };
    case 'returned':
      return { kind: 'returned', agent: row.agent };
    case 'unattended':
      return { kind: 'unattended' };
  }
}

/** The dialogue's state of a conversation; null before its first turn. */
export const stateOf = (conversation: Conversation): DialogueState | null =>
  conversation.state === null ? null : DialogueState.parse(conversation.state);

/** When the dialogue wants to be woken next; null: never. */
function nextAlarm(conversation: Conversation): Date | null {
  const next = stateOf(conversation)
    ?.timers.map(({ dueAt }) => dueAt)
    .sort()[0];
  return next === undefined ? null : new Date(next);
}

/** Whether an alarm of the dialogue's is due; the clock alone may ring early. */
function alarmIsDue(conversation: Conversation, now: Date): boolean {
  if (conversation.alarmAt === null || conversation.alarmAt > now) return false;
  const next = nextAlarm(conversation);
  return next !== null && next <= now;
}
