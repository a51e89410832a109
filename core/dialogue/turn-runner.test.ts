import { randomUUID } from 'node:crypto';
import type { Conversation } from '#core/conversation/conversation.ts';
import { createLocalLive, type LiveEvent } from '#core/conversation/live.ts';
import { echoed, stateWith } from '#test/support/dialogue.ts';
import { inboundOf, openTestStores, outcome } from '#test/support/stores.ts';
import { toOutcome } from './turn-outcome.ts';
import { createTurnRunner } from './turn-runner.ts';
import type { Lookups, TurnInput, TurnOutcome } from './turn.ts';

let house: Awaited<ReturnType<typeof openTestStores>>;
beforeAll(async () => {
  house = await openTestStores();
});
afterAll(() => house.close());
afterEach(async () => expect(await house.broken()).toEqual([]));

type Turn = (input: TurnInput, signal: AbortSignal) => TurnOutcome | Promise<TurnOutcome>;

/** A runner whose dialogue is `turn`, and everything that it tells. */
function prepare(turn: Turn, more: Partial<Parameters<typeof createTurnRunner>[0]> = {}) {
  const inputs: TurnInput[] = [];
  const events: LiveEvent[] = [];
  const delivered: string[] = [];
  const errors: { error: unknown; attempts: number }[] = [];
  const live = createLocalLive((error) => void errors.push({ error, attempts: 0 }));
  live.subscribe((event) => void events.push(event));
  const runner = createTurnRunner({
    store: house.stores.conversations,
    dialogue: {
      runNow: () => undefined,
      run: async (input, lookups) => {
        inputs.push(input);
        return turn(input, (lookups as unknown as { signal: AbortSignal }).signal);
      },
    },
    lookupsFor: (_, signal) => ({ signal }) as unknown as Lookups,
    live,
    deliver: (id) => void delivered.push(id),
    worker: randomUUID(),
    now: () => new Date(),
    onError: (error, { attempts }) => void errors.push({ error, attempts }),
    ...more,
  });
  return { runner, inputs, events, delivered, errors, live };
}

/** A conversation whose dialogue has these timers, its clock set to ring now. */
async function ringing(dueInMs: readonly number[]): Promise<Conversation> {
  const timers = dueInMs.map((ms, n) => ({
    id: `${n}`,
    event: 'late',
    frame: 0,
    dueAt: new Date(Date.now() + ms).toISOString(),
  }));
  return house.begin({ state: stateWith({ timers }), alarmAt: new Date(Date.now() - 60_000) });
}
const alarmOf = async ({ id }: Conversation): Promise<Date | null> =>
  (await house.stores.conversations.load(id))!.alarmAt;

describe('a turn', () => {
  test('answers all that waits in one commit, shows that it thinks, and tells what it said', async () => {
    const conversation = await house.begin({ state: stateWith() });
    await house.receive(conversation, 'one');
    await house.receive(conversation, 'two');
    const { runner, inputs, events, delivered, errors } = prepare((input) =>
      echoed(input, { faults: ['the flow “x” broke'] }),
    );
    await runner.run(conversation.id);
    expect(inputs.map((input) => input.events.map(({ kind }) => kind))).toEqual([['message', 'message']]);
    expect(await house.texts(conversation.id)).toEqual(['您好', 'one', 'two', 'one', 'two']);
    expect(events.map(({ type }) => type)).toEqual(['typing', 'changes']);
    expect(events[1]).toMatchObject({ head: 5, changes: [{ seq: 4 }, { seq: 5 }] });
    expect(errors).toEqual([{ error: new Error('the flow “x” broke'), attempts: 0 }]);
    // The web has no lane.
    expect(delivered).toEqual([]);
  });

  test('goes on with what came meanwhile', async () => {
    const conversation = await house.begin({ state: stateWith() });
    await house.receive(conversation, 'one');
    const { runner, inputs } = prepare(async (input) => {
      if (inputs.length === 1) {
        await house.receive(conversation, 'two');
        await runner.run(conversation.id);
      }
      return echoed(input);
    });
    await runner.run(conversation.id);
    expect(inputs).toHaveLength(2);
    expect(await house.texts(conversation.id)).toEqual(['您好', 'one', 'two', 'one', 'two']);
  });

  test('is one, however many workers are woken for it', async () => {
    const conversation = await house.begin({ state: stateWith() });
    await house.receive(conversation, 'one');
    const workers = [prepare((input) => echoed(input)), prepare((input) => echoed(input))];
    await Promise.all(workers.map(({ runner }) => runner.run(conversation.id)));
    expect(workers.flatMap(({ inputs }) => inputs)).toHaveLength(1);
    expect(await house.texts(conversation.id)).toEqual(['您好', 'one', 'one']);
  });

  test('of a platform’s conversation wakes its lane', async () => {
    const id = randomUUID();
    await house.stores.conversations.begin({
      id,
      contactId: randomUUID(),
      newContact: true,
      channel: 'slack',
      connection: 'main',
      conversationKey: id,
      identity: null,
      locale: 'en',
      tokenHash: null,
      tokenExpiresAt: null,
      page: null,
      outcome: null,
    });
    await house.receive({ id } as Conversation, 'one');
    const { runner, inputs, delivered } = prepare((input) => echoed(input));
    await runner.run(id);
    expect(inputs[0]).toMatchObject({ state: null, facts: { channel: 'slack', contact: {} } });
    expect(delivered).toEqual([id]);
  });

  test('goes on without what it has not looked up in time', async () => {
    const conversation = await house.begin({ state: stateWith() });
    await house.receive(conversation, 'slow');
    const { runner } = prepare(
      (input, signal) =>
        new Promise((resolve) => signal.addEventListener('abort', () => resolve(echoed(input)), { once: true })),
      { thinkMs: 5 },
    );
    await runner.run(conversation.id);
    expect(await house.texts(conversation.id)).toEqual(['您好', 'slow', 'slow']);
  });
});

