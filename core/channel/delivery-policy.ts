import type { OutboundContent } from '#core/conversation/content.schema.ts';
import { mayBeRepeated } from './capability.ts';
import type { SendResult } from './channel-adapter.ts';
import type { HeldMessage, Settlement } from './outbound-store.ts';

/** The clocks of delivery, all in milliseconds. */
export type DeliveryTimes = {
  /** Longest call of a platform. */
  callMs: number;
  /** How long a lane belongs to who took it: longer than a call, so that no call outlives it. */
  leaseMs: number;
  /** Pauses between attempts grow from the first to the longest. */
  firstPauseMs: number;
  longestPauseMs: number;
  /** How soon a platform is asked for a message whose fate is unknown. */
  askAfterMs: number;
  /** How soon it is sent again where nobody can be asked. */
  resendAfterMs: number;
  /** How long a connection rests that a person must mend. */
  connectionRestMs: number;
  /** A platform that wants a longer pause than this gets no message any more. */
  longestWaitMs: number;
};

export const DELIVERY_TIMES: DeliveryTimes = {
  callMs: 10_000,
  leaseMs: 15_000,
  firstPauseMs: 500,
  longestPauseMs: 300_000,
  askAfterMs: 3_000,
  resendAfterMs: 15_000,
  connectionRestMs: 300_000,
  longestWaitMs: 3_600_000,
};

/** Attempts after which a message that cannot be sent is a dead letter. */
export const MOST_ATTEMPTS = 10;

/** The pause after so many attempts: half a second to five minutes in nine steps, drawn from nothing to all of it (full jitter). */
export function pauseAfter(attempts: number, times: DeliveryTimes, random: () => number): number {
  const growth = (times.longestPauseMs / times.firstPauseMs) ** (1 / (MOST_ATTEMPTS - 2));
  return random() * Math.min(times.longestPauseMs, times.firstPauseMs * growth ** (attempts - 1));
}

/** What an attempt's result means for the message. `asks`: its platform can be asked what became of it. */
export function settlementOf(
  result: SendResult,
  message: Pick<HeldMessage, 'attempts' | 'resent'> & { content: OutboundContent },
  tools: { asks: boolean; times: DeliveryTimes; random: () => number },
): Settlement {
  const { times } = tools;
  const { error } = { error: '', ...result };
  switch (result.kind) {
    case 'sent':
      return { state: 'sent', platformId: result.platformId };
    case 'not-sent': {
      const { retryAfterMs } = result;
      if (retryAfterMs !== undefined && retryAfterMs > times.longestWaitMs)
        return {
          state: 'failed',
          error: `The platform wants no message for ${minutes(retryAfterMs)} minutes: ${error}`,
        };
      // A pause that the platform asked for is no failure: only the message's own end of life limits those.
      if (retryAfterMs === undefined && message.attempts >= MOST_ATTEMPTS)
        return { state: 'failed', error: `Given up after ${message.attempts} attempts: ${error}` };
      const pause = pauseAfter(message.attempts, times, tools.random);
      return { state: 'pending', afterMs: Math.max(retryAfterMs ?? 0, pause), error, counted: true };
    }
    case 'uncertain':
      if (message.attempts >= MOST_ATTEMPTS) return { state: 'uncertain', afterMs: null, error };
      if (tools.asks) return { state: 'uncertain', afterMs: times.askAfterMs, error };
      return { state: 'uncertain', afterMs: mayResend(message) ? times.resendAfterMs : null, error };
    case 'rejected':
      // Somebody must mend the connection: the message waits for that, and what waits with it is not tried.
      if (result.permanentFor === 'connection')
        return { state: 'pending', afterMs: times.connectionRestMs, error, counted: false };
      return { state: 'failed', error };
  }
}

/** Whether a message whose fate is unknown, and cannot be learned, may go out once more. */
export const mayResend = (message: Pick<HeldMessage, 'resent'> & { content: OutboundContent }): boolean =>
  !message.resent && mayBeRepeated(message.content);

const minutes = (ms: number): number => Math.ceil(ms / 60_000);
