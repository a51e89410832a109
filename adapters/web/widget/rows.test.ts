import type { OutboundContent } from '#core/conversation/content.schema.ts';
import type { Change } from '#core/conversation/conversation.schema.ts';
import type { Snapshot } from './chat.ts';
import { createMarks } from './marks.ts';
import type { OutboxEntry } from './outbox.ts';
import { rowsOf, type OwnRow, type Row, type TheirRow } from './rows.ts';
import { createBrowserStorage } from './testing/memory-store.ts';
import { replyOf, stateOf } from './testing/messages.ts';
import { createTimeline } from './timeline.ts';

const customer = { kind: 'customer' } as const;
const agent = { kind: 'agent', name: '小安' } as const;
const choices = [
  { id: 'a', label: '查訂單' },
  { id: 'b', label: '退貨' },
];
const chips: OutboundContent = { kind: 'quick_replies', text: '需要什麼？', choices };
const csat: OutboundContent = {
  kind: 'csat',
  text: '這次的服務如何？',
  comment: true,
  choices: [1, 2, 3, 4, 5].map((n) => ({ id: `s${n}`, label: String(n) })),
};

function snapshotOf(changes: readonly Change[], more: Partial<Snapshot> = {}): Snapshot {
  const timeline = createTimeline();
  for (const change of changes) timeline.take(change);
  return {
    loading: false,
    trouble: null,
    status: timeline.status(),
    entries: timeline.entries(),
    outbox: [],
    uploads: [],
    partials: new Map(),
    typing: null,
    readUpTo: 0,
    expired: false,
    unread: [],
    marks: createMarks(createBrowserStorage().tab()),
    ...more,
  };
}
const theirs = (rows: readonly Row[]): TheirRow[] => rows.filter((row): row is Row & TheirRow => row.kind === 'theirs');
const own = (rows: readonly Row[]): OwnRow[] => rows.filter((row): row is Row & OwnRow => row.kind === 'own');
const stampOf = (rows: readonly Row[], key: string): string | undefined => rows.find((row) => row.key === key)?.stamp;
const kinds = (rows: readonly Row[]): string[] => rows.map((row) => row.kind);
const entry = (id: string, content: OutboxEntry['content'], more: Partial<OutboxEntry> = {}): OutboxEntry => ({
  id,
  at: Date.parse('2026-11-24T05:41:00Z'),
  content,
  ...more,
});

test('quick replies are open until the customer has said something, even while that still waits', () => {
  const asked = replyOf(1, chips);
  expect(theirs(rowsOf(snapshotOf([asked])))[0]?.open).toBe(true);
  expect(theirs(rowsOf(snapshotOf([asked, replyOf(2, 'hi', customer)])))[0]?.open).toBe(false);
  const waiting = { outbox: [entry('out-1', { kind: 'action', id: 'a', label: '查訂單' })] };
  expect(theirs(rowsOf(snapshotOf([asked], waiting)))[0]).toMatchObject({ open: false, chosen: 'a' });
});

test('a choice that was refused leaves its buttons open', () => {
  const refused = {
    outbox: [entry('out-1', { kind: 'action', id: 'a', label: '查訂單' }, { refused: { status: 409, detail: '' } })],
  };
  expect(theirs(rowsOf(snapshotOf([replyOf(1, chips)], refused)))[0]).toMatchObject({ open: true, chosen: null });
});

test('in a closed conversation no button leads on', () => {
  expect(theirs(rowsOf(snapshotOf([replyOf(1, chips), stateOf(2, 'closed')])))[0]?.open).toBe(false);
});

test('a pressed button is called what it said, although the message brings its id alone', () => {
  const rows = own(rowsOf(snapshotOf([replyOf(1, chips), replyOf(2, { kind: 'action', id: 'b' }, customer)])));
  expect(rows[0]?.label).toBe('退貨');
});

