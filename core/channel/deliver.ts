import type { ChannelName } from '#core/conversation/conversation.schema.ts';
import type { OutboundContent } from '#core/conversation/content.schema.ts';
import type { Live } from '#core/conversation/live.ts';
import { CAPABILITIES } from './capability.ts';
import {
  resultOfError,
  type ChannelAdapter,
  type OutgoingMessage,
  type Reconciled,
  type SendResult,
} from './channel-adapter.ts';
import { DELIVERY_TIMES, mayResend, settlementOf, type DeliveryTimes } from './delivery-policy.ts';
import type { HeldMessage, OutboundStore, Settlement } from './outbound-store.ts';
import { createPace } from './pace.ts';

/** What happened to messages on their way out; `resent`: once more although it may have arrived; `fenced`: a late mark was refused. */
export type DeliveryEvent = 'sent' | 'uncertain' | 'resent' | 'failed' | 'retried' | 'cancelled' | 'expired' | 'fenced';
export type DeliveryCounts = Readonly<Record<ChannelName, Readonly<Record<DeliveryEvent, number>>>>;

/** Brings what we say to the platforms. */
export type Delivery = {
  /** Sends what is due in this conversation, in order. Resolves when the lane is empty or rests. Never rejects. */
  run(conversationId: string): Promise<void>;
  /** Finds lanes that can go on and sets them going; resolves when they are found. Rejects when the database is away. */
  due(): Promise<void>;
  /** Resolves when no lane is under way. */
  idle(): Promise<void>;
  /** Begins no message any more; resolves when those under way are settled. */
  close(): Promise<void>;
  /** Since this process began. */
  counts(): DeliveryCounts;
};

/** Lanes that one look at the database sets going. */
const MOST_DUE = 200;
/** How long an adapter may take to say what it knows once its time is over. */
const GRACE_MS = 250;
/** A shorter rest is kept by a timer; longer ones end by the sweep, which looks every second. */
const TIMED_REST_MS = 2_000;
const LONGEST_MARK_PAUSE_MS = 5_000;
/** How often a result is offered to a database that is away, when the process has to end. */
const LAST_MARKS = 3;

type Lane = { woken: boolean; silenced: boolean };
type Readable = HeldMessage & { content: OutboundContent };
type Obstacle = { state: 'cancelled' | 'failed'; afterMs: null; error: string } | ReturnType<typeof untried>;
/** Milliseconds until the lane is looked at again; null: it is empty. */
type Rest = number | null;

/**
 * One lane for each conversation: a message begins when the one before it has ended. It is marked before the call and after
 * it, each mark durable and refused once another worker has the lane. `worker` is a UUID of this process; `clock` gives
 * milliseconds that never go back; `random` is 0 to 1.
 */
