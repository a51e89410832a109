import { act, fireEvent, screen, waitFor, within } from '@testing-library/react';
import type { ConversationSummary } from '#core/desk/desk.schema.ts';
import type { Message } from '#core/conversation/conversation.schema.ts';
import { refuse, type FakeServer } from '../../../testing/fake-server.ts';
import { AN, detail, message, summary, uuid, ZHE } from '../../../testing/fixtures.ts';
import { createDesk, leave, renderApp } from '../../../testing/render.tsx';

let server: FakeServer;
beforeEach(() => {
  server = createDesk();
});
afterEach(leave);

/** Gives the desk these conversations, the first of them open with these messages. */
function seat(conversations: readonly ConversationSummary[], messages: readonly Message[] = [], given = {}): void {
  server.on('GET /chat/sessions', ({ query }) => ({
    items: conversations.filter(
      ({ state, agent }) =>
        (!query.has('state') || state === query.get('state')) && (!query.has('mine') || agent?.id === AN.id),
    ),
    nextCursor: null,
  }));
  const [open] = conversations;
  if (!open) return;
  server.on(`GET /chat/sessions/${open.id}`, () => detail(open, given));
  const head = messages.at(-1)?.seq ?? 0;
  server.on(`GET /chat/history/${open.id}`, () => ({
    sessionId: open.id,
    state: open.state,
    head,
    items: messages,
    nextCursor: null,
  }));
}

const openFirst = (): string => `/desk/${uuid(101)}`;
const rows = (): string[] =>
  within(screen.getByRole('region', { name: '對話清單' }))
    .getAllByRole('listitem')
    .map((row) => row.textContent ?? '');
const log = () => screen.findByRole('log', { name: '訊息' });

describe('the list', () => {
  test('who waits longest stands first, then ours, then the others; the tabs count them', async () => {
    seat([
      summary(1, { waited: 3, name: '江柏宏' }),
      summary(2, { waited: 11, name: '林雨彤' }),
      summary(3, { state: 'agent', name: '吳宗翰' }),
      summary(4, { state: 'agent', agent: ZHE, name: '張雅筑' }),
      summary(5, { name: '許家豪' }),
    ]);
    renderApp(server, '/desk');
    await screen.findByText('林雨彤');
    expect(rows().map((row) => /江柏宏|林雨彤|吳宗翰|張雅筑|許家豪/.exec(row)?.[0])).toEqual([
      '林雨彤',
      '江柏宏',
      '吳宗翰',
      '張雅筑',
      '許家豪',
    ]);
    const tabs = within(screen.getByRole('navigation', { name: '篩選對話' })).getAllByRole('link');
    expect(tabs.map((tab) => tab.textContent)).toEqual(['等待中 2', '我的 1', '全部 5']);
  });

  test('a wait over the limit says by how much, and an upset customer is marked', async () => {
    seat([summary(1, { waited: 13, mood: 'angry', reason: 'anger' })]);
    renderApp(server, '/desk');
    await screen.findByText('逾時 3 分');
    expect(rows()[0]).toContain('等 13 分');
    expect(rows()[0]).toContain('不滿');
    expect(rows()[0]).toContain('顧客不滿');
  });

  test('what the live line tells moves a conversation at once, without asking the server again', async () => {
    seat([summary(1, { waited: 3 })]);
    renderApp(server, '/desk?tab=waiting');
    await screen.findByText('顧客1');
    await waitFor(() => expect(server.heard.map(({ type }) => type)).toContain('hello'));
    const lists = server.asked.filter(({ path }) => path === '/chat/sessions').length;
    act(() => server.push({ type: 'conversation', conversation: summary(1, { state: 'agent', agent: ZHE }) }));
    await screen.findByText('沒有人在等');
    act(() => server.push({ type: 'conversation', conversation: summary(9, { waited: 0, name: '新來的' }) }));
    await screen.findByText('新來的');
    expect(server.asked.filter(({ path }) => path === '/chat/sessions').length).toBeLessThanOrEqual(lists + 3);
  });

  test('a server that does not answer is told with another try', async () => {
    server.on('GET /chat/sessions', () => refuse(403));
    renderApp(server, '/desk');
    expect((await screen.findByRole('alert')).textContent).toContain('沒有這項權限');
    seat([summary(1)]);
    fireEvent.click(screen.getByRole('button', { name: '再試一次' }));
    await screen.findByText('顧客1');
  });
});

