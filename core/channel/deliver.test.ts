import { setTimeout as pause } from 'node:timers/promises';
import { createTestOutbox, workerId } from '#test/support/outbox.ts';
import { startPlatform, type Behaviour } from '#test/support/platform.ts';
import { createLocalLive, type Live } from '#core/conversation/live.ts';
import type { ChannelAdapter } from './channel-adapter.ts';
import { createDelivery, type Delivery } from './deliver.ts';
import type { DeliveryTimes } from './delivery-policy.ts';
import type { OutboundStore } from './outbound-store.ts';

let outbox: Awaited<ReturnType<typeof createTestOutbox>>;
let platform: Awaited<ReturnType<typeof startPlatform>>;
let errors: string[];
const made: Delivery[] = [];
beforeAll(async () => {
  outbox = await createTestOutbox();
}, 60_000);
beforeEach(async () => {
  platform = await startPlatform();
  errors = [];
});
afterEach(async () => {
  await platform.close();
  await Promise.all(made.splice(0).map((delivery) => delivery.close()));
  await outbox.pool.query('delete from outbound'); // what one test leaves is nobody else's
});
afterAll(() => outbox.drop());

/** Clocks that let a test see in seconds what takes minutes. */
const QUICK: DeliveryTimes = {
  callMs: 400,
  leaseMs: 1_500,
  firstPauseMs: 10,
  longestPauseMs: 40,
  askAfterMs: 30,
  resendAfterMs: 30,
  connectionRestMs: 600,
  longestWaitMs: 10_000,
};

type Options = {
  adapters?: readonly ChannelAdapter[];
  store?: OutboundStore;
  live?: Live;
  times?: Partial<DeliveryTimes>;
  clock?: () => number;
};
function deliver({ adapters, store, live, times, clock }: Options = {}): Delivery {
  const delivery = createDelivery({
    store: store ?? outbox.store,
    adapters: adapters ?? [platform.adapter('telegram'), platform.askable('slack')],
    live: live ?? createLocalLive(() => {}),
    worker: workerId(),
    clock: clock ?? (() => performance.now()),
    random: () => 1,
    onError: (error) => void errors.push(error instanceof Error ? error.message : String(error)),
    times: { ...QUICK, ...times },
  });
  made.push(delivery);
  return delivery;
}

/** The same numbers for the same seed (mulberry32), 0 to 1. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** The clock of a worker that does not notice how long it stood still. */
const unaware = (): (() => number) => {
  let now = 0;
  return () => (now -= 1_000_000);
};

/** A worker that is killed when the platform has the message: its mark is never written. */
async function abandon(id: string): Promise<void> {
  const dead = createDelivery({
    store: { ...outbox.store, settle: () => new Promise(() => {}) },
    adapters: [platform.adapter('telegram'), platform.askable('slack')],
    live: createLocalLive(() => {}),
    worker: workerId(),
    clock: unaware(),
    random: () => 1,
    onError: () => {},
    times: { ...QUICK, leaseMs: 300 },
  });
  void dead.run(id);
  while (!platform.calls(id)) await pause(5);
}

const statesOf = async (id: string): Promise<string[]> => (await outbox.rows(id)).map(({ state }) => state);
/** Sweeps until the lane's rows are in these states. */
async function until(delivery: Delivery, id: string, ...states: string[]): Promise<void> {
  const end = performance.now() + 30_000;
  while ((await statesOf(id)).join() !== states.join()) {
    if (performance.now() > end)
      throw new Error(`Still ${JSON.stringify(await outbox.rows(id))}; ${errors.join('; ')}`);
    await delivery.due();
    await pause(15);
  }
}
async function sent(delivery: Delivery, id: string): Promise<void> {
  await until(delivery, id, ...(await statesOf(id)).map(() => 'sent'));
}
const attachment = { id: 'u', name: 'a.pdf', type: 'application/pdf', bytes: 1 };