describe('a person', () => {
  test('who takes the conversation over while the bot thinks ends its thinking, and nothing of it is said', async () => {
    const conversation = await house.begin({ state: stateWith() });
    await house.receive(conversation, 'one');
    const agent = await house.agent('安');
    let stopped = false;
    const { runner, live, errors } = prepare(async (input, signal) => {
      await house.stores.desk.takeOver(conversation.id, agent);
      live.publish({ type: 'owner', sessionId: conversation.id, state: 'agent' });
      stopped = signal.aborted;
      return echoed(input);
    });
    await runner.run(conversation.id);
    expect(stopped).toBe(true);
    expect(errors).toEqual([]);
    expect(await house.texts(conversation.id)).toEqual(['您好', 'one']);
  });

  test('who hands it back wakes the bot, which is not stopped by hearing of that', async () => {
    const conversation = await house.begin({ state: stateWith() });
    const agent = await house.agent('安');
    const { handoff } = await house.stores.desk.takeOver(conversation.id, agent);
    await house.stores.desk.giveBack(handoff.id, agent);
    let stopped = true;
    const { runner, inputs, live } = prepare((input, signal) => {
      live.publish({ type: 'owner', sessionId: conversation.id, state: 'bot' });
      stopped = signal.aborted;
      return echoed(input);
    });
    await runner.run(conversation.id);
    expect(stopped).toBe(false);
    expect(inputs[0]!.events).toEqual([{ kind: 'returned', agent: { name: '安' } }]);
  });

  test('who never came is told to the bot', async () => {
    const { conversation } = await house.queued();
    await house.pool.query('update handoffs set deadline_at = now() where session_id = $1', [conversation.id]);
    await house.stores.desk.unattended(1_000);
    // The state of this conversation is none that a dialogue wrote.
    await house.pool.query('update chat_sessions set state_sealed = null where id = $1', [conversation.id]);
    const { runner, inputs } = prepare((input) => echoed(input));
    await runner.run(conversation.id);
    expect(inputs[0]!.events).toEqual([{ kind: 'unattended' }]);
  });

  test('who has the conversation is not disturbed by its alarms', async () => {
    const conversation = await ringing([-1_000]);
    await house.stores.desk.takeOver(conversation.id, await house.agent('安'));
    const { runner, inputs, events } = prepare((input) => echoed(input));
    await runner.run(conversation.id);
    expect(inputs).toEqual([]);
    expect(events).toEqual([]);
    expect((await house.stores.conversations.load(conversation.id))!.mode).toBe('agent');
  });
});

