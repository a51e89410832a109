import { randomUUID } from 'node:crypto';
import type { Effect } from '#core/conversation/effect.ts';
import { createLocalLive } from '#core/conversation/live.ts';
import { createUuid7 } from '#core/conversation/uuid.ts';
import type { TurnInput, TurnOutcome } from '#core/dialogue/turn.ts';
import { echoed, KNOWS_NOTHING } from '#test/support/dialogue.ts';
import { openFrontDoor, type FrontDoor } from '#test/support/front-door.ts';
import { createWebChat } from './web-chat.ts';

let door: FrontDoor;
beforeAll(async () => {
  door = await openFrontDoor();
}, 60_000);
afterAll(() => door.close());

test('a message that was written and never told of is told of when it comes again', async () => {
  const { sessionId } = await door.visitor();
  const content = { kind: 'text', text: 'Hello' } as const;
  // As when the line to the database breaks after the commit and before its answer.
  const written = await door.store.receive({
    conversationId: sessionId,
    deliveryKey: `web:${sessionId}:message-1`,
    semanticKey: null,
    clientId: 'message-1',
    content,
    most: 50,
  });
  expect(written).toMatchObject({ kind: 'received', seq: 2 });
  door.events.length = 0;
  expect(await door.chat.say(sessionId, { clientId: 'message-1', content })).toEqual({ seq: 2, duplicate: true });
  expect(door.events).toEqual([{ type: 'changes', sessionId, head: 2 }]);
});

test('a message that comes again and again stands there once, and costs nothing after the first time', async () => {
  const { sessionId } = await door.visitor();
  const message = { clientId: 'message-1', content: { kind: 'text', text: 'Hello' } } as const;
  const [first, second] = await Promise.all([door.chat.say(sessionId, message), door.chat.say(sessionId, message)]);
  expect(first).toEqual({ seq: 2, duplicate: false });
  expect(second).toEqual({ seq: 2, duplicate: true });
  const own = (await door.store.history(sessionId, 0, 100))?.items.filter(({ author }) => author.kind === 'customer');
  expect(own?.map(({ seq }) => seq)).toEqual([2]);
});

/** The chat of another process on the same database, whose dialogue is `turn`. */
function another(turn: (input: TurnInput) => TurnOutcome | undefined = (input) => echoed(input)) {
  const woken: string[] = [];
  const errors: unknown[] = [];
  const chat = createWebChat({
    store: door.store,
    dialogue: { runNow: turn, run: async (input) => echoed(input) },
    lookups: KNOWS_NOTHING,
    live: createLocalLive((error) => void errors.push(error)),
    wake: (id) => void woken.push(id),
    uuid: createUuid7(Date.now),
    now: () => new Date(),
    onError: (error) => void errors.push(error),
  });
  return { chat, woken, errors };
}
const text = (words: string) => ({ clientId: randomUUID(), content: { kind: 'text' as const, text: words } });
const rating = (score: number) => ({ clientId: randomUUID(), content: { kind: 'rating' as const, score } });
const textsOf = async (id: string): Promise<string[]> =>
  (await door.store.history(id, 0, 100))!.items.map(({ content }) =>
    'text' in content ? content.text! : content.kind,
  );

describe('a conversation that has ended', () => {
  const closing = (input: TurnInput): TurnOutcome => {
    const ends = input.events.some((event) => event.kind === 'message');
    const effects: Effect[] = ends ? [{ type: 'close', reason: 'customer' }] : [];
    return echoed(input, { effects });
  };

  test('takes nothing any more but stars, which it takes once', async () => {
    const { chat } = another(closing);
    const { conversation } = await chat.begin({ locale: 'en', page: null });
    await chat.say(conversation.id, text('bye'));
    expect(await chat.state(conversation.id)).toBe('closed');
    await expect(chat.say(conversation.id, text('wait'))).rejects.toThrow('This conversation has ended.');
    expect(await chat.say(conversation.id, rating(4))).toEqual({ seq: 4, duplicate: false });
    // Another process has it in memory as it was before.
    expect(await another(closing).chat.say(conversation.id, rating(1))).toEqual({ seq: 4, duplicate: false });
    const kept = await door.pool.query('select rating from chat_sessions where id = $1', [conversation.id]);
    expect(kept.rows).toEqual([{ rating: 4 }]);
  });

  test('still says of a message that it took that it took it', async () => {
    const { conversation } = await another(closing).chat.begin({ locale: 'en', page: null });
    const last = text('bye');
    expect(await another(closing).chat.say(conversation.id, last)).toEqual({ seq: 2, duplicate: false });
    expect(await another(closing).chat.say(conversation.id, last)).toEqual({ seq: 2, duplicate: true });
  });
});