describe('in order', () => {
  test('messages of a conversation arrive one after the other, once each, with the platform’s names for them', async () => {
    const id = await outbox.conversation('telegram');
    await outbox.say(id, 'one', 'two', 'three');
    const delivery = deliver();
    await delivery.run(id);
    expect(platform.shownAt(id)).toEqual(['one', 'two', 'three']);
    expect((await outbox.rows(id)).map((row) => row.platform_id)).toEqual(['p0', 'p1', 'p2']);
    expect(delivery.counts().telegram).toMatchObject({ sent: 3, uncertain: 0, failed: 0 });
  });

  test('a later message never overtakes one that has to wait', async () => {
    const id = await outbox.conversation('telegram');
    await outbox.say(id, 'one', 'two');
    platform.plan(id, 'limit', 'limit');
    await sent(deliver(), id);
    expect(platform.shownAt(id)).toEqual(['one', 'two']);
  });

  test('a dead letter lets its lane go on, and stays visible with the reason', async () => {
    const id = await outbox.conversation('telegram');
    await outbox.say(id, 'one', 'two');
    platform.plan(id, 'block');
    await until(deliver(), id, 'failed', 'sent');
    expect(platform.shownAt(id)).toEqual(['two']);
    expect((await outbox.rows(id))[0]).toMatchObject({ error: 'blocked by the user' });
  });

  test('a wake-up that comes while the lane is under way is not lost', async () => {
    const id = await outbox.conversation('telegram');
    await outbox.say(id, 'one');
    platform.slow(50);
    const delivery = deliver();
    const running = delivery.run(id);
    await outbox.say(id, 'two');
    await Promise.all([running, delivery.run(id)]);
    await delivery.idle();
    expect(platform.shownAt(id)).toEqual(['one', 'two']);
  });

  test('a burst is held to the channel’s pace', async () => {
    const id = await outbox.conversation('telegram');
    await outbox.say(id, 'one', 'two', 'three', 'four', 'five');
    const delivery = deliver();
    await delivery.run(id);
    expect(platform.shownAt(id)).toHaveLength(4);
    expect(await statesOf(id)).toEqual(['sent', 'sent', 'sent', 'sent', 'pending']);
  });
});

describe('each lane for itself', () => {
  test('a platform that hangs in one conversation holds no other', async () => {
    const [slow, quick] = [await outbox.conversation('telegram'), await outbox.conversation('telegram')];
    await outbox.say(slow, 'slow');
    await outbox.say(quick, 'quick');
    platform.plan(slow, 'hangAfter');
    const delivery = deliver({ times: { callMs: 5_000, leaseMs: 9_000 } });
    await delivery.due();
    await until(delivery, quick, 'sent');
    expect(await statesOf(slow)).toEqual(['attempting']);
    await platform.close(); // ends the call that hangs
    platform = await startPlatform();
  });

  test('“too many requests” in one conversation is a pause for that one', async () => {
    const [limited, other] = [await outbox.conversation('telegram'), await outbox.conversation('telegram')];
    await outbox.say(limited, 'limited');
    await outbox.say(other, 'other');
    platform.plan(limited, 'limit');
    const delivery = deliver();
    await delivery.run(limited);
    expect((await outbox.rows(limited))[0]).toMatchObject({ state: 'pending', error: 'slow down' });
    expect((await outbox.rows(limited))[0]!.rest).toBeGreaterThan(0.2);
    await delivery.run(other);
    expect(platform.shownAt(other)).toEqual(['other']);
    await sent(delivery, limited);
    expect(platform.shownAt(limited)).toEqual(['limited']);
    expect(delivery.counts().telegram).toMatchObject({ sent: 2, retried: 1, failed: 0 });
  });

  test('a connection that was revoked is not called for every conversation, and goes on when it is mended', async () => {
    const [first, second] = [await outbox.conversation('telegram'), await outbox.conversation('telegram')];
    await outbox.say(first, 'first');
    await outbox.say(second, 'second');
    platform.plan(first, 'revoke');
    const delivery = deliver();
    await delivery.run(first);
    await delivery.run(second);
    expect(platform.calls()).toBe(1);
    expect(errors[0]).toContain('telegram (main) takes no messages: token_revoked');
    expect(await outbox.rows(first)).toMatchObject([{ state: 'pending', attempts: 0, error: 'token_revoked' }]);
    await Promise.all([sent(delivery, first), sent(delivery, second)]);
    expect(platform.ledger).toHaveLength(2);
  });

  test('without an adapter messages wait, and say what is missing', async () => {
    const id = await outbox.conversation('teams');
    await outbox.say(id, 'one');
    await deliver().run(id);
    expect(await outbox.rows(id)).toMatchObject([
      { state: 'pending', attempts: 0, error: expect.stringContaining('No connection to teams is set up') },
    ]);
  });
});

