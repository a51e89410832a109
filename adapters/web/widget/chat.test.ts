import type { Locale } from '#core/conversation/content.schema.ts';
import type { Message } from '#core/conversation/conversation.schema.ts';
import { createChat, type Chat } from './chat.ts';
import { createId } from './id.ts';
import { ServerRefusal, type Server, type Session } from './server.ts';
import { createClock, settle, type Clock } from './testing/clock.ts';
import { createFakeLine, type FakeLine } from './testing/fake-line.ts';
import { createBrowserStorage } from './testing/memory-store.ts';
import { messageOf, replyOf, stateOf } from './testing/messages.ts';

type Fake = {
  begun: number;
  /** The tokens that came with each beginning. */
  earlier: (string | null)[];
  refuseBegin: ServerRefusal | null;
  history: (session: Session, after: number) => Promise<{ state: 'bot'; head: number; items: Message[] }>;
  upload: (file: Blob, name: string) => Promise<{ id: string; name: string; type: string; bytes: number }>;
};

type Tab = { chat: Chat; line: FakeLine; clock: Clock; fake: Fake; texts: () => string[]; waiting: () => string[] };

function openTab(storage = createBrowserStorage(), clock = createClock()): Tab {
  const line = createFakeLine();
  const fake: Fake = {
    begun: 0,
    earlier: [],
    refuseBegin: null,
    history: async () => ({ state: 'bot', head: 0, items: [] }),
    upload: async (file, name) => ({ id: 'upload-1', name, type: file.type, bytes: file.size }),
  };
  const server: Server = {
    async begin(_locale, _page, earlier) {
      if (fake.refuseBegin) throw fake.refuseBegin;
      fake.earlier.push(earlier?.token ?? null);
      fake.begun++;
      return {
        sessionId: `00000000-0000-4000-8000-00000000000${fake.begun}`,
        sessionToken: `token-${fake.begun}`,
        state: 'bot',
        replies: [messageOf(1, 'greeting')],
      };
    },
    history: (session, after) => fake.history(session, after),
    upload: (_session, file, name) => fake.upload(file, name),
    download: async () => new Blob(['bytes']),
    socketAddress: (session) => `ws://localhost/ws/chat/${session.id}`,
  };
  let turn = Promise.resolve();
  const chat = createChat({
    server,
    store: storage.tab(),
    timers: clock,
    random: () => 1,
    id: () => createId((bytes) => void crypto.getRandomValues(bytes)),
    openSocket: line.open,
    locale: (): Locale => 'zh-TW',
    page: () => ({ url: 'https://shop.example/', title: 'Shop' }),
    exclusively: (work) => (turn = turn.catch(() => {}).then(work)),
  });
  return {
    chat,
    line,
    clock,
    fake,
    texts: () =>
      chat.snapshot().entries.flatMap((entry) => {
        if (entry.kind !== 'message' || entry.message.content.kind !== 'text') return [];
        return [entry.message.content.text];
      }),
    waiting: () =>
      chat.snapshot().outbox.flatMap(({ content }) => (content.kind === 'text' ? [content.text] : [content.kind])),
  };
}

/** A tab with a conversation and a line. */
async function startedTab(storage = createBrowserStorage()): Promise<Tab> {
  const tab = openTab(storage);
  tab.chat.open();
  await settle();
  tab.line.welcome({ head: 1 });
  await settle();
  return tab;
}
const say = (chat: Chat, text: string): void => chat.send({ kind: 'text', text });
const idOf = (frame: object | undefined): string => (frame as { clientMessageId: string }).clientMessageId;

test('before the first opening nothing is asked of the server', async () => {
  const { line, fake } = openTab();
  await settle();
  expect([fake.begun, line.opened]).toEqual([0, 0]);
});