describe('a conversation', () => {
  test('shows who speaks, the source, the chosen reply, the verdict, and what happened to it', async () => {
    seat(
      [summary(1, { state: 'agent', waited: 8, name: '林雨彤' })],
      [
        message(1, { content: { kind: 'text', text: '*原樣* 顯示' } }),
        message(2, {
          author: { kind: 'bot' },
          content: {
            kind: 'quick_replies',
            text: '可免費**換新**。',
            choices: [
              { id: 'a', label: '換一個新的' },
              { id: 'b', label: '退款' },
            ],
            source: { kind: 'faq', id: 'f', title: '瑕疵換貨' },
          },
        }),
        message(3, { content: { kind: 'action', id: 'a', label: '換一個新的' } }),
        message(4, { content: { kind: 'reaction', to: 2, value: 'up' } }),
      ],
    );
    renderApp(server, openFirst());
    const thread = await log();
    await within(thread).findByText('*原樣* 顯示');
    expect(within(thread).getByText('換新').tagName).toBe('STRONG');
    expect(within(thread).getByRole('link', { name: '瑕疵換貨' }).getAttribute('href')).toBe('/faqs/f');
    within(thread).getByRole('group', { name: '快速回覆，顧客已選擇換一個新的' });
    within(thread).getByText('顧客標為有幫助');
    within(thread).getByText(/機器人轉給真人：要求真人/);
    expect(thread.textContent).toContain('已由 小安 接手 · 顧客等了 7 分 0 秒');
  });

  test('a press that brings its id alone is shown by the button’s words', async () => {
    const choices = [{ id: 'x1', label: '查訂單' }];
    seat(
      [summary(1)],
      [
        message(1, { author: { kind: 'bot' }, content: { kind: 'quick_replies', text: '需要什麼？', choices } }),
        message(2, { content: { kind: 'action', id: 'x1' } }),
      ],
    );
    renderApp(server, openFirst());
    expect(await within(await log()).findAllByText('查訂單')).toHaveLength(2);
  });

  test('a long one is opened at its end, and reaches further back when asked', async () => {
    seat([summary(1, { head: 450 })], [message(400)]);
    renderApp(server, openFirst());
    const thread = await log();
    await within(thread).findByText('第 400 句');
    const asked = () =>
      server.asked
        .filter(({ path }) => path.startsWith('/chat/history'))
        .at(-1)
        ?.query.get('after');
    expect(asked()).toBe('250');
    server.on(`GET /chat/history/${uuid(101)}`, () => ({
      sessionId: uuid(101),
      state: 'bot',
      head: 450,
      items: [message(100)],
      nextCursor: null,
    }));
    fireEvent.click(within(thread).getByRole('button', { name: '載入較早的訊息' }));
    await within(thread).findByText('第 100 句');
    expect(asked()).toBe('50');
    within(thread).getByText('第 400 句');
  });

  test('read by the customer is told at once, and stays although the database is a second behind', async () => {
    seat([summary(1, { state: 'agent' })], [message(1, { author: { kind: 'agent', name: '小安' } })]);
    renderApp(server, openFirst());
    const thread = await log();
    await within(thread).findByText('已送出');
    await waitFor(() => expect(server.heard.some(({ type }) => type === 'watch')).toBe(true));
    act(() => server.push({ type: 'seen', sessionId: uuid(101), seq: 1 }));
    await within(thread).findByText('已讀');
    const reads = (): number => server.asked.filter(({ path }) => path === `/chat/sessions/${uuid(101)}`).length;
    const before = reads();
    act(() => server.push({ type: 'conversation', conversation: summary(1, { state: 'agent' }) }));
    await waitFor(() => expect(reads()).toBeGreaterThan(before));
    within(thread).getByText('已讀');
  });

  test('somebody else’s cannot be answered, and says who has it; notes can be written', async () => {
    seat([summary(1, { state: 'agent', agent: ZHE })]);
    server.on(`POST /chat/sessions/${uuid(101)}/notes`, ({ body }) => ({
      id: uuid(700),
      author: AN,
      text: (body as { text: string }).text,
      afterSeq: 0,
      createdAt: new Date().toISOString(),
    }));
    renderApp(server, openFirst());
    await screen.findByText(/阿哲 正在處理這段對話/);
    expect(screen.queryByRole('button', { name: '傳送' })).toBeNull();
    expect(screen.queryByRole('button', { name: '交還機器人' })).toBeNull();
    fireEvent.change(screen.getByRole('textbox'), { target: { value: '記得回電' } });
    fireEvent.click(screen.getByRole('button', { name: '存備註' }));
    await within(await log()).findByText('記得回電');
    expect(screen.getByRole<HTMLTextAreaElement>('textbox').value).toBe('');
  });

  test('claimed by a colleague a moment before: the refusal names him', async () => {
    seat([summary(1, { waited: 2 })]);
    renderApp(server, openFirst());
    server.on(`POST /handoffs/${uuid(501)}/claim`, () => {
      seat([summary(1, { state: 'agent', agent: ZHE })]);
      return refuse(409);
    });
    fireEvent.click(await screen.findByRole('button', { name: '接手' }));
    expect((await screen.findByText('阿哲先接手了這段對話。')).closest('[role=alert]')).not.toBeNull();
  });

  test('live frames bring messages, how far ours came, notes and typing', async () => {
    seat(
      [summary(1, { state: 'agent', name: '林雨彤' })],
      [message(1), message(2, { author: { kind: 'agent', name: '小安' } })],
    );
    renderApp(server, openFirst());
    const thread = await log();
    await within(thread).findByText('已送出');
    const watch = { type: 'watch', sessionId: uuid(101), after: 2 };
    await waitFor(() => expect(server.heard).toContainEqual(watch));
    expect(server.heard).toContainEqual({ type: 'read', sessionId: uuid(101), seq: 1 });
    act(() => server.push({ type: 'delivery', sessionId: uuid(101), seq: 2, delivery: 'failed' }));
    await within(thread).findByText('未送達：網站 沒有收下');
    act(() => server.push({ type: 'typing', sessionId: uuid(101) }));
    await within(thread).findByText('林雨彤正在輸入');
    act(() => server.push({ type: 'message', sessionId: uuid(101), seq: 3, message: message(3) }));
    await within(thread).findByText('第 3 句');
    expect(within(thread).queryByText('林雨彤正在輸入')).toBeNull();
    // After a break the line resumes after what is known, and the lists are read anew.
    act(() => server.hangUp());
    await waitFor(() => expect(server.heard).toContainEqual({ ...watch, after: 3 }));
  });
});