describe('when a result is lost', () => {
  test.each(['failAfter', 'resetAfter', 'hangAfter'] as const)(
    '%s where nobody can be asked: words go out once more, and it is counted',
    async (behaviour) => {
      const id = await outbox.conversation('telegram');
      await outbox.say(id, 'one', 'two');
      platform.plan(id, behaviour);
      const delivery = deliver();
      await sent(delivery, id);
      expect(platform.shownAt(id)).toEqual(['one', 'one', 'two']);
      expect(delivery.counts().telegram).toMatchObject({ sent: 2, uncertain: 1, resent: 1 });
    },
  );

  test('a second time it is left to a person, and the lane goes on', async () => {
    const id = await outbox.conversation('telegram');
    await outbox.say(id, 'one', 'two');
    platform.plan(id, 'failAfter', 'failAfter');
    const delivery = deliver();
    await until(delivery, id, 'uncertain', 'sent');
    await pause(QUICK.resendAfterMs * 3);
    await delivery.due();
    await delivery.idle();
    expect(platform.shownAt(id)).toEqual(['one', 'one', 'two']);
    expect(delivery.counts().telegram).toMatchObject({ sent: 1, uncertain: 2, resent: 1 });
  });

  test('a file is never sent again by itself; an agent may', async () => {
    const id = await outbox.conversation('telegram');
    await outbox.say(id, { kind: 'file', attachment }, 'two');
    platform.plan(id, 'resetAfter');
    const delivery = deliver();
    await until(delivery, id, 'uncertain', 'sent');
    expect(platform.shownAt(id)).toEqual(['[a.pdf]', 'two']);
    await outbox.desk.resend(id, 1);
    await delivery.run(id);
    expect(platform.shownAt(id)).toEqual(['[a.pdf]', 'two', '[a.pdf]']);
  });

  test.each(['failAfter', 'resetAfter', 'hangAfter', 'failBefore', 'resetBefore'] as const)(
    '%s where the platform can be asked: shown exactly once',
    async (behaviour) => {
      const id = await outbox.conversation('slack');
      await outbox.say(id, 'one', { kind: 'file', attachment });
      platform.plan(id, behaviour);
      const delivery = deliver();
      await sent(delivery, id);
      expect(platform.shownAt(id)).toEqual(['one', '[a.pdf]']);
      expect(delivery.counts().slack).toMatchObject({ sent: 2, uncertain: 1, resent: 0 });
    },
  );

  test('a platform that does not answer when it is asked is treated as one that cannot be', async () => {
    const id = await outbox.conversation('slack');
    await outbox.say(id, 'one');
    platform.plan(id, 'failAfter');
    const deaf: ChannelAdapter = {
      ...platform.askable('slack'),
      reconcile: () => Promise.reject(new Error('no scope')),
    };
    const delivery = deliver({ adapters: [deaf] });
    await sent(delivery, id);
    expect(platform.shownAt(id)).toEqual(['one', 'one']);
    expect(delivery.counts().slack.resent).toBe(1);
    expect(errors).toEqual(['no scope']);
  });

  test('an adapter that throws is heard, and its message is doubtful', async () => {
    const id = await outbox.conversation('telegram');
    await outbox.say(id, 'one');
    const broken: ChannelAdapter = { channel: 'telegram', send: () => Promise.reject(new Error('a bug')) };
    await deliver({ adapters: [broken] }).run(id);
    expect(await outbox.rows(id)).toMatchObject([{ state: 'uncertain', error: 'a bug' }]);
    expect(errors).toEqual(['a bug']);
  });

  test('an adapter that does not hear that its time is over is not waited for', async () => {
    const id = await outbox.conversation('telegram');
    await outbox.say(id, 'one');
    const deaf: ChannelAdapter = { channel: 'telegram', send: () => new Promise(() => {}) };
    await deliver({ adapters: [deaf] }).run(id);
    expect(await outbox.rows(id)).toMatchObject([{ state: 'uncertain', error: 'No answer within 0.4 seconds.' }]);
  });
});