test('the first opening begins a conversation with its greeting and goes on after it', async () => {
  const { chat, line, texts } = openTab();
  chat.open();
  await settle();
  expect(line.accept()).toMatchObject({ type: 'hello', token: 'token-1', after: 1, protocol: 1 });
  expect(texts()).toEqual(['greeting']);
});

test('a reload goes on with the same conversation and reads it from the start', async () => {
  const storage = createBrowserStorage();
  await startedTab(storage);
  const { line, fake, texts } = openTab(storage);
  expect(line.welcome({ head: 2 })).toMatchObject({ token: 'token-1', after: 0 });
  line.tell(replyOf(1, 'greeting'), replyOf(2, 'answer'));
  expect(texts()).toEqual(['greeting', 'answer']);
  expect(fake.begun).toBe(0);
});

test('two tabs that open at once share one conversation', async () => {
  const storage = createBrowserStorage();
  const clock = createClock();
  const [one, two] = [openTab(storage, clock), openTab(storage, clock)];
  one.chat.open();
  await settle();
  two.chat.open();
  await settle();
  expect(one.fake.begun + two.fake.begun).toBe(1);
  expect(two.line.accept()).toMatchObject({ token: 'token-1' });
});

test('a message waits with its id until it is accepted, over lost lines', async () => {
  const { chat, line, clock, waiting, texts } = await startedTab();
  say(chat, 'hello');
  const first = line.heard()[0];
  expect(first).toMatchObject({ type: 'message', text: 'hello' });
  expect(waiting()).toEqual(['hello']);
  line.close();
  await clock.pass(1_000);
  line.welcome({ head: 1 });
  expect(line.heard()).toEqual([first]);
  line.tell({ type: 'accepted', clientMessageId: idOf(first), seq: 2 });
  expect(waiting()).toEqual([]);
  expect(texts()).toEqual(['greeting', 'hello']);
});

test('messages written without a network go out in order when it is back', async () => {
  const { chat, line, waiting } = await startedTab();
  chat.network(false);
  for (const text of ['one', 'two', 'three']) say(chat, text);
  expect(waiting()).toEqual(['one', 'two', 'three']);
  chat.network(true);
  line.welcome({ head: 1 });
  expect(line.heard()).toMatchObject([{ text: 'one' }, { text: 'two' }, { text: 'three' }]);
});

test('an own message that comes back as a change is shown once, whichever comes first', async () => {
  const { chat, line, texts } = await startedTab();
  for (const order of [0, 1]) {
    const seq = 2 + order;
    say(chat, `message ${seq}`);
    const clientMessageId = idOf(line.heard().at(-1));
    const frames = [
      { type: 'accepted', clientMessageId, seq },
      replyOf(seq, `message ${seq}`, { kind: 'customer' }, { clientMessageId }),
    ];
    line.tell(...(order ? frames.reverse() : frames));
  }
  expect(texts()).toEqual(['greeting', 'message 2', 'message 3']);
});

test('what one tab writes stands in the other, first waiting and then said', async () => {
  const storage = createBrowserStorage();
  const one = await startedTab(storage);
  const two = openTab(storage);
  two.line.welcome({ head: 1 });
  two.line.tell(replyOf(1, 'greeting'));
  say(one.chat, 'from one');
  expect(two.waiting()).toEqual(['from one']);
  expect(two.line.heard()).toEqual([]);
  const clientMessageId = idOf(one.line.heard().at(-1));
  const echo = replyOf(2, 'from one', { kind: 'customer' }, { clientMessageId });
  one.line.tell(echo, { type: 'accepted', clientMessageId, seq: 2 });
  two.line.tell(echo);
  for (const tab of [one, two]) {
    expect(tab.texts()).toEqual(['greeting', 'from one']);
    expect(tab.waiting()).toEqual([]);
  }
});

test('a new conversation names the one before, so that it is the same customer’s', async () => {
  const { chat, fake } = await startedTab();
  chat.startNew();
  await settle();
  chat.startNew();
  await settle();
  expect(fake.earlier).toEqual([null, 'token-1', 'token-2']);
});

