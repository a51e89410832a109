import { openFrontDoor, type FrontDoor } from '#test/support/front-door.ts';

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
