import type { Change } from '#core/conversation/conversation.schema.ts';
import { createLocalLive } from '#core/conversation/live.ts';
import { createReplyWaiter } from './reply-waiter.ts';

const AT = '2026-06-01T08:00:00.000Z';
const reply = (seq: number, inReplyTo: number[]): Change => ({
  type: 'reply',
  seq,
  message: {
    id: '',
    seq,
    inReplyTo,
    author: { kind: 'bot' },
    content: { kind: 'text', text: `${seq}` },
    createdAt: AT,
  },
});

function prepare(mode = 'bot') {
  const kept: Change[] = [];
  const live = createLocalLive((error) => {
    throw error;
  });
  const waiter = createReplyWaiter({
    live,
    store: {
      load: async () => ({ mode }) as never,
      changes: async (_, after) => ({ changes: kept.filter(({ seq }) => seq > after), head: 9, more: false }),
    },
  });
  return { kept, waiter, tell: (changes?: Change[]) => live.publish(changed(changes)) };
}
const changed = (changes?: Change[]) =>
  ({ type: 'changes', sessionId: 's', head: 9, ...(changes ? { changes } : {}) }) as const;

test('what answers the message is returned, whether it came before the asking or after', async () => {
  const { waiter, tell } = prepare();
  const early = waiter.listen('s');
  tell([reply(1, []), reply(3, [2])]);
  expect(await early.until(2, 10_000)).toEqual([reply(3, [2])]);
  const late = waiter.listen('s');
  const waiting = late.until(3, 10_000);
  await new Promise((resolve) => setImmediate(resolve));
  tell([reply(4, [1])]);
  tell([reply(5, [3])]);
  expect(await waiting).toEqual([reply(4, [1]), reply(5, [3])]);
});

test('a change of state answers as well', async () => {
  const { waiter, tell } = prepare();
  const answer = waiter.listen('s');
  const queued: Change = { type: 'state', seq: 3, state: 'queued', at: AT };
  tell([queued]);
  expect(await answer.until(2, 10_000)).toEqual([queued]);
});

test('what another process wrote is read', async () => {
  const { waiter, tell, kept } = prepare();
  const answer = waiter.listen('s');
  kept.push(reply(2, []), reply(3, [2]));
  tell();
  expect(await answer.until(2, 10_000)).toEqual([reply(3, [2])]);
});

test('when the time is over there is what came until then', async () => {
  const { waiter, tell } = prepare();
  const answer = waiter.listen('s');
  tell([reply(3, [])]);
  expect(await answer.until(2, 1)).toEqual([reply(3, [])]);
});

test('nobody waits for a person, nor for another conversation, nor once he has gone', async () => {
  const person = prepare('agent');
  expect(await person.waiter.listen('s').until(1, 10_000)).toEqual([]);
  const { waiter, tell } = prepare();
  const [other, gone] = [waiter.listen('other'), waiter.listen('s')];
  gone.close();
  tell([reply(2, [1])]);
  expect([await other.until(1, 1), await gone.until(1, 1)]).toEqual([[], []]);
});