test("a new conversation begun in one tab is the other tab's too", async () => {
  const storage = createBrowserStorage();
  const one = await startedTab(storage);
  const two = openTab(storage);
  one.chat.startNew();
  await settle();
  expect(two.line.accept()).toMatchObject({ token: 'token-2', after: 0 });
});

test('in a new conversation nothing counts as read because the one before was longer', async () => {
  const storage = createBrowserStorage();
  const one = await startedTab(storage);
  const two = openTab(storage);
  two.line.welcome({ head: 4 });
  two.chat.attend(true);
  two.line.tell(...[1, 2, 3, 4].map((seq) => replyOf(seq, `old ${seq}`)));
  one.chat.startNew();
  await settle();
  two.chat.attend(false);
  two.line.welcome({ head: 2 });
  two.line.tell(replyOf(1, 'greeting'), replyOf(2, 'new'));
  expect(two.chat.snapshot().unread).toHaveLength(2);
});

test('an answer after a gap is held, and a gap that stays is resumed after the last whole one', async () => {
  const { line, clock, texts } = await startedTab();
  line.tell(replyOf(3, 'three'));
  expect(texts()).toEqual(['greeting']);
  await clock.pass(1_000);
  expect(line.closedByClient).toBe(true);
  await clock.pass(500);
  expect(line.welcome({ head: 3 })).toMatchObject({ after: 1 });
  line.tell(replyOf(2, 'two'), replyOf(3, 'three'));
  expect(texts()).toEqual(['greeting', 'two', 'three']);
});

test('a gap that fills by itself costs nothing', async () => {
  const { line, clock, texts } = await startedTab();
  line.tell(replyOf(3, 'three'), replyOf(2, 'two'));
  await clock.pass(5_000);
  expect(texts()).toEqual(['greeting', 'two', 'three']);
  expect(line.opened).toBe(1);
});

test('after a reset the history is read, and what came meanwhile is not lost', async () => {
  const { line, fake, texts } = await startedTab();
  let answer!: (history: Awaited<ReturnType<Fake['history']>>) => void;
  fake.history = () => new Promise((resolve) => (answer = resolve));
  line.tell({ type: 'reset', head: 700 }, replyOf(701, 'meanwhile'));
  answer({ state: 'bot', head: 700, items: [messageOf(699, 'near the end')] });
  await settle();
  expect(texts()).toEqual(['near the end', 'meanwhile']);
});

test('a history that cannot be read is tried again with the line', async () => {
  const { line, clock, fake } = await startedTab();
  fake.history = () => Promise.reject(new ServerRefusal(0, 'no answer'));
  line.tell({ type: 'reset', head: 700 });
  await settle();
  await clock.pass(500);
  expect(line.accept()).toMatchObject({ after: 1 });
});

test('an expired conversation ends in a new one, says so, and takes along what was typed', async () => {
  const { chat, line, fake, waiting } = await startedTab();
  chat.network(false);
  say(chat, 'still here?');
  chat.send({ kind: 'action', id: 'old-button', label: 'Old' });
  chat.network(true);
  line.accept();
  line.close(4401);
  await settle();
  expect(fake.begun).toBe(2);
  expect(chat.snapshot().expired).toBe(true);
  expect(waiting()).toEqual(['still here?']);
  line.welcome({ head: 1 });
  expect(line.heard()).toMatchObject([{ text: 'still here?' }]);
});

test('a conversation that expired while nobody looks is replaced when somebody does', async () => {
  const storage = createBrowserStorage();
  await startedTab(storage);
  const { chat, line, fake } = openTab(storage);
  line.close(4401);
  await settle();
  expect(fake.begun).toBe(0);
  chat.open();
  await settle();
  expect(fake.begun).toBe(1);
});