export function createDelivery(tools: {
  store: OutboundStore;
  adapters: readonly ChannelAdapter[];
  live: Live;
  worker: string;
  clock: () => number;
  random: () => number;
  onError: (error: unknown, about: { conversation?: string }) => void;
  times?: Partial<DeliveryTimes>;
}): Delivery {
  const { store, live, worker, clock, random } = tools;
  const times: DeliveryTimes = { ...DELIVERY_TIMES, ...tools.times };
  const lanes = new Map<string, Lane>();
  const alarms = new Map<string, NodeJS.Timeout>();
  /** Connections that somebody must mend, and when they are tried again. */
  const broken = new Map<string, number>();
  const pace = createPace(clock);
  const counted = emptyCounts();
  const resting: (() => void)[] = [];
  let closing = false;

  // A person took it over: what the bot was about to say is not said.
  live.subscribe((event) => {
    const lane = event.type === 'owner' && event.state === 'agent' ? lanes.get(event.sessionId) : undefined;
    if (lane) lane.silenced = true;
  });

  const count = (channel: ChannelName, event: DeliveryEvent): void => void counted[channel][event]++;

  /** Writes what became of a message. It is known here and nowhere else, so a database that is away is waited for. */
  async function settle(message: HeldMessage, settlement: Settlement): Promise<void> {
    for (let tries = 1; ; tries++)
      try {
        if (await store.settle(message, worker, settlement)) tell(message, settlement);
        else count(message.channel, 'fenced');
        return;
      } catch (error) {
        tools.onError(error, { conversation: message.conversationId });
        if (closing && tries >= LAST_MARKS) return;
        await pause(Math.min(LONGEST_MARK_PAUSE_MS, 100 * 2 ** tries));
      }
  }

  function tell({ channel, conversationId }: HeldMessage, { state }: Settlement): void {
    count(channel, state === 'pending' ? 'retried' : state);
    if (state !== 'pending') live.publish({ type: 'desk', sessionId: conversationId });
  }

  async function attempt(message: Readable, adapter: ChannelAdapter): Promise<void> {
    const late: SendResult = { kind: 'uncertain', error: `No answer within ${times.callMs / 1_000} seconds.` };
    const result = await within(times.callMs, late, (signal) => adapter.send(outgoing(message), signal)).catch(
      (error: unknown): SendResult => {
        tools.onError(error, { conversation: message.conversationId });
        return resultOfError(error);
      },
    );
    if (result.kind !== 'not-sent') pace.went(message.conversationId, message.channel);
    if (result.kind === 'rejected' && result.permanentFor === 'connection') {
      const connection = connectionOf(message);
      broken.set(connection, clock() + times.connectionRestMs);
      tools.onError(new Error(`${connection} takes no messages: ${result.error}. They wait until it is mended.`), {});
    } else broken.delete(connectionOf(message));
    await settle(message, settlementOf(result, message, { asks: adapter.reconcile !== undefined, times, random }));
  }

  /** It may have arrived: the platform is asked, else it goes out once more, else a person decides. */
  async function clear(message: Readable, adapter: ChannelAdapter, worthwhile: boolean): Promise<void> {
    const found = await ask(message, adapter);
    if (found.kind === 'sent') return settle(message, { state: 'sent', platformId: found.platformId });
    if (found.kind === 'absent' && !worthwhile)
      return settle(message, { state: 'cancelled', error: 'It did not arrive, and is not wanted any more.' });
    if (!worthwhile || (found.kind === 'unknown' && !mayResend(message)))
      return settle(message, { state: 'uncertain', afterMs: null, error: found.kind === 'unknown' ? found.error : '' });
    const asked = clock();
    const held = await store.takeAgain(message, worker, times.leaseMs);
    if (!held) return count(message.channel, 'fenced');
    if (found.kind === 'unknown') count(message.channel, 'resent');
    if (isStale(asked)) return settle(held, { state: 'uncertain', afterMs: 0, error: 'It was held too long.' });
    return attempt({ ...held, content: message.content }, adapter);
  }

  function ask(message: Readable, adapter: ChannelAdapter): Promise<Reconciled> {
    const unknown: Reconciled = { kind: 'unknown', error: 'Only the platform knows whether it arrived.' };
    if (!adapter.reconcile) return Promise.resolve(unknown);
    return within(times.callMs, unknown, (signal) => adapter.reconcile!(outgoing(message), signal)).catch(
      (error: unknown): Reconciled => {
        tools.onError(error, { conversation: message.conversationId });
        return unknown;
      },
    );
  }

  /** Whether this process stood still so long after asking for a message that a call could outlive the lease. */
  const isStale = (since: number): boolean => clock() - since > times.leaseMs - times.callMs - GRACE_MS;

  /** Why this message cannot be tried here and now; undefined: it can. */
  function obstacle(message: HeldMessage, adapter: ChannelAdapter | undefined): Obstacle | undefined {
    if (!message.content)
      return {
        state: 'cancelled',
        afterMs: null,
        error: 'It cannot be read any more: the customer’s data was erased, or its seal is broken.',
      };
    if (message.conversationKey === null)
      return { state: 'failed', afterMs: null, error: 'The conversation has no address on its channel.' };
    if (!adapter)
      return untried(`No connection to ${message.channel} is set up: add one under Channels.`, times.connectionRestMs);
    const until = broken.get(connectionOf(message));
    return until !== undefined && until > clock()
      ? untried('The connection must be mended first.', until - clock())
      : undefined;
  }

  async function step(id: string, lane: Lane): Promise<Rest> {
    const wait = pace.wait(id);
    if (wait > 0) return wait;
    lane.silenced = false;
    const since = clock();
    const taken = await store.take(id, worker, times.leaseMs);
    if (taken.kind === 'empty') return null;
    if (taken.kind === 'resting') return taken.ms;
    if (taken.kind === 'dropped') {
      count(taken.channel, taken.as);
      live.publish({ type: 'desk', sessionId: id });
      return 0;
    }
    const { message } = taken;
    const adapter = tools.adapters.find(({ channel }) => channel === message.channel);
    const why = obstacle(message, adapter);
    if (taken.kind === 'doubtful') {
      // Whatever stands in the way now does not tell whether it arrived before.
      if (why && why.state !== 'pending')
        await settle(message, { state: 'uncertain', afterMs: null, error: why.error });
      else if (why) await settle(message, { state: 'uncertain', afterMs: why.afterMs, error: why.error });
      else await clear(message as Readable, adapter!, taken.mayResend && !isSilenced(lane, message));
    } else if (isSilenced(lane, message))
      await settle(message, { state: 'cancelled', error: 'A person took the conversation over.' });
    else if (isStale(since)) await settle(message, untried('It was held too long.', 0));
    else if (why) await settle(message, why);
    else await attempt(message as Readable, adapter!);
    return 0;
  }

  async function runLane(id: string): Promise<void> {
    const lane: Lane = { woken: false, silenced: false };
    lanes.set(id, lane);
    clearTimeout(alarms.get(id));
    alarms.delete(id);
    try {
      for (;;) {
        if (closing) return;
        lane.woken = false;
        const rest = await step(id, lane);
        if (rest === 0 || lane.woken) continue;
        if (rest !== null && rest <= TIMED_REST_MS && !closing) setAlarm(id, rest);
        return;
      }
    } catch (error) {
      // The database is away: the sweep comes back to it.
      tools.onError(error, { conversation: id });
    } finally {
      lanes.delete(id);
      if (!lanes.size) for (const rest of resting.splice(0)) rest();
    }
  }

  function setAlarm(id: string, ms: number): void {
    alarms.set(
      id,
      setTimeout(() => {
        alarms.delete(id);
        void run(id);
      }, ms).unref(),
    );
  }

  async function run(id: string): Promise<void> {
    const lane = lanes.get(id);
    if (lane) lane.woken = true;
    else if (!closing) await runLane(id);
  }

  const idle = (): Promise<void> =>
    lanes.size ? new Promise((resolve) => void resting.push(resolve)) : Promise.resolve();

  return {
    run,
    async due() {
      for (const id of await store.due(MOST_DUE)) void run(id);
    },
    idle,
    async close() {
      closing = true;
      for (const alarm of alarms.values()) clearTimeout(alarm);
      alarms.clear();
      await idle();
    },
    counts: () => structuredClone(counted),
  };
}

