import * as fc from 'fast-check';
import { messageOf, replyOf, stateOf } from './testing/messages.ts';
import { createTimeline, type Timeline } from './timeline.ts';

const seqs = (timeline: Timeline): number[] =>
  timeline.entries().map((entry) => (entry.kind === 'message' ? entry.message.seq : entry.line.seq));
const texts = (timeline: Timeline): string[] =>
  timeline.entries().flatMap((entry) => {
    if (entry.kind !== 'message' || entry.message.content.kind !== 'text') return [];
    return [entry.message.content.text];
  });

test('changes that come in order are shown as they come', () => {
  const timeline = createTimeline();
  expect(timeline.take(replyOf(1, 'one'))).toBe('applied');
  expect(timeline.take(replyOf(2, 'two'))).toBe('applied');
  expect(texts(timeline)).toEqual(['one', 'two']);
  expect(timeline.cursor()).toBe(2);
});

test('a change that comes twice is shown once', () => {
  const timeline = createTimeline();
  timeline.take(replyOf(1, 'one'));
  expect(timeline.take(replyOf(1, 'one'))).toBe('known');
  expect(texts(timeline)).toEqual(['one']);
});

test('a change after a gap waits, and nothing is shown before the one that it follows', () => {
  const timeline = createTimeline();
  timeline.take(replyOf(1, 'one'));
  expect(timeline.take(replyOf(3, 'three'))).toBe('held');
  expect(texts(timeline)).toEqual(['one']);
  expect(timeline.waiting()).toBe(true);
  expect(timeline.head()).toBe(3);
  timeline.take(replyOf(2, 'two'));
  expect(texts(timeline)).toEqual(['one', 'two', 'three']);
  expect(timeline.waiting()).toBe(false);
});

test('what a resume leaves out does not exist for us', () => {
  const timeline = createTimeline();
  timeline.take(replyOf(1, 'one'));
  timeline.resume(5);
  expect(timeline.take(replyOf(2, 'two'))).toBe('applied');
  expect(timeline.take(replyOf(5, 'five'))).toBe('applied');
  expect(timeline.take(replyOf(6, 'six'))).toBe('applied');
  expect(seqs(timeline)).toEqual([1, 2, 5, 6]);
});

test('a live change right after a resume that ended early is no gap', () => {
  const timeline = createTimeline();
  timeline.resume(4);
  timeline.take(replyOf(3, 'three'));
  expect(timeline.take(replyOf(5, 'five'))).toBe('applied');
});

test('an acknowledgement that overtakes the replay does not hide what the replay still brings', () => {
  const timeline = createTimeline();
  timeline.resume(2);
  const own = messageOf(3, 'mine', { kind: 'customer' }, { id: 'client-id-3', clientMessageId: 'client-id-3' });
  expect(timeline.take({ type: 'own', seq: 3, message: own })).toBe('held');
  timeline.take(replyOf(1, 'one'));
  timeline.take(replyOf(2, 'two'));
  expect(texts(timeline)).toEqual(['one', 'two', 'mine']);
});

test("an own message stands where the server put it, and the server's copy takes its place", () => {
  const timeline = createTimeline();
  const own = messageOf(1, 'mine', { kind: 'customer' }, { id: 'client-id-1', clientMessageId: 'client-id-1' });
  timeline.take({ type: 'own', seq: 1, message: own });
  expect(timeline.take(replyOf(1, 'mine, trimmed', { kind: 'customer' }, { clientMessageId: 'client-id-1' }))).toBe(
    'known',
  );
  expect(texts(timeline)).toEqual(['mine, trimmed']);
});

test('an acknowledgement without its message still counts as heard', () => {
  const timeline = createTimeline();
  timeline.take({ type: 'own', seq: 1, message: null });
  expect(timeline.take(replyOf(2, 'two'))).toBe('applied');
  expect(timeline.take(replyOf(1, 'mine', { kind: 'customer' }))).toBe('known');
  expect(texts(timeline)).toEqual(['mine', 'two']);
});

test('an edit replaces its message and a deletion leaves a mark where it stood', () => {
  const timeline = createTimeline();
  timeline.take(replyOf(1, 'one'));
  timeline.take(replyOf(2, 'two'));
  timeline.take({ type: 'edit', seq: 3, of: 1, message: messageOf(1, 'ONE') });
  timeline.take({ type: 'delete', seq: 4, of: 2 });
  expect(texts(timeline)).toEqual(['ONE', 'two']);
  expect(timeline.message(2)?.deletedAt).toBeDefined();
  expect(timeline.cursor()).toBe(4);
});

test('a state change says who answers now, with place and wait', () => {
  const timeline = createTimeline();
  timeline.take(stateOf(1, 'queued', { place: 3, waitSeconds: 240 }));
  expect(timeline.status()).toEqual({ state: 'queued', place: 3, waitSeconds: 240 });
  timeline.take(stateOf(2, 'agent', { agent: { name: '小安' } }));
  expect(timeline.status()).toEqual({ state: 'agent', agent: '小安' });
});

test('the history replaces everything, and live changes go on after its head', () => {
  const timeline = createTimeline();
  timeline.take(replyOf(1, 'old'));
  timeline.replace([messageOf(600, 'new')], 601, 'agent');
  expect(texts(timeline)).toEqual(['new']);
  expect(timeline.take(replyOf(602, 'live'))).toBe('applied');
  expect(timeline.status().state).toBe('agent');
});

test('a missing change that does not come asks for a resume; one that the server never had does not', () => {
  const timeline = createTimeline();
  timeline.take(replyOf(1, 'one'));
  timeline.take(replyOf(3, 'three'));
  expect(timeline.settle()).toBe(true);
  timeline.resume(4);
  timeline.take(replyOf(3, 'three'));
  timeline.take({ type: 'own', seq: 5, message: null });
  expect(timeline.waiting()).toBe(true);
  expect(timeline.settle()).toBe(false);
});

test('in whatever order and however often changes arrive, the same conversation stands there', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 30 }).chain((length) =>
        fc.tuple(
          fc.constant(length),
          fc.shuffledSubarray(
            Array.from({ length }, (_, index) => index + 1),
            { minLength: length, maxLength: length },
          ),
          fc.array(fc.integer({ min: 1, max: length })),
        ),
      ),
      ([length, order, again]) => {
        const timeline = createTimeline();
        for (const seq of [...order, ...again]) timeline.take(replyOf(seq, `text ${seq}`));
        expect(seqs(timeline)).toEqual(Array.from({ length }, (_, index) => index + 1));
        expect(timeline.cursor()).toBe(length);
      },
    ),
  );
});
