import { ClientFrame } from '#core/conversation/protocol.schema.ts';
import { createId } from './id.ts';
import { createOutbox, frameOf, type Outgoing } from './outbox.ts';
import { createBrowserStorage } from './testing/memory-store.ts';

const attachment = { id: 'upload-1', name: 'a.pdf', type: 'application/pdf', bytes: 3 };
const EVERYTHING: Outgoing[] = [
  { kind: 'text', text: '寄到澎湖要多久？' },
  { kind: 'action', id: 'choice-1', label: '查訂單' },
  { kind: 'upload', attachment },
  { kind: 'form', id: 'form-1', values: { email: 'a@example.com' } },
  { kind: 'rating', score: 4 },
  { kind: 'rating', score: 5, comment: '很快' },
  { kind: 'reaction', to: 3, value: 'up' },
];

function createTab(storage = createBrowserStorage(), now = () => 1_000) {
  let count = 0;
  const fillBytes = (bytes: Uint8Array): void => void bytes.fill(count++);
  return createOutbox({ store: storage.tab(), id: () => createId(fillBytes), now });
}

test('everything that a customer can send is a frame of the protocol', () => {
  const outbox = createTab();
  for (const content of EVERYTHING) expect(ClientFrame.safeParse(frameOf(outbox.add(content))).error).toBeUndefined();
});

test('what was written first goes first, also within one millisecond and when the clock goes back', () => {
  let now = 5_000;
  const outbox = createTab(createBrowserStorage(), () => now);
  for (const text of ['one', 'two', 'three']) outbox.add({ kind: 'text', text });
  now = 1_000;
  outbox.add({ kind: 'text', text: 'four' });
  expect(outbox.entries().map((entry) => entry.content)).toMatchObject(
    ['one', 'two', 'three', 'four'].map((text) => ({ text })),
  );
});

test('a reload finds what was not acknowledged, under the same id', () => {
  const storage = createBrowserStorage();
  const entry = createTab(storage).add({ kind: 'text', text: 'hello' });
  expect(createTab(storage).entries()).toEqual([entry]);
});

test("two tabs see each other's messages and none overwrites the other's", () => {
  const storage = createBrowserStorage();
  const [one, two] = [createTab(storage, () => 1), createTab(storage, () => 2)];
  one.add({ kind: 'text', text: 'from one' });
  const other = createOutbox({ store: storage.tab(), id: () => 'another-id', now: () => 2 });
  other.add({ kind: 'text', text: 'from two' });
  expect(two.entries()).toHaveLength(2);
  two.remove('another-id');
  expect(one.entries()).toHaveLength(1);
});

test('a refused message keeps its reason until it is sent again, and its id then too', () => {
  const outbox = createTab();
  const { id } = outbox.add({ kind: 'text', text: 'hello' });
  outbox.refuse(id, { status: 413, detail: 'Too long.' });
  expect(outbox.get(id)?.refused).toEqual({ status: 413, detail: 'Too long.' });
  outbox.retry(id);
  expect(outbox.get(id)).toEqual({ id, at: expect.any(Number), content: { kind: 'text', text: 'hello' } });
});

test('a new conversation takes over what was typed, and nothing that belonged to the old one', () => {
  const outbox = createTab();
  for (const content of EVERYTHING) outbox.add(content);
  outbox.keepTexts();
  expect(outbox.entries().map((entry) => entry.content.kind)).toEqual(['text']);
});

test('what another program left under our keys is no message', () => {
  const storage = createBrowserStorage();
  const store = storage.tab();
  store.write('out:x', 'not json');
  store.write('out:y', '{"id":"y"}');
  store.write('out:z', '{"id":"z","at":1,"content":{"kind":"toString"}}');
  store.write('out:v', '[]');
  expect(createTab(storage).entries()).toEqual([]);
});
