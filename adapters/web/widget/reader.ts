import type { Change } from '#core/conversation/conversation.schema.ts';
import { createAlarms } from './alarms.ts';
import { ServerRefusal, type Server, type Session } from './server.ts';
import type { Own, Timeline } from './timeline.ts';
import type { Timers } from './timers.ts';

/** How long a missing change may still be on its way before the line is resumed. */
const GAP_MS = 1_000;

/** Puts what arrives into the timeline, and fetches what does not. */
export type Reader = {
  /** One change of the conversation, in its place. */
  order(change: Change | Own): void;
  /** Too much was missed to be sent change by change: reads the history instead. */
  readAnew(): Promise<void>;
  /** The line says nothing: asks over HTTP whether the conversation still is, and whether anything was missed. */
  examine(): Promise<void>;
  /** Another conversation, or none. */
  clear(): void;
};

export function createReader(tools: {
  timeline: Timeline;
  timers: Timers;
  server: Server;
  session: () => Session | null;
  /** Asks for a new line. */
  resume: () => void;
  /** The conversation is not ours any more, or is none. */
  onGone: () => void;
  onChange: () => void;
}): Reader {
  const { timeline, server } = tools;
  const alarms = createAlarms(tools.timers);
  /** While the history is read anew, live changes wait here. */
  let meanwhile: (Change | Own)[] | null = null;

  const order = (change: Change | Own): void => {
    if (meanwhile) {
      meanwhile.push(change);
      return;
    }
    timeline.take(change);
    if (timeline.waiting())
      alarms.set('gap', GAP_MS, () => {
        if (timeline.settle()) tools.resume();
        tools.onChange();
      });
    else alarms.cancel('gap');
    tools.onChange();
  };

  /** What a refusal of the history means. */
  const failed = (fault: unknown, asked: Session): void => {
    if (!(fault instanceof ServerRefusal)) throw fault;
    if (tools.session() !== asked) return;
    if ([401, 403, 404].includes(fault.status)) tools.onGone();
    else tools.resume();
  };

  return {
    order,
    async readAnew() {
      const asked = tools.session();
      if (!asked || meanwhile) return;
      const waiting: (Change | Own)[] = [];
      meanwhile = waiting;
      try {
        const history = await server.history(asked, 0);
        if (tools.session() !== asked) return;
        timeline.replace(history.items, history.head, history.state);
        meanwhile = null;
        for (const change of waiting) order(change);
      } catch (fault) {
        if (meanwhile === waiting) meanwhile = null;
        failed(fault, asked);
      }
      tools.onChange();
    },
    async examine() {
      const asked = tools.session();
      if (!asked) return;
      try {
        const history = await server.history(asked, timeline.cursor());
        if (tools.session() === asked && history.head > timeline.head()) tools.resume();
      } catch (fault) {
        failed(fault, asked);
      }
    },
    clear() {
      meanwhile = null;
      alarms.cancelAll();
      timeline.clear();
    },
  };
}
