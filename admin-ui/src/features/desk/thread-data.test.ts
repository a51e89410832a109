import type { Handoff } from '#core/desk/desk.schema.ts';
import { AN, detail, message, summary, uuid } from '../../../testing/fixtures.ts';
import { withDelivery, withMessage, withStretch } from './thread-data.ts';
import { threadItems } from './thread-items.ts';

const seqs = ({ items }: { items: readonly { seq: number }[] }): number[] => items.map(({ seq }) => seq);

test('a stretch that was fetched keeps the messages that came meanwhile', () => {
  const known = withMessage({ items: [message(1)], from: 0, head: 1 }, 3, message(3));
  const joined = withStretch(known, { items: [message(1), message(2)], from: 0, head: 2 });
  expect(seqs(joined)).toEqual([1, 2, 3]);
  expect(joined.head).toBe(3);
});

test('earlier messages go before, and the thread reaches further back', () => {
  const joined = withStretch({ items: [message(5)], from: 4, head: 5 }, { items: [message(2)], from: 0, head: 5 });
  expect(seqs(joined)).toEqual([2, 5]);
  expect(joined.from).toBe(0);
});

test('an edited message stays in its place, under its change’s number', () => {
  const edited = message(1, {
    id: uuid(77),
    editedAt: new Date().toISOString(),
    content: { kind: 'text', text: '改過' },
  });
  const thread = withMessage({ items: [message(1), message(2)], from: 0, head: 2 }, 3, edited);
  expect(seqs(thread)).toEqual([1, 2]);
  expect(thread.items[0]?.content).toEqual({ kind: 'text', text: '改過' });
  expect(thread.head).toBe(3);
});

test('how far a message came is told of that message alone', () => {
  const thread = withDelivery({ items: [message(1), message(2)], from: 0, head: 2 }, 2, 'read');
  expect(thread.items.map(({ delivery }) => delivery)).toEqual([undefined, 'read']);
});

test('a conversation that went to people twice tells both, and the newest as the live line told it last', () => {
  const handoff = (nth: number, more: Partial<Handoff>): Handoff => ({
    ...summary(1, { waited: 9 }).handoff!,
    id: uuid(nth),
    ...more,
  });
  const items = threadItems({
    messages: [],
    conversation: {
      ...detail(summary(1)),
      handoffs: [handoff(1, { status: 'returned', agent: AN }), handoff(2, {})],
      handoff: handoff(2, { status: 'claimed', claimedAt: new Date().toISOString() }),
    },
    unsent: [],
  });
  expect(items.flatMap((item) => (item.kind === 'happening' ? [item.key] : []))).toEqual(
    expect.arrayContaining([`${uuid(1)}-asked`, `${uuid(2)}-asked`, `${uuid(2)}-claimed`]),
  );
});

test('messages of one author close together share a name; a note or a pause parts them; days are parted', () => {
  const at = (minute: number, dayOfMonth = 23): string => new Date(2026, 10, dayOfMonth, 13, minute).toISOString();
  const note = { id: uuid(9), author: { id: uuid(1), name: '小安' }, text: '備註', afterSeq: 2, createdAt: at(1) };
  const items = threadItems({
    messages: [
      message(1, { createdAt: at(0, 21) }),
      message(2, { createdAt: at(0) }),
      message(3, { createdAt: at(0) }),
      message(4, { createdAt: at(2) }),
      message(5, { createdAt: at(9) }),
    ],
    conversation: detail(summary(1), { notes: [note] }),
    unsent: [],
  });
  expect(items.map((item) => (item.kind === 'messages' ? item.messages.map(({ seq }) => seq) : item.kind))).toEqual([
    'day',
    [1],
    'day',
    [2, 3],
    'note',
    [4],
    [5],
  ]);
});