describe('the composer', () => {
  async function composer(): Promise<HTMLTextAreaElement> {
    return await screen.findByRole('textbox', { name: '回覆林雨彤' });
  }
  beforeEach(() => {
    seat([summary(1, { state: 'agent', name: '林雨彤' })], [message(1)], {
      suggestions: [{ id: uuid(400), question: '門市取貨要帶什麼？', answer: '報手機末三碼。' }],
    });
  });

  test('Ctrl or ⌘ Enter sends, Enter alone and Enter of an input method do not', async () => {
    server.on(`POST /chat/sessions/${uuid(101)}/messages`, ({ body }) => {
      const { text, clientMessageId } = body as { text: string; clientMessageId: string };
      return message(2, { author: { kind: 'agent', name: '小安' }, content: { kind: 'text', text }, clientMessageId });
    });
    renderApp(server, openFirst());
    const box = await composer();
    fireEvent.change(box, { target: { value: '您好' } });
    fireEvent.keyDown(box, { key: 'Enter' });
    fireEvent.keyDown(box, { key: 'Enter', ctrlKey: true, isComposing: true });
    fireEvent.keyDown(box, { key: 'Enter', ctrlKey: true, keyCode: 229 });
    expect(server.asked.filter(({ method, path }) => method === 'POST' && path.endsWith('/messages'))).toEqual([]);
    fireEvent.keyDown(box, { key: 'Enter', metaKey: true });
    expect(box.value).toBe('');
    await within(await log()).findByText('已送出');
    expect(within(await log()).getAllByText('您好')).toHaveLength(1);
  });

  test('what the server did not take stays, and goes out again under the same id', async () => {
    server.on(`POST /chat/sessions/${uuid(101)}/messages`, () => refuse(503));
    renderApp(server, openFirst());
    fireEvent.change(await composer(), { target: { value: '退貨標籤已寄出' } });
    fireEvent.click(screen.getByRole('button', { name: '傳送' }));
    await within(await log()).findByText(/未送出：伺服器出了問題/);
    fireEvent.click(screen.getByRole('button', { name: '重新傳送' }));
    await waitFor(() => expect(server.asked.filter(({ path }) => path.endsWith('/messages'))).toHaveLength(2));
    const ids = server.asked
      .filter(({ path }) => path.endsWith('/messages'))
      .map(({ body }) => (body as { clientMessageId: string }).clientMessageId);
    expect(new Set(ids).size).toBe(1);
    fireEvent.click(await screen.findByRole('button', { name: '捨棄' }));
    expect(within(await log()).queryByText('退貨標籤已寄出')).toBeNull();
  });

  test('an answer that may help is put into the reply, below what is written', async () => {
    renderApp(server, openFirst());
    fireEvent.change(await composer(), { target: { value: '可以的。' } });
    fireEvent.click(screen.getByRole('button', { name: '插入回覆' }));
    expect((await composer()).value).toBe('可以的。\n報手機末三碼。');
    expect(document.activeElement).toBe(await composer());
  });

  test('a file is uploaded for its conversation and sent by its id', async () => {
    const attachment = { id: 'upload-1', name: '標籤.pdf', type: 'application/pdf', bytes: 84_000 };
    server.on('POST /uploads', () => attachment);
    server.on(`POST /chat/sessions/${uuid(101)}/messages`, () =>
      message(2, { author: { kind: 'agent', name: '小安' }, content: { kind: 'file', attachment } }),
    );
    renderApp(server, openFirst());
    await composer();
    const file = new File(['%PDF'], '標籤.pdf', { type: 'application/pdf' });
    fireEvent.change(document.querySelector('input[type=file]')!, { target: { files: [file] } });
    await within(await log()).findByRole('button', { name: /標籤.pdf/ });
    const upload = server.asked.find(({ path }) => path === '/uploads');
    expect(upload?.query.get('sessionId')).toBe(uuid(101));
    expect(server.asked.at(-1)?.path).toBeDefined();
    expect(server.asked.find(({ path }) => path.endsWith('/messages'))?.body).toMatchObject({ uploadId: 'upload-1' });
  });

  test('closing asks first, and names whose conversation ends', async () => {
    server.on(`POST /handoffs/${uuid(501)}/resolve`, () => ({}));
    renderApp(server, openFirst());
    fireEvent.click(await screen.findByRole('button', { name: '結案…' }));
    const dialog = screen.getByRole('alertdialog', { name: '結案與林雨彤的對話？' });
    expect(document.activeElement).toBe(within(dialog).getByRole('button', { name: '取消' }));
    fireEvent.keyDown(dialog, { key: 'Escape' });
    expect(screen.queryByRole('alertdialog')).toBeNull();
    expect(server.asked.some(({ path }) => path.endsWith('/resolve'))).toBe(false);
    fireEvent.click(screen.getByRole('button', { name: '結案…' }));
    fireEvent.click(screen.getByRole('button', { name: '結案' }));
    await waitFor(() => expect(server.asked.some(({ path }) => path.endsWith('/resolve'))).toBe(true));
  });
});

test('why the bot called a person is told by its ranking and its ladder', async () => {
  seat([summary(1, { waited: 2, reason: 'unresolved' })], [], {
    understanding: {
      rung: 'classifier',
      took: 1_240,
      ranking: [
        { intent: 'exchange', title: '換貨（瑕疵）', confidence: 0.81 },
        { intent: 'refund', title: '退款', confidence: 0.12 },
      ],
    },
  });
  renderApp(server, openFirst());
  const pane = await screen.findByRole('complementary', { name: '顧客與背景' });
  await within(pane).findByRole('heading', { name: /機器人為什麼轉接/ });
  within(pane).getByRole('img', { name: '換貨（瑕疵），信心 0.81' });
  expect(within(pane).getByText('轉給真人').closest('li')?.textContent).toContain('回答沒有解決問題');
  within(pane).getByText('1.2 秒');
});
