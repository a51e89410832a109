import type { ChannelName } from '#core/conversation/conversation.schema.ts';
import { CAPABILITIES } from './capability.ts';

/** How fast messages may follow each other in one conversation, by what its channel allows. */
export type Pace = {
  /** Milliseconds until the next message may go. */
  wait(conversationId: string): number;
  went(conversationId: string, channel: ChannelName): void;
};

/** Conversations remembered; whoever was quiet longest is forgotten. */
const MOST_KNOWN = 20_000;

/** A window that slides: never more than the channel's `pace.count` within its `pace.seconds`. `now` in milliseconds. */
export function createPace(now: () => number): Pace {
  const known = new Map<string, { times: number[]; count: number; ms: number }>();
  return {
    wait(id) {
      const sent = known.get(id);
      const oldest = sent && sent.times.length >= sent.count ? sent.times[0]! : undefined;
      return oldest === undefined ? 0 : Math.max(0, oldest + sent!.ms - now());
    },
    went(id, channel) {
      const { pace } = CAPABILITIES[channel].limits;
      if (!pace) return;
      const times = [...(known.get(id)?.times ?? []), now()].slice(-pace.count);
      known.delete(id);
      known.set(id, { times, count: pace.count, ms: pace.seconds * 1_000 });
      if (known.size > MOST_KNOWN) known.delete(known.keys().next().value!);
    },
  };
}