describe('an alarm', () => {
  test('that is due is an event, after the messages that wait', async () => {
    const conversation = await ringing([-1_000, 60_000]);
    await house.receive(conversation, 'one');
    const { runner, inputs } = prepare((input) => echoed(input));
    await runner.run(conversation.id);
    expect(inputs[0]!.events.map(({ kind }) => kind)).toEqual(['message', 'alarm']);
    expect(await alarmOf(conversation)).toBeNull();
  });

  test('that rang early is none: the clock is set to what the dialogue waits for', async () => {
    const conversation = await ringing([120_000, 60_000]);
    const { runner, inputs, events } = prepare((input) => echoed(input));
    await runner.run(conversation.id);
    expect(inputs).toEqual([]);
    expect(events).toEqual([]);
    const next = (await alarmOf(conversation))!.getTime() - Date.now();
    expect(next).toBeGreaterThan(50_000);
    expect(next).toBeLessThan(61_000);
  });

  test('that nothing waits for is switched off', async () => {
    const conversation = await ringing([]);
    await prepare((input) => echoed(input)).runner.run(conversation.id);
    expect(await alarmOf(conversation)).toBeNull();
  });
});

describe('what goes wrong', () => {
  test('a message that breaks its turn rests, is tried again, and in the end a person is called', async () => {
    const conversation = await house.begin({ state: stateWith() });
    await house.receive(conversation, 'poison');
    const { runner, errors, events } = prepare(() => Promise.reject(new Error('broken')));
    for (let attempt = 1; attempt <= 5; attempt++) {
      await runner.run(conversation.id);
      await house.pool.query('update chat_sessions set lease_until = null where id = $1', [conversation.id]);
    }
    expect(errors.map(({ attempts }) => attempts)).toEqual([1, 2, 3, 4, 5]);
    expect(events.at(-1)).toMatchObject({ type: 'changes', head: 3, changes: [{ type: 'state', state: 'queued' }] });
    const { handoff } = (await house.stores.desk.detail(conversation.id))!;
    expect(handoff).toMatchObject({ status: 'waiting', reason: 'flow' });
    await runner.run(conversation.id);
    expect(errors).toHaveLength(5);
  });

  test('a state that cannot be read fails its alarm a minute apart, not every second', async () => {
    const conversation = await house.begin({ alarmAt: new Date(Date.now() - 1_000) });
    const { runner, errors } = prepare((input) => echoed(input));
    await runner.run(conversation.id);
    expect(errors).toHaveLength(1);
    expect(await house.stores.conversations.dueAlarms(1_000)).not.toContain(conversation.id);
  });

  test('a database that is away is told, and harms nothing', async () => {
    const store = { ...house.stores.conversations, claim: () => Promise.reject(new Error('away')) };
    const { runner, errors } = prepare((input) => echoed(input), { store });
    await runner.run(randomUUID());
    expect(errors).toEqual([{ error: new Error('away'), attempts: 0 }]);
  });

  test('who waits for the end of all turns hears of it', async () => {
    const conversation = await house.begin({ state: stateWith() });
    await house.receive(conversation, 'one');
    const thinking = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    const { runner } = prepare(async (input) => {
      begun.resolve();
      await thinking.promise;
      return echoed(input);
    });
    await runner.idle();
    const running = runner.run(conversation.id);
    await begun.promise;
    const idle = runner.idle();
    thinking.resolve();
    await idle;
    await running;
    expect(await house.texts(conversation.id)).toHaveLength(3);
  });
});

test('what is kept of a turn holds no values of the customer’s, and says when he was angry', () => {
  const known = { rung: 'command', intent: null, confidence: 1, ranking: [], outOfScope: false, locale: null } as const;
  const base = { ...known, followUp: false, took: 1, slots: { phone: '0912' } };
  const turn = echoed({
    state: null,
    facts: { locale: 'en', channel: 'web', contact: {} },
    events: [],
    now: new Date(),
  });
  const kept = toOutcome({
    ...turn,
    understood: new Map([
      [1, { ...base, mood: 'angry' as const }],
      [2, { ...base, mood: 'calm' as const }],
    ]),
  });
  expect(kept).toMatchObject({ mood: 'angry', topic: null });
  expect(JSON.stringify([...kept.understood])).not.toContain('0912');
});

test('a message that came over the short road is not answered a second time on the full one', async () => {
  const conversation = await house.begin({ state: stateWith() });
  await house.stores.conversations.writeTurn({
    conversation,
    inbound: inboundOf(conversation, 'one'),
    outcome: outcome('answered', { state: stateWith() }),
  });
  const { runner, inputs } = prepare((input) => echoed(input));
  await runner.run(conversation.id);
  expect(inputs).toEqual([]);
});