describe('when it cannot be sent', () => {
  test('it is given up after ten attempts; an agent can send it again', async () => {
    const id = await outbox.conversation('telegram');
    await outbox.say(id, 'one');
    let calls = 0;
    const away: ChannelAdapter = {
      channel: 'telegram',
      send: () => Promise.resolve({ kind: 'not-sent', error: `refused ${++calls}` }),
    };
    const delivery = deliver({ adapters: [away] });
    await until(delivery, id, 'failed');
    expect((await outbox.rows(id))[0]).toMatchObject({
      attempts: 10,
      error: 'Given up after 10 attempts: refused 10',
    });
    expect(delivery.counts().telegram).toMatchObject({ failed: 1, retried: 9 });
    await outbox.desk.resend(id, 1);
    await sent(deliver(), id);
    expect(platform.shownAt(id)).toEqual(['one']);
  });

  test('an answer past its time is not sent any more', async () => {
    const id = await outbox.conversation('telegram');
    await outbox.say(id, 'yesterday', 'today');
    await outbox.pool.query(`update outbound set expires_at = now() where session_id = $1 and seq = 1`, [id]);
    const delivery = deliver();
    await delivery.run(id);
    expect(await statesOf(id)).toEqual(['expired', 'sent']);
    expect(delivery.counts().telegram.expired).toBe(1);
  });

  test('a conversation without a place, and words that were erased, end with a reason', async () => {
    const [nowhere, erased] = [await outbox.conversation('telegram', null), await outbox.conversation('telegram')];
    await outbox.say(nowhere, 'one');
    await outbox.say(erased, 'one');
    await outbox.erase(erased);
    const delivery = deliver();
    await Promise.all([delivery.run(nowhere), delivery.run(erased)]);
    expect(await outbox.rows(nowhere)).toMatchObject([
      { state: 'failed', error: expect.stringContaining('no address') },
    ]);
    expect(await outbox.rows(erased)).toMatchObject([{ state: 'cancelled', error: expect.stringContaining('erased') }]);
    expect(platform.calls()).toBe(0);
  });

  test('a database that is away when the result is known is waited for', async () => {
    const id = await outbox.conversation('telegram');
    await outbox.say(id, 'one');
    let away = 2;
    const store: OutboundStore = {
      ...outbox.store,
      settle: (...mark) => (away-- > 0 ? Promise.reject(new Error('database away')) : outbox.store.settle(...mark)),
    };
    await deliver({ store }).run(id);
    expect(errors).toEqual(['database away', 'database away']);
    expect(await statesOf(id)).toEqual(['sent']);
    expect(platform.shownAt(id)).toEqual(['one']);
  });

  test('a database that is away at the beginning costs nothing but time', async () => {
    const id = await outbox.conversation('telegram');
    await outbox.say(id, 'one');
    let away = true;
    const store: OutboundStore = {
      ...outbox.store,
      take: (...call) => (away ? Promise.reject(new Error('database away')) : outbox.store.take(...call)),
    };
    const delivery = deliver({ store });
    await delivery.run(id);
    away = false;
    await delivery.run(id);
    expect(platform.shownAt(id)).toEqual(['one']);
  });
});