test('the same speaker is named once in a breath, and again after somebody else or five minutes', () => {
  const late = { createdAt: '2026-11-24T05:46:00.000Z' };
  const rows = theirs(
    rowsOf(snapshotOf([replyOf(1, 'a'), replyOf(2, 'b'), replyOf(3, 'c', agent), replyOf(4, 'd', agent, late)])),
  );
  expect(rows.map((row) => row.named)).toEqual([true, false, true, true]);
});

test('only the newest own message without an answer says how far it came', () => {
  const said = [replyOf(1, 'one', customer), replyOf(2, 'two', customer)];
  expect(own(rowsOf(snapshotOf(said))).map((row) => row.status)).toEqual(['none', 'delivered']);
  expect(own(rowsOf(snapshotOf(said, { readUpTo: 2 }))).map((row) => row.status)).toEqual(['none', 'read']);
  expect(own(rowsOf(snapshotOf([...said, replyOf(3, 'answer')]))).map((row) => row.status)).toEqual(['none', 'none']);
});

test('what waits stands at the end in the order in which it was written, files among it', () => {
  const file = new File(['x'], 'a.pdf', { type: 'application/pdf' });
  const at = Date.parse('2026-11-24T05:41:00Z');
  const rows = own(
    rowsOf(
      snapshotOf([replyOf(1, 'hi')], {
        outbox: [
          entry('o1', { kind: 'text', text: 'one' }),
          entry('o2', { kind: 'text', text: 'three' }, { at: at + 2 }),
        ],
        uploads: [{ id: 'u1', at: at + 1, file }],
      }),
    ),
  );
  expect(rows.map((row) => [row.waits, row.status])).toEqual([
    ['o1', 'waiting'],
    ['u1', 'uploading'],
    ['o2', 'waiting'],
  ]);
});

test('a message keeps its place on the screen from the first letter to the acknowledgement', () => {
  const waiting = rowsOf(snapshotOf([], { outbox: [entry('client-id-9', { kind: 'text', text: 'hi' })] }));
  const said = rowsOf(snapshotOf([replyOf(1, 'hi', customer, { clientMessageId: 'client-id-9' })]));
  expect(waiting.find((row) => row.kind === 'own')?.key).toBe(said.find((row) => row.kind === 'own')?.key);
});

test('ratings and thumbs leave no line, but show where they were asked', () => {
  const rows = rowsOf(
    snapshotOf([
      stateOf(1, 'closed'),
      replyOf(2, csat),
      replyOf(3, { kind: 'rating', score: 4 }, customer),
      replyOf(4, { kind: 'reaction', to: 2, value: 'up' }, customer),
    ]),
  );
  expect(own(rows)).toEqual([]);
  expect(theirs(rows)[0]).toMatchObject({ done: true, score: 4, named: false });
});

test('when a person helped and it is over, stars are offered once, asked for by the server or not', () => {
  const over = [replyOf(1, 'done', agent), stateOf(2, 'closed')];
  expect(theirs(rowsOf(snapshotOf(over))).map((row) => row.message.content.kind)).toEqual(['text', 'csat']);
  expect(theirs(rowsOf(snapshotOf([...over, replyOf(3, csat)])))).toHaveLength(2);
  expect(theirs(rowsOf(snapshotOf([replyOf(1, 'done'), stateOf(2, 'closed')])))).toHaveLength(1);
  expect(theirs(rowsOf(snapshotOf(over.slice(0, 1))))).toHaveLength(1);
});

test('a skipped rating is done without stars', () => {
  const marks = createMarks(createBrowserStorage().tab());
  marks.skip(1);
  expect(theirs(rowsOf(snapshotOf([replyOf(1, csat)], { marks })))[0]).toMatchObject({ done: true, score: null });
});

