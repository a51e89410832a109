import type { Change } from '#core/conversation/conversation.schema.ts';
import type { ServerFrame } from '#core/conversation/protocol.schema.ts';
import { createAlarms } from './alarms.ts';
import type { Timers } from './timers.ts';

const TYPING_TTL_MS = 6_000;
/** A streamed answer that stands still this long was given up by the server. */
const PARTIAL_TTL_MS = 12_000;

/** What is only of the moment and may be lost: who types, and answers that are being written. */
export type LiveNotes = {
  typing(): 'bot' | 'agent' | null;
  /** Text so far, by reply id. */
  partials(): ReadonlyMap<string, string>;
  hear(frame: Extract<ServerFrame, { type: 'typing' | 'delta' }>): void;
  /** A change says for good what was only on its way. */
  settle(change: Change): void;
  clear(): void;
};

export function createLiveNotes(tools: { timers: Timers; onChange: () => void }): LiveNotes {
  const alarms = createAlarms(tools.timers);
  const partials = new Map<string, string>();
  const whole = new Set<string>();
  let typing: 'bot' | 'agent' | null = null;
  return {
    typing: () => typing,
    partials: () => partials,
    hear(frame) {
      if (frame.type === 'typing') {
        // The other tab's own.
        if (frame.author === 'customer') return;
        typing = frame.author;
        alarms.set('typing', TYPING_TTL_MS, () => {
          typing = null;
          tools.onChange();
        });
        return;
      }
      // A piece that was overtaken by the whole.
      if (whole.has(frame.replyId)) return;
      partials.set(frame.replyId, (partials.get(frame.replyId) ?? '') + frame.text);
      typing = null;
      alarms.set('partials', PARTIAL_TTL_MS, () => {
        partials.clear();
        tools.onChange();
      });
    },
    settle(change) {
      if (change.type === 'reply') {
        whole.add(change.message.id);
        partials.delete(change.message.id);
        if (change.message.author.kind === typing) typing = null;
      }
      // A person took over, or it is over: what the bot was still writing is not said.
      if (change.type === 'state' && change.state !== 'bot') partials.clear();
    },
    clear() {
      partials.clear();
      typing = null;
      alarms.cancelAll();
    },
  };
}