describe('a person takes over', () => {
  test('what the bot had not begun is cancelled; what the person writes goes out', async () => {
    const id = await outbox.conversation('telegram');
    await outbox.say(id, 'bot');
    await outbox.takeOver(id);
    await outbox.desk.say(id, outbox.agent, { clientMessageId: 'client-01', text: 'person' });
    await deliver().run(id);
    expect(platform.shownAt(id)).toEqual(['person']);
  });

  test('in the very moment in which a message was taken: it is not said', async () => {
    const id = await outbox.conversation('telegram');
    await outbox.say(id, 'bot');
    const live = createLocalLive(() => {});
    const store: OutboundStore = {
      ...outbox.store,
      async take(...call) {
        const taken = await outbox.store.take(...call);
        if (taken.kind === 'message') live.publish({ type: 'owner', sessionId: id, state: 'agent' });
        return taken;
      },
    };
    const delivery = deliver({ store, live });
    await delivery.run(id);
    expect(await statesOf(id)).toEqual(['cancelled']);
    expect(platform.calls()).toBe(0);
    expect(delivery.counts().telegram.cancelled).toBe(1);
  });

  test('a doubtful answer is looked for, and not said again', async () => {
    const [arrived, lost] = [await outbox.conversation('slack'), await outbox.conversation('slack')];
    platform.plan(arrived, 'failAfter');
    platform.plan(lost, 'failBefore');
    const delivery = deliver({ times: { askAfterMs: 500 } });
    for (const id of [arrived, lost]) {
      await outbox.say(id, 'bot');
      await delivery.run(id);
      await outbox.takeOver(id);
    }
    await until(delivery, arrived, 'sent');
    await until(delivery, lost, 'cancelled');
    expect(platform.shownAt(lost)).toEqual([]);
  });

  test('the desk hears of every message that came to an end', async () => {
    const id = await outbox.conversation('telegram');
    await outbox.say(id, 'one', 'two');
    platform.plan(id, 'block');
    const live = createLocalLive(() => {});
    const heard: unknown[] = [];
    live.subscribe((event) => void heard.push(event));
    await deliver({ live }).run(id);
    expect(heard).toEqual([
      { type: 'desk', sessionId: id },
      { type: 'desk', sessionId: id },
    ]);
  });
});