describe('what cannot be decided here', () => {
  test('is written, and the full road is woken', async () => {
    const { chat, woken } = another((input) => (input.state ? undefined : echoed(input)));
    const { conversation } = await chat.begin({ locale: 'en', page: null });
    expect(await chat.say(conversation.id, text('where is it?'))).toEqual({ seq: 2, duplicate: false });
    expect(woken).toEqual([conversation.id]);
    expect((await door.store.load(conversation.id))!.pending).toBe(1);
    // What comes behind it waits for its turn too.
    await door.chat.say(conversation.id, text('hello?'));
    expect((await door.store.load(conversation.id))!.pending).toBe(2);
  });

  test('because its flow fails here is told, and goes the full road', async () => {
    const { chat, woken, errors } = another((input) => {
      if (input.state) throw new Error('broken here');
      return echoed(input);
    });
    const { conversation } = await chat.begin({ locale: 'en', page: null });
    await chat.say(conversation.id, text('hello'));
    expect(woken).toEqual([conversation.id]);
    expect(errors).toEqual([new Error('broken here')]);
  });

  test('is refused when fifty wait already', async () => {
    const { chat } = another(() => undefined);
    const { conversation } = await chat.begin({ locale: 'en', page: null });
    expect(conversation).toMatchObject({ seq: 0, state: null });
    for (let n = 0; n < 50; n++) await chat.say(conversation.id, text(`${n}`));
    await expect(chat.say(conversation.id, text('one more'))).rejects.toMatchObject({
      kind: 'too-many',
      retryAfter: 5,
    });
  });
});

describe('two processes', () => {
  test('that have the same conversation in memory write one after the other, without a gap', async () => {
    const [a, b] = [another(), another()];
    const { conversation } = await a.chat.begin({ locale: 'en', page: null });
    await b.chat.say(conversation.id, text('b1'));
    await Promise.all([a.chat.say(conversation.id, text('a1')), b.chat.say(conversation.id, text('b2'))]);
    const texts = await textsOf(conversation.id);
    expect(texts.slice(0, 3)).toEqual(['Hello', 'b1', 'b1']);
    expect(texts.slice(3).sort()).toEqual(['a1', 'a1', 'b2', 'b2']);
    // Each message is followed by its answer: they did not mix.
    expect(texts[3]).toBe(texts[4]);
  });

  test('a message to a person is written by a process that has not heard of her', async () => {
    const { chat, woken } = another();
    const { conversation } = await chat.begin({ locale: 'en', page: null });
    await chat.say(conversation.id, text('one'));
    const { token } = await door.person('agent', 'Gina');
    await door.post(`/chat/sessions/${conversation.id}/take-over`, { token });
    expect(await chat.say(conversation.id, text('are you there?'))).toEqual({ seq: 5, duplicate: false });
    expect(woken).toEqual([]);
    expect(await textsOf(conversation.id)).toEqual(['Hello', 'one', 'one', 'are you there?']);
  });
});

describe('beginning', () => {
  test('a flow that breaks at once is told, and a person is called', async () => {
    const effects: Effect[] = [{ type: 'request-handoff', reason: 'flow', collected: {} }];
    const { chat, errors } = another((input) => echoed(input, { faults: ['the flow “main” broke'], effects }));
    const begun = await chat.begin({ locale: 'en', page: null });
    expect(begun.conversation.mode).toBe('queued');
    expect(begun.changes.map(({ type }) => type)).toEqual(['reply', 'state']);
    expect(errors).toEqual([new Error('the flow “main” broke')]);
  });

  test('who comes back is the same contact; who was erased meanwhile is a new one', async () => {
    const first = await door.chat.begin({ locale: 'en', page: null });
    const { contactId } = first.conversation;
    expect(await door.chat.open(first.token)).toEqual({ id: first.conversation.id, contactId });
    const second = await door.chat.begin({ locale: 'en', page: null, contactId });
    expect(second.conversation.contactId).toBe(contactId);
    await door.pool.query('update contacts set data_key = null where id = $1', [contactId]);
    door.keys.forget(contactId);
    const third = await door.chat.begin({ locale: 'en', page: null, contactId });
    expect(third.conversation.contactId).not.toBe(contactId);
    await expect(door.chat.say(second.conversation.id, text('hello?'))).rejects.toThrow(
      'There is no such conversation.',
    );
  });

  test('a token that nobody gave out opens nothing', async () => {
    await expect(door.chat.open('nothing')).rejects.toMatchObject({ kind: 'unauthenticated' });
    await expect(door.chat.say(randomUUID(), text('hello?'))).rejects.toMatchObject({ kind: 'not-found' });
  });
});

test('sent again over HTTP, a message has the same answer', async () => {
  const { sessionId, token } = await door.visitor();
  const body = { sessionId, text: 'Hello', clientMessageId: 'message-again' };
  const first = await door.post('/chat/message', { token, body });
  expect(await door.post('/chat/message', { token, body })).toMatchObject({ status: 200, body: first.body });
});
