import type { ClientFrame, ServerFrame } from '#core/conversation/protocol.schema.ts';
import { createAlarms } from './alarms.ts';
import { frameOf, type Outbox } from './outbox.ts';
import type { Timers } from './timers.ts';

type Problem = Extract<ServerFrame, { type: 'refused' }>['problem'];

/** A message that was sent and not acknowledged: the line is dead although it does not say so. */
const ACK_MS = 10_000;
/** A message that is refused for the moment only is tried this often before the visitor is asked. */
const MOST_TRIES = 4;

/** Carries the outbox over the line of the moment: in order, each once a line, again on the next. */
export type Sender = {
  flush(): void;
  /** The line was lost or is a new one: everything may have to go again. */
  lineChanged(): void;
  slowDown(ms: number): void;
  refused(id: string, problem: Problem): void;
  /** The visitor wants it sent again. */
  resend(id: string): void;
};

export function createSender(tools: {
  outbox: Outbox;
  timers: Timers;
  random: () => number;
  send: (frame: ClientFrame) => boolean;
  /** Asks for a new line. */
  resume: () => void;
}): Sender {
  const { outbox, timers } = tools;
  const alarms = createAlarms(timers);
  /** What this line carried, and when. */
  const sent = new Map<string, number>();
  const tries = new Map<string, number>();
  let pausedUntil = 0;

  const flush = (): void => {
    if (timers.now() < pausedUntil) return;
    for (const entry of outbox.entries()) {
      if (entry.refused || sent.has(entry.id)) continue;
      if (!tools.send(frameOf(entry))) break;
      sent.set(entry.id, timers.now());
      if (!alarms.has('ack')) alarms.set('ack', ACK_MS, askForAcks);
    }
  };
  const askForAcks = (): void => {
    const waits = outbox.entries().filter((entry) => !entry.refused && sent.has(entry.id));
    if (waits.length === 0) return;
    const oldest = Math.min(...waits.map((entry) => sent.get(entry.id)!));
    const left = oldest + ACK_MS - timers.now();
    if (left <= 0) tools.resume();
    else alarms.set('ack', left, askForAcks);
  };

  return {
    flush,
    lineChanged() {
      sent.clear();
      pausedUntil = 0;
      alarms.cancel('ack');
    },
    slowDown(ms) {
      pausedUntil = timers.now() + ms;
      sent.clear();
      alarms.set('flush', ms, flush);
    },
    refused(id, problem) {
      const tried = (tries.get(id) ?? 0) + 1;
      tries.set(id, tried);
      if (problem.retryAfter !== undefined && tried < MOST_TRIES) {
        // Only for now: it keeps its clock, and nobody has to press anything.
        sent.delete(id);
        alarms.set('flush', problem.retryAfter * 1_000 + tools.random() * 500, flush);
        return;
      }
      const kind = outbox.get(id)?.content.kind;
      // Nothing stands on the screen for these: a second rating or a late thumb needs no answer.
      if (kind === 'rating' || kind === 'reaction') outbox.remove(id);
      else outbox.refuse(id, { status: problem.status, detail: problem.detail });
    },
    resend(id) {
      tries.delete(id);
      sent.delete(id);
      outbox.retry(id);
      flush();
    },
  };
}