test('an answer from a source is asked about until something else is said, and remembers what was said of it', () => {
  const answer = replyOf(1, { kind: 'text', text: 'x', source: { kind: 'faq', id: 'f', title: 'F' } });
  expect(theirs(rowsOf(snapshotOf([answer])))[0]?.feedback).toBe('ask');
  expect(theirs(rowsOf(snapshotOf([answer, replyOf(2, 'ok', customer)])))[0]?.feedback).toBeNull();
  const marks = createMarks(createBrowserStorage().tab());
  marks.react(1, 'down');
  expect(theirs(rowsOf(snapshotOf([answer, replyOf(2, 'ok', customer)], { marks })))[0]?.feedback).toBe('down');
});

test('a sent form is done and its answers know what they were asked', () => {
  const form: OutboundContent = {
    kind: 'form',
    text: '聯絡方式',
    submit: { id: 'f1', label: '送出' },
    fields: [{ name: 'email', label: '電子郵件', type: 'email', required: true }],
  };
  const rows = rowsOf(
    snapshotOf([replyOf(1, form), replyOf(2, { kind: 'form', id: 'f1', values: { email: 'a@b.tw' } }, customer)]),
  );
  expect(theirs(rows)[0]?.done).toBe(true);
  expect(own(rows)[0]?.form?.fields[0]?.label).toBe('電子郵件');
});

test('a person who joins is told once, by the notice when there is one', () => {
  const joined: OutboundContent = {
    kind: 'handoff_notice',
    text: '小安 已加入對話',
    phase: 'joined',
    agent: { name: '小安' },
  };
  expect(kinds(rowsOf(snapshotOf([stateOf(1, 'queued'), stateOf(2, 'agent', { agent: { name: '小安' } })])))).toEqual([
    'day',
    'state',
  ]);
  expect(kinds(rowsOf(snapshotOf([stateOf(1, 'agent', { agent: { name: '小安' } }), replyOf(2, joined)])))).toEqual([
    'day',
    'notice',
  ]);
});

test("the end is told once, and the bot's return only after a person", () => {
  const closed: OutboundContent = { kind: 'system', text: '對話已結束', topic: 'closed' };
  expect(kinds(rowsOf(snapshotOf([stateOf(1, 'closed')])))).toEqual(['day', 'state']);
  expect(kinds(rowsOf(snapshotOf([replyOf(1, closed, { kind: 'system' }), stateOf(2, 'closed')])))).toEqual([
    'day',
    'notice',
  ]);
  expect(kinds(rowsOf(snapshotOf([stateOf(1, 'queued'), stateOf(2, 'bot')])))).toEqual([]);
  expect(kinds(rowsOf(snapshotOf([stateOf(1, 'agent'), stateOf(2, 'bot')])))).toEqual(['day', 'state', 'state']);
});

test('each day begins with its name', () => {
  const rows = rowsOf(
    snapshotOf([
      replyOf(1, 'a', undefined, { createdAt: '2026-11-22T05:00:00.000Z' }),
      replyOf(2, 'b', undefined, { createdAt: '2026-11-24T05:00:00.000Z' }),
      replyOf(3, 'c', undefined, { createdAt: '2026-11-24T05:01:00.000Z' }),
    ]),
  );
  expect(kinds(rows)).toEqual(['day', 'theirs', 'day', 'theirs', 'theirs']);
});

test('what did not change keeps its stamp, what changed does not', () => {
  const before = rowsOf(snapshotOf([replyOf(1, 'a'), replyOf(2, chips)]));
  const after = rowsOf(snapshotOf([replyOf(1, 'a'), replyOf(2, chips), { type: 'delete', seq: 3, of: 1 }]));
  expect(stampOf(after, 'msg:2')).toBe(stampOf(before, 'msg:2'));
  expect(stampOf(after, 'msg:1')).not.toBe(stampOf(before, 'msg:1'));
});

test('after an expired conversation the first line says so', () => {
  expect(kinds(rowsOf(snapshotOf([], { expired: true })))).toEqual(['expired']);
});