test('when no line comes about and the server knows the conversation no more, a new one begins', async () => {
  const { line, clock, fake } = await startedTab();
  fake.history = () => Promise.reject(new ServerRefusal(404, 'There is no such session.'));
  for (let failure = 0; failure < 3; failure++) {
    line.close();
    await clock.pass(2_000);
  }
  expect(fake.begun).toBe(2);
});

test('a refused message keeps its reason and goes out again when the visitor says so', async () => {
  const { chat, line } = await startedTab();
  say(chat, 'too long');
  const clientMessageId = idOf(line.heard()[0]);
  line.tell({
    type: 'refused',
    clientMessageId,
    problem: { type: 't', title: 'Too large', status: 413, detail: 'Shorter.' },
  });
  expect(chat.snapshot().outbox).toMatchObject([{ refused: { status: 413, detail: 'Shorter.' } }]);
  chat.resend(clientMessageId);
  expect(line.heard().map(idOf)).toEqual([clientMessageId, clientMessageId]);
  chat.discard(clientMessageId);
  expect(chat.snapshot().outbox).toEqual([]);
});

test('what is refused only for the moment is sent again by itself, and then the visitor is asked', async () => {
  const { chat, line, clock } = await startedTab();
  say(chat, 'hello');
  const clientMessageId = idOf(line.heard()[0]);
  const problem = { type: 't', title: 'Too many', status: 429, detail: 'Wait.', retryAfter: 2 };
  for (let attempt = 1; attempt <= 3; attempt++) {
    line.tell({ type: 'slowDown', retryMs: 1_000 }, { type: 'refused', clientMessageId, problem });
    expect(line.heard()).toHaveLength(attempt);
    await clock.pass(2_500);
    expect(line.heard()).toHaveLength(attempt + 1);
  }
  line.tell({ type: 'refused', clientMessageId, problem });
  expect(chat.snapshot().outbox[0]?.refused?.status).toBe(429);
});

test('asked to slow down, it waits and then sends what waits', async () => {
  const { chat, line, clock } = await startedTab();
  line.tell({ type: 'slowDown', retryMs: 3_000 });
  say(chat, 'patience');
  expect(line.heard()).toEqual([]);
  await clock.pass(3_000);
  expect(line.heard()).toMatchObject([{ text: 'patience' }]);
});

test('a message that nobody acknowledges within ten seconds proves the line dead', async () => {
  const { chat, line, clock } = await startedTab();
  say(chat, 'hello?');
  await clock.pass(10_000);
  expect(line.closedByClient).toBe(true);
  await clock.pass(500);
  line.welcome({ head: 1 });
  expect(line.heard()).toMatchObject([{ text: 'hello?' }]);
});

test('a streamed answer grows and its final text takes its place', async () => {
  const { chat, line, texts } = await startedTab();
  const { message } = replyOf(2, 'Whole answer.');
  line.tell({ type: 'typing', author: 'bot' }, { type: 'delta', replyId: message.id, text: 'Whole ' });
  line.tell({ type: 'delta', replyId: message.id, text: 'ans' });
  expect([...chat.snapshot().partials.values()]).toEqual(['Whole ans']);
  expect(chat.snapshot().typing).toBeNull();
  line.tell(replyOf(2, 'Whole answer.'));
  expect(chat.snapshot().partials.size).toBe(0);
  expect(texts()).toEqual(['greeting', 'Whole answer.']);
});

test('a piece that comes after the whole, or after a person took over, is not shown', async () => {
  const { chat, line } = await startedTab();
  const { message } = replyOf(2, 'Whole.');
  line.tell(replyOf(2, 'Whole.'), { type: 'delta', replyId: message.id, text: 'late' });
  expect(chat.snapshot().partials.size).toBe(0);
  line.tell({ type: 'delta', replyId: 'r', text: 'Half' }, stateOf(3, 'agent', { agent: { name: '小安' } }));
  expect(chat.snapshot().partials.size).toBe(0);
});

