import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { createOutboundStore } from '#adapters/postgres/outbound-store.ts';
import type { Connection } from '#adapters/postgres/orm.ts';
import { resultOfError, type ChannelAdapter, type SendResult } from '#core/channel/channel-adapter.ts';
import { createDelivery } from '#core/channel/deliver.ts';
import { createLocalLive } from '#core/conversation/live.ts';
import { plainText } from '#core/conversation/plain-text.ts';
import { openOutbox } from './outbox-tools.ts';

/** Clocks that fit a run of seconds. A lease is longer than a call, as in production. */
const TIMES = {
  callMs: 500,
  leaseMs: 1_500,
  firstPauseMs: 20,
  longestPauseMs: 200,
  askAfterMs: 100,
  resendAfterMs: 300,
  connectionRestMs: 500,
  longestWaitMs: 10_000,
};
const LOOK_EVERY_MS = 100;

/** A platform as `delivery.ts` serves it. */
function createAdapter(platform: string, channel: 'slack' | 'telegram'): ChannelAdapter {
  async function send(message: Parameters<ChannelAdapter['send']>[0], signal: AbortSignal): Promise<SendResult> {
    const { conversationKey: place, idempotencyKey: key, content } = message;
    try {
      const response = await fetch(platform, {
        method: 'POST',
        body: JSON.stringify({ place, key, text: plainText(content) }),
        signal,
      });
      const { id = '', error = '' } = (await response.json()) as { id?: string; error?: string };
      if (response.ok) return { kind: 'sent', platformId: id };
      return response.status === 429 ? { kind: 'not-sent', error, retryAfterMs: 200 } : { kind: 'uncertain', error };
    } catch (error) {
      return resultOfError(error);
    }
  }
  if (channel === 'telegram') return { channel, send };
  return {
    channel,
    send,
    async reconcile({ idempotencyKey }, signal) {
      const response = await fetch(`${platform}?key=${encodeURIComponent(idempotencyKey)}`, { signal });
      const { id } = (await response.json()) as { id?: string };
      return id === undefined ? { kind: 'absent' } : { kind: 'sent', platformId: id };
    },
  };
}

const { FAULTS_DATABASE = '', FAULTS_KEYS = '', FAULTS_PLATFORM = '' } = process.env;
const { pool, sealing } = openOutbox(JSON.parse(FAULTS_DATABASE) as Connection, FAULTS_KEYS);
const complain = (error: unknown): void => void process.stderr.write(`${String(error)}\n`);
const delivery = createDelivery({
  store: createOutboundStore({ pool, sealing, onError: complain }),
  adapters: [createAdapter(FAULTS_PLATFORM, 'slack'), createAdapter(FAULTS_PLATFORM, 'telegram')],
  live: createLocalLive(complain),
  worker: randomUUID(),
  clock: () => performance.now(),
  random: Math.random,
  onError: complain,
  times: TIMES,
});
const ending = new AbortController();
for (const request of ['SIGTERM', 'disconnect']) process.on(request, () => ending.abort());
process.stdout.write('The sender is ready.\n');
while (!ending.signal.aborted) {
  await delivery.due().catch(complain);
  await pause(LOOK_EVERY_MS);
}
await delivery.close();
await pool.end();
process.exit();
