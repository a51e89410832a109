import fs from 'node:fs';
import path from 'node:path';
import type { Ledger } from './faults/customer.ts';
import { judge, type History } from './faults/checker.ts';
import { plantBug, PLANTED_BUGS } from './faults/planted-bugs.ts';

type MessageRow = History['messages'][number];
type InboundRow = History['inbound'][number];

const message = (seq: number, more: Partial<MessageRow>): MessageRow => ({
  session_id: 's',
  seq,
  id: `m${seq}`,
  change: 'message',
  author: 'bot',
  client_id: null,
  in_reply_to: [],
  turn: '12:00',
  state: null,
  ...more,
});
const customer = (seq: number, n: number): MessageRow =>
  message(seq, { author: 'customer', client_id: `c-${n}`, in_reply_to: null });
const state = (seq: number, name: string): MessageRow =>
  message(seq, { author: 'system', change: 'state', state: name, in_reply_to: null });
const arrival = (seq: number, more: Partial<InboundRow> = {}): InboundRow => ({
  session_id: 's',
  seq,
  state: 'done',
  turn_epoch: seq,
  full_road: false,
  ...more,
});
const sent = (n: number, seq: number) => ({ n, id: `c-${n}`, text: 'Hello', at: 0, acceptedAt: 1, seq });

/** A customer asks twice and is answered twice. */
function story(): { history: { -readonly [Part in keyof History]: History[Part][number][] }; ledger: Ledger } {
  const messages = [
    message(1, {}),
    customer(2, 1),
    message(3, { in_reply_to: [2], turn: '12:01' }),
    customer(4, 2),
    message(5, { in_reply_to: [4], turn: '12:02' }),
  ];
  return {
    history: { sessions: [{ id: 's', seq: 5, mode: 'bot', pending: 0 }], messages, inbound: [arrival(2), arrival(4)] },
    ledger: {
      name: 'c',
      sessionId: 's',
      sent: [sent(1, 2), sent(2, 4)],
      seen: messages.map(({ seq, id, author, client_id: clientId }) => ({ seq, type: 'reply', id, author, clientId })),
      broken: [],
      lines: 1,
      resent: 0,
    },
  };
}

/** What the checker says of a story that went wrong. */
function violations(spoil: (told: ReturnType<typeof story>) => void): string[] {
  const told = story();
  spoil(told);
  return Object.keys(judge(told.history, [told.ledger], [{ said: [] }]).violations);
}

test('a story in which every promise was kept has nothing wrong with it', () => {
  expect(violations(() => {})).toEqual([]);
});

test('an acknowledged message that is nowhere is lost', () => {
  expect(violations(({ ledger }) => ledger.sent.push(sent(3, 6)))).toContain('lost');
});

test('a message in the transcript that has no row in the inbox is lost', () => {
  expect(violations(({ history }) => history.inbound.pop())).toContain('lost');
});

test('the same message twice is written twice, in the transcript and in the inbox', () => {
  expect(violations(({ history }) => history.messages.push(customer(6, 2)))).toContain('written twice');
  expect(violations(({ history }) => history.inbound.push(arrival(4)))).toContain('written twice');
});

test('a message that waits for ever is stuck', () => {
  expect(violations(({ history }) => (history.inbound[1] = arrival(4, { state: 'pending' })))).toContain('stuck');
  expect(violations(({ ledger }) => delete ledger.sent[1]!.acceptedAt)).toContain('stuck');
  expect(violations(({ history }) => (history.sessions[0]!.pending = 1))).toContain('stuck');
});

test('a turn without an answer is seen, and two turns that answer the same message', () => {
  expect(violations(({ history }) => (history.messages[4]!.in_reply_to = []))).toContain('unanswered');
  expect(violations(({ history }) => (history.messages[4]!.in_reply_to = [2, 4]))).toContain('answered twice');
});

test('a message that waited while the bot called for a person came to that person', () => {
  const spoil = ({ history }: ReturnType<typeof story>): void => {
    history.messages.push(customer(6, 3), state(7, 'queued'), state(8, 'agent'));
    history.inbound.push(arrival(6, { turn_epoch: null }));
    history.sessions[0]!.seq = 8;
  };
  expect(violations(spoil)).not.toContain('unanswered');
});

test('a message that came to a person needs no answer of the bot', () => {
  const spoil = ({ history }: ReturnType<typeof story>): void => {
    history.messages.push(state(6, 'agent'), customer(7, 3));
    history.inbound.push(arrival(7, { turn_epoch: null }));
    history.sessions[0]!.seq = 7;
  };
  expect(violations(spoil)).not.toContain('unanswered');
});

test('a bot that speaks while a person has the conversation is heard', () => {
  const spoil = ({ history }: ReturnType<typeof story>): unknown =>
    history.messages.push(state(6, 'agent'), message(7, {}));
  expect(violations(spoil)).toContain('bot over person');
});

test('order is that of sending, in the transcript and of the turns', () => {
  const swap = ({ history }: ReturnType<typeof story>): void => {
    history.messages[1]!.client_id = 'c-2';
    history.messages[3]!.client_id = 'c-1';
  };
  expect(violations(swap)).toContain('out of order');
  expect(violations(({ history }) => (history.inbound[0]!.turn_epoch = 9))).toContain('out of order');
});

test('a transcript has no hole, and the screen shows all of it', () => {
  expect(violations(({ history }) => history.messages.splice(2, 1))).toContain('hole');
  expect(violations(({ ledger }) => ledger.seen.splice(2, 1))).toEqual(['screen differs']);
  expect(violations(({ ledger }) => ledger.broken.push({ kind: 'gap', about: 'seq 4 after 2' }))).toEqual([
    'screen differs',
  ]);
});

test.each(PLANTED_BUGS)('the bug "$name" can still be planted in the sources', (bug) => {
  const sources = new Map<string, string>();
  const read = (file: string): string =>
    sources.get(file) ?? fs.readFileSync(path.resolve(import.meta.dirname, '..', file), 'utf8');
  plantBug(bug, { read, replace: (file, text) => void sources.set(file, text) });
  expect(sources.size).toBeGreaterThan(0);
});