const emptyCounts = (): Record<ChannelName, Record<DeliveryEvent, number>> => {
  const none = { sent: 0, uncertain: 0, resent: 0, failed: 0, retried: 0, cancelled: 0, expired: 0, fenced: 0 };
  const channels = Object.keys(CAPABILITIES) as ChannelName[];
  return Object.fromEntries(channels.map((channel) => [channel, { ...none }])) as ReturnType<typeof emptyCounts>;
};

const isSilenced = (lane: Lane, message: HeldMessage): boolean => lane.silenced && message.byBot;

const untried = (error: string, afterMs: number) => ({ state: 'pending', afterMs, error, counted: false }) as const;

const connectionOf = ({ channel, connection }: HeldMessage): string => `${channel} (${connection})`;

const outgoing = (message: Readable): OutgoingMessage => ({
  conversationKey: message.conversationKey ?? '',
  connection: message.connection,
  content: message.content,
  seq: message.seq,
  idempotencyKey: `${message.conversationId}:${message.seq}`,
  locale: message.locale,
  author: message.author,
  firstAttemptAt: message.firstAttemptAt,
});

const pause = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms));

/** A call with a time limit: its signal says that the time is over, and `late` is the answer when it does not hear. */
async function within<T>(ms: number, late: T, call: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const abort = new AbortController();
  let given: NodeJS.Timeout | undefined;
  const limit = new Promise<T>((resolve) => {
    given = setTimeout(() => {
      abort.abort(new DOMException(`Nothing came within ${ms} ms.`, 'TimeoutError'));
      given = setTimeout(() => resolve(late), GRACE_MS);
    }, ms);
  });
  try {
    return await Promise.race([call(abort.signal), limit]);
  } finally {
    clearTimeout(given);
  }
}
