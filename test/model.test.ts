import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { ConversationDetail } from '#core/desk/desk.schema.ts';
import type { ConversationState, Message } from '#core/conversation/conversation.schema.ts';
import { createTestDatabase, type TestDatabase } from './support/database.ts';
import { makeDataDir, startFrontdeskProcess, type FrontdeskProcess } from './support/processes.ts';
import { startOllama, type FakeOllama } from './platforms/ollama.ts';

import.meta.jest.setTimeout(120_000);

/** Sentences that the built-in classifier takes for something else than our model does. */
const TO_ANSWER = '收到的杯子破了';
const TO_TICKET = 'The handle of my kettle is loose';
const TO_PERSON = '可以幫我的馬克杯刻字嗎';
const HANGS = '刷卡可不可以分期付款';
const UNDER_WAY = '運費怎麼算，可以用點數抵嗎';
const CHOICES = new Map([
  [TO_ANSWER, 'returns'],
  [TO_TICKET, 'damaged_item'],
  [TO_PERSON, 'talk_to_person'],
  [UNDER_WAY, 'shipping'],
]);
let ollama: FakeOllama;
let database: TestDatabase;
let server: FrontdeskProcess;
let removeData: () => Promise<void>;

beforeAll(async () => {
  [ollama, database] = await Promise.all([
    startOllama({ choose: ({ now }) => CHOICES.get(now) ?? 'none' }),
    createTestDatabase(),
  ]);
  const { dataDir, remove } = makeDataDir();
  removeData = remove;
  server = await startFrontdeskProcess({
    dataDir,
    env: { DATABASE_URL: database.url, OLLAMA_URL: ollama.url, FRONTDESK_SKIP_MODEL_ABOVE: '1' },
  });
});
afterEach(() => ollama.fail(null));
afterAll(async () => {
  await server?.stop();
  await Promise.all([ollama?.stop(), database?.drop(), removeData?.()]);
});

type Answer = { sessionId: string; sessionToken: string; replies: Message[]; state: ConversationState };

async function post<T>(path: string, body: object, token?: string): Promise<T> {
  const response = await fetch(server.url + path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...(token ? { Authorization: `Bearer ${token}` } : {}) },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${path}: ${await response.text()}`);
  return (await response.json()) as T;
}
async function get<T>(path: string, token: string): Promise<T> {
  const response = await fetch(server.url + path, { headers: { Authorization: `Bearer ${token}` } });
  if (!response.ok) throw new Error(`${path}: ${await response.text()}`);
  return (await response.json()) as T;
}

/** The first words of a new conversation, and what comes of them. */
const ask = (text: string, locale: 'zh-TW' | 'en' = 'zh-TW'): Promise<Answer> =>
  post('/chat/message', { text, locale, clientMessageId: randomUUID() });

const textOf = ({ content }: Message): string => ('text' in content ? (content.text ?? '') : '');
const said = ({ replies }: Answer): string => replies.map(textOf).join('\n');
const sourceOf = ({ replies }: Answer): string | undefined =>
  replies.flatMap(({ content }) => ('source' in content && content.source ? [content.source.title] : []))[0];

/** An agent's access token. */
async function signIn(): Promise<string> {
  const [, email = '', password = ''] = /E-mail +(\S+)\s+Password +(\S+)/.exec(server.output()) ?? [];
  return (await post<{ access_token: string }>('/auth/login', { email, password })).access_token;
}

test('the model’s choice leads to an answer from the FAQs, where the classifier alone would begin a ticket', async () => {
  ollama.fail('500');
  const alone = await ask(TO_ANSWER);
  expect([sourceOf(alone), said(alone)]).toEqual([undefined, expect.stringMatching(/訂單編號是？/)]);
  ollama.fail(null);
  const answer = await ask(TO_ANSWER);
  expect([sourceOf(answer), answer.state]).toEqual(['瑕疵商品換貨要多久？', 'bot']);
});

test('the model’s choice leads to a ticket, where the classifier alone would quote the FAQ on repairs', async () => {
  ollama.fail('500');
  expect(sourceOf(await ask(TO_TICKET, 'en'))).toMatch(/repair/);
  ollama.fail(null);
  const answer = await ask(TO_TICKET, 'en');
  expect(sourceOf(answer)).toBeUndefined();
  expect(said(answer)).toMatch(/order number/);

  const { sessionId, sessionToken } = answer;
  const say = (text: string): Promise<Answer> => post('/chat/message', { sessionId, text }, sessionToken);
  for (const text of ['SQ-20451', 'skip', 'amy@example.com']) await say(text);
  expect(said(await say('submit'))).toMatch(/T-\d{4}/);
});

test('the model’s choice leads to a person, where the classifier alone would quote the FAQ on engraving', async () => {
  ollama.fail('500');
  expect(sourceOf(await ask(TO_PERSON))).toMatch(/刻字/);
  ollama.fail(null);
  const answer = await ask(TO_PERSON);
  expect([said(answer), answer.state]).toEqual([expect.stringMatching(/客服人員/), 'queued']);

  const detail = await get<ConversationDetail>(`/chat/sessions/${answer.sessionId}`, await signIn());
  expect([detail.understanding?.rung, detail.understanding?.ranking[0]?.intent]).toEqual(['model', 'talk_to_person']);
});

test('a model that hangs is not waited for: the classifier answers within its budget', async () => {
  ollama.fail('hang');
  const { aborted } = ollama.ledger;
  // What `POST /chat/message` brings back was there within three seconds.
  expect(sourceOf(await ask(HANGS))).toBe('信用卡可以分期嗎？');
  await ollama.abortsSeen(aborted + 1);
});

test('a person who takes over while the model thinks is the only one heard: the answer under way never appears', async () => {
  const agent = await signIn();
  const { sessionId, sessionToken } = await post<Answer>('/chat/sessions', { locale: 'zh-TW' });
  const say = (text: string): Promise<Answer> => post('/chat/message', { sessionId, text }, sessionToken);
  const history = async (): Promise<string[]> => {
    const { items } = await get<{ items: Message[] }>(`/chat/history/${sessionId}`, sessionToken);
    return items.map((message) => `${message.author.kind}: ${textOf(message).slice(0, 13)}`);
  };

  const { aborted, chats } = ollama.ledger;
  ollama.fail('hang');
  const asked = say(UNDER_WAY);
  await ollama.chatsArrived(chats.length + 1);
  const { id: handoff } = await post<{ id: string }>(`/chat/sessions/${sessionId}/take-over`, {}, agent);
  await ollama.abortsSeen(aborted + 1); // Nobody thinks any more: what was under way has ended.
  expect((await asked).replies).toEqual([]);
  ollama.fail(null);
  const write = (text: string): Promise<unknown> =>
    post(`/chat/sessions/${sessionId}/messages`, { text, clientMessageId: randomUUID() }, agent);
  await write('您好，運費我來說明。');
  expect((await say('好的')).replies).toEqual([]);
  await post(`/handoffs/${handoff}/return`, {}, agent);
  while (!(await history()).some((line) => line.includes('交回'))) await pause(25);
  expect(sourceOf(await say('寄到澎湖要運費嗎'))).toBe('寄到離島要多久、運費多少？');

  expect((await history()).slice(1)).toEqual([
    'customer: 運費怎麼算，可以用點數抵嗎',
    'agent: 您好，運費我來說明。',
    'customer: 好的',
    'bot: Admin 已經把對話交回',
    'customer: 寄到澎湖要運費嗎',
    'bot: 寄送澎湖、金門、馬祖、小琉',
  ]);
});