describe('several workers', () => {
  test('two on one database: nothing twice, everything in order', async () => {
    const ids = await Promise.all(Array.from({ length: 24 }, () => outbox.conversation('telegram')));
    const words = ['one', 'two', 'three', 'four'];
    for (const id of ids) await outbox.say(id, ...words);
    const workers = [deliver(), deliver()];
    const round = () => Promise.all(workers.flatMap((worker) => [worker.due(), ...ids.map((id) => worker.run(id))]));
    for (let rounds = 0; rounds < 50 && platform.ledger.length < ids.length * words.length; rounds++) await round();
    await Promise.all(workers.map((worker) => worker.idle()));
    for (const id of ids) {
      expect(platform.shownAt(id)).toEqual(words);
      expect(await statesOf(id)).toEqual(words.map(() => 'sent'));
    }
  });

  test('a worker killed after the call: another one asks, and it is shown once', async () => {
    const id = await outbox.conversation('slack');
    await outbox.say(id, 'one', 'two');
    await abandon(id);
    await until(deliver(), id, 'sent', 'sent');
    expect(platform.shownAt(id)).toEqual(['one', 'two']);
  });

  test('a worker killed after the call where nobody can be asked: words once more, a file not', async () => {
    const [words, file] = [await outbox.conversation('telegram'), await outbox.conversation('telegram')];
    await outbox.say(words, 'one', 'two');
    await outbox.say(file, { kind: 'file', attachment }, 'two');
    await abandon(words);
    await abandon(file);
    const delivery = deliver();
    await until(delivery, words, 'sent', 'sent');
    await until(delivery, file, 'uncertain', 'sent');
    expect(platform.shownAt(words)).toEqual(['one', 'one', 'two']);
    expect(platform.shownAt(file)).toEqual(['[a.pdf]', 'two']);
  });

  test.each([1, 2, 3])(
    'any mix of faults (seed %i): nothing lost, nothing inverted, doubles only where they are counted',
    async (seed) => {
      const random = createRandom(seed);
      const words = ['one', 'two', 'three'];
      const asked = await Promise.all(Array.from({ length: 10 }, () => outbox.conversation('slack')));
      const mute = await Promise.all(Array.from({ length: 10 }, () => outbox.conversation('telegram')));
      const faults: Behaviour[] = [
        'accept',
        'failAfter',
        'failBefore',
        'resetAfter',
        'resetBefore',
        'hangAfter',
        'limit',
      ];
      for (const id of [...asked, ...mute]) {
        await outbox.say(id, ...words);
        platform.plan(id, ...Array.from({ length: 4 }, () => faults[Math.floor(random() * faults.length)]!));
        if (random() < 0.2) await abandon(id);
      }
      const workers = [deliver(), deliver()];
      const open = async (): Promise<number> =>
        Number(
          (
            await outbox.pool.query<{ count: string }>(
              `select count(*) from outbound where state in ('pending', 'attempting') or (state = 'uncertain' and next_at < 'infinity')`,
            )
          ).rows[0]!.count,
        );
      const end = performance.now() + 15_000;
      while ((await open()) > 0 && performance.now() < end) {
        await Promise.all(workers.map((worker) => worker.due()));
        await pause(20);
      }
      await Promise.all(workers.map((worker) => worker.idle()));
      const counts = workers.map((worker) => worker.counts());
      for (const id of asked) {
        expect(platform.shownAt(id)).toEqual(words);
        expect(await statesOf(id)).toEqual(['sent', 'sent', 'sent']);
      }
      let doubled = 0;
      for (const id of mute) {
        const shown = platform.shownAt(id);
        const firsts = shown.filter((word, index) => shown.indexOf(word) === index);
        const rows = await outbox.rows(id);
        const sure = words.filter((_, index) => rows[index]!.state === 'sent');
        expect(rows.every(({ state }) => state === 'sent' || state === 'uncertain')).toBe(true);
        expect(firsts.filter((word) => sure.includes(word))).toEqual(sure);
        expect(firsts).toEqual(words.filter((word) => firsts.includes(word)));
        expect(shown.length).toBeLessThanOrEqual(words.length * 2);
        doubled += shown.length - firsts.length;
      }
      expect(doubled).toBeLessThanOrEqual(counts.reduce((sum, { telegram }) => sum + telegram.resent, 0));
      expect(counts.reduce((sum, { slack }) => sum + slack.resent, 0)).toBe(0);
    },
  );

  test('a killed worker’s message stays doubtful for as long as its channel has no connection', async () => {
    const id = await outbox.conversation('slack');
    await outbox.say(id, 'one');
    await abandon(id);
    const without = deliver({ adapters: [] });
    await until(without, id, 'uncertain');
    expect((await outbox.rows(id))[0]).toMatchObject({ error: expect.stringContaining('No connection to slack') });
    await sent(deliver(), id);
    expect(platform.shownAt(id)).toEqual(['one']);
  });

  test('a worker that outlived its lease marks nothing', async () => {
    const id = await outbox.conversation('slack');
    await outbox.say(id, 'one');
    platform.slow(500);
    const late = deliver({ times: { leaseMs: 100, callMs: 2_000 }, clock: unaware() });
    const running = late.run(id);
    while (!platform.calls(id)) await pause(5);
    await until(deliver(), id, 'sent');
    await running;
    expect(platform.shownAt(id)).toEqual(['one']);
    expect(late.counts().slack).toMatchObject({ sent: 0, fenced: 1 });
  });

  test('a worker that stood still between mark and call does not call any more', async () => {
    const id = await outbox.conversation('telegram');
    await outbox.say(id, 'one');
    let now = 0;
    const store: OutboundStore = {
      ...outbox.store,
      async take(...call) {
        const taken = await outbox.store.take(...call);
        if (platform.calls() === 0 && now === 0) now += 60_000;
        return taken;
      },
    };
    const delivery = deliver({ store, clock: () => now });
    await delivery.run(id);
    expect(platform.shownAt(id)).toEqual(['one']);
    expect(delivery.counts().telegram).toMatchObject({ retried: 1, sent: 1 });
    expect((await outbox.rows(id))[0]).toMatchObject({ attempts: 1 });
  });
});

test('closing lets the call under way end, marks it, and begins no other', async () => {
  const id = await outbox.conversation('telegram');
  await outbox.say(id, 'one', 'two');
  platform.slow(100);
  const delivery = deliver();
  const running = delivery.run(id);
  while (platform.calls() === 0) await pause(5);
  await delivery.close();
  await running;
  expect(await statesOf(id)).toEqual(['sent', 'pending']);
  await delivery.run(id);
  expect(platform.shownAt(id)).toEqual(['one']);
});