test('a streamed answer that is given up disappears, with the line or by itself', async () => {
  const { chat, line, clock } = await startedTab();
  line.tell({ type: 'delta', replyId: 'r', text: 'Half' });
  await clock.pass(12_000);
  expect(chat.snapshot().partials.size).toBe(0);
  line.tell({ type: 'delta', replyId: 'r', text: 'Half' });
  line.close();
  expect(chat.snapshot().partials.size).toBe(0);
});

test("typing shows for six seconds, or until the message is there; the other tab's own typing never", async () => {
  const { chat, line, clock } = await startedTab();
  line.tell({ type: 'typing', author: 'customer' });
  expect(chat.snapshot().typing).toBeNull();
  line.tell({ type: 'typing', author: 'agent' });
  expect(chat.snapshot().typing).toBe('agent');
  await clock.pass(6_000);
  expect(chat.snapshot().typing).toBeNull();
  line.tell({ type: 'typing', author: 'agent' }, replyOf(2, 'done', { kind: 'agent', name: '小安' }));
  expect(chat.snapshot().typing).toBeNull();
});

test('own typing is told at most every three seconds', async () => {
  const { chat, line, clock } = await startedTab();
  for (let key = 0; key < 7; key++) {
    chat.typing();
    await clock.pass(1_000);
  }
  expect(line.heard()).toEqual([{ type: 'typing' }, { type: 'typing' }, { type: 'typing' }]);
});

test("what is before the visitor's eyes is told as seen, at most every two seconds, and only then", async () => {
  const { chat, line, clock } = await startedTab();
  line.tell(replyOf(2, 'two'));
  expect(chat.snapshot().unread).toHaveLength(2);
  expect(line.heard()).toEqual([]);
  chat.attend(true);
  line.tell(replyOf(3, 'three'), replyOf(4, 'four'));
  expect(line.heard()).toEqual([{ type: 'seen', seq: 2 }]);
  await clock.pass(2_000);
  expect(line.heard()).toEqual([
    { type: 'seen', seq: 2 },
    { type: 'seen', seq: 4 },
  ]);
  chat.attend(false);
  expect(chat.snapshot().unread).toEqual([]);
});

test('a reload remembers what was read', async () => {
  const storage = createBrowserStorage();
  const { chat } = await startedTab(storage);
  chat.attend(true);
  const { chat: next, line } = openTab(storage);
  line.welcome({ head: 2 });
  line.tell(replyOf(1, 'greeting'), replyOf(2, 'new'));
  expect(next.snapshot().unread).toHaveLength(1);
});

test('own messages are read when the other side has seen them', async () => {
  const { chat, line } = await startedTab();
  line.tell({ type: 'seen', seq: 5 }, { type: 'seen', seq: 3 });
  expect(chat.snapshot().readUpTo).toBe(5);
});

test('who answers is told by changes and by the welcome', async () => {
  const { chat, line, clock } = await startedTab();
  line.tell(stateOf(2, 'queued', { place: 2, waitSeconds: 60 }));
  expect(chat.snapshot().status).toEqual({ state: 'queued', place: 2, waitSeconds: 60 });
  line.close();
  await clock.pass(500);
  line.welcome({ head: 2, state: 'queued' });
  expect(chat.snapshot().status.place).toBe(2);
  line.close();
  await clock.pass(1_000);
  line.welcome({ head: 2, state: 'agent', agent: { name: '小安' } });
  expect(chat.snapshot().status).toEqual({ state: 'agent', agent: '小安' });
});

test('trouble is told when it lasts, not when a line is back at once', async () => {
  const { chat, line, clock } = await startedTab();
  line.close();
  await clock.pass(500);
  line.welcome({ head: 1 });
  await clock.pass(5_000);
  expect(chat.snapshot().trouble).toBeNull();
  line.close();
  await clock.pass(1_500);
  expect(chat.snapshot().trouble).toBe('reconnecting');
  chat.network(false);
  expect(chat.snapshot().trouble).toBe('offline');
  chat.network(true);
  line.welcome({ head: 1 });
  expect(chat.snapshot().trouble).toBeNull();
});

test('a server that takes nobody now is asked again when it said so, and what was typed goes out then', async () => {
  const { chat, line, clock, fake, waiting } = openTab();
  fake.refuseBegin = new ServerRefusal(429, 'Too many new conversations.', 60);
  chat.open();
  say(chat, 'hello');
  await settle();
  expect(chat.snapshot().trouble).toBe('busy');
  fake.refuseBegin = null;
  await clock.pass(59_000);
  expect(fake.begun).toBe(0);
  await clock.pass(1_000);
  line.welcome({ head: 1 });
  expect(line.heard()).toMatchObject([{ text: 'hello' }]);
  expect(waiting()).toEqual(['hello']);
});

test('a page that may not use the chat is told so', async () => {
  const { chat, line } = await startedTab();
  line.close(4403);
  expect(chat.snapshot().trouble).toBe('refused');
});

test('a file goes up and then is said; one that finds no network waits for it', async () => {
  const { chat, line, fake } = await startedTab();
  const file = new File(['abc'], 'label.pdf', { type: 'application/pdf' });
  const upload = fake.upload;
  fake.upload = () => Promise.reject(new ServerRefusal(0, 'no answer'));
  chat.attach([file]);
  await settle();
  expect(chat.snapshot().uploads).toMatchObject([{ refused: { status: 0 } }]);
  fake.upload = upload;
  chat.network(true);
  line.welcome({ head: 1 });
  await settle();
  expect(chat.snapshot().uploads).toEqual([]);
  expect(line.heard()).toMatchObject([{ type: 'message', uploadId: 'upload-1' }]);
});

test('a file that is refused says why, and can be sent again or given up', async () => {
  const { chat, fake } = await startedTab();
  const upload = fake.upload;
  fake.upload = () => Promise.reject(new ServerRefusal(415, 'Not this kind.'));
  chat.attach([new File(['x'], 'x.exe'), new File(['y'], 'y.exe')]);
  await settle();
  const [one, two] = chat.snapshot().uploads;
  expect(one?.refused).toEqual({ status: 415, detail: 'Not this kind.' });
  fake.upload = upload;
  chat.resend(one!.id);
  chat.discard(two!.id);
  await settle();
  expect(chat.snapshot().uploads).toEqual([]);
  expect(chat.snapshot().outbox).toHaveLength(1);
});

test('a rating is kept at once, and a refused one leaves nothing to answer', async () => {
  const { chat, line } = await startedTab();
  chat.send({ kind: 'rating', score: 4 });
  expect(chat.snapshot().marks.rating()).toBe(4);
  const clientMessageId = idOf(line.heard()[0]);
  line.tell({
    type: 'refused',
    clientMessageId,
    problem: { type: 't', title: 't', status: 409, detail: 'Rated already.' },
  });
  expect(chat.snapshot().outbox).toEqual([]);
});

test('an acknowledgement without a place of its own leaves no gap', async () => {
  const { chat, line, texts } = await startedTab();
  chat.send({ kind: 'rating', score: 4 });
  line.tell({ type: 'accepted', clientMessageId: idOf(line.heard()[0]), seq: 1 }, replyOf(2, 'Thank you.'));
  expect(texts()).toEqual(['greeting', 'Thank you.']);
});

test('on a quiet line a visitor who looks is worth a question to the server', async () => {
  const { chat, line, clock, fake } = await startedTab();
  const asked: number[] = [];
  fake.history = async (_session, after) => {
    asked.push(after);
    return { state: 'bot', head: 2, items: [] };
  };
  await clock.pass(50_000);
  expect(asked).toEqual([]);
  chat.attend(true);
  await clock.pass(50_000);
  expect(asked).toEqual([1]);
  expect(line.closedByClient || line.opened > 1).toBe(true);
});
