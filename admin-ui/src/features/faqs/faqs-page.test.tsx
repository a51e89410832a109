import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import type { Faq } from '#core/knowledge/faq.schema.ts';
import { refuse, type FakeServer } from '../../../testing/fake-server.ts';
import { faq, me, uuid } from '../../../testing/fixtures.ts';
import { createDesk, leave, renderApp } from '../../../testing/render.tsx';

let server: FakeServer;
let stored: Faq;
beforeEach(() => {
  server = createDesk();
  stored = faq();
  server.on('GET /auth/me', () => me({ roles: ['admin'] }));
  server.on('GET /knowledge/faq', () => ({ items: [stored], nextCursor: null }));
  server.on(`GET /knowledge/faq/${stored.id}`, () => stored);
  server.on(`PUT /knowledge/faq/${stored.id}`, ({ body }) => {
    stored = faq({ ...stored, ...(body as Partial<Faq>), version: stored.version + 1 });
    return stored;
  });
});
afterEach(leave);

const address = (): string => `/faqs/${stored.id}`;
const answer = () => screen.findByLabelText<HTMLTextAreaElement>(/^答案/);
const sent = (method: string) =>
  server.asked.filter((asked) => asked.method === method && asked.path.startsWith('/knowledge'));

test('an edit is previewed, published as the next version, and empty wordings are left out', async () => {
  renderApp(server, address());
  fireEvent.change(await answer(), { target: { value: '**160** 元' } });
  expect((await screen.findByText('160')).tagName).toBe('STRONG');
  fireEvent.click(screen.getByRole('button', { name: '加一句' }));
  fireEvent.click(screen.getByRole('button', { name: '發布第 8 版' }));
  await screen.findByText('已發布第 8 版');
  expect(sent('PUT')[0]).toMatchObject({
    headers: { 'If-Match': '"7"' },
    body: { answer: '**160** 元', alternatives: ['澎湖運費'], status: 'published' },
  });
});

test('edits that were not saved outlive the drawer, and can be discarded', async () => {
  renderApp(server, address());
  fireEvent.change(await answer(), { target: { value: '改到一半' } });
  fireEvent.click(screen.getByRole('button', { name: '關閉' }));
  fireEvent.click(await screen.findByRole('link', { name: '離島運費多少？' }));
  expect((await answer()).value).toBe('改到一半');
  fireEvent.click(screen.getByRole('button', { name: '捨棄修改' }));
  expect((await answer()).value).toBe('160 元。');
  expect(screen.queryByText('有未存的修改')).toBeNull();
});

test('changed by somebody else meanwhile: the edits stay, and saving again takes the newest version', async () => {
  renderApp(server, address());
  fireEvent.change(await answer(), { target: { value: '我的答案' } });
  const take = ({ headers }: { headers: Readonly<Record<string, string>> }) => {
    if (headers['If-Match'] === '"8"') return (stored = faq({ answer: '我的答案', version: 9 }));
    stored = faq({ answer: '同事的答案', version: 8 });
    return refuse(412);
  };
  server.on(`PUT /knowledge/faq/${stored.id}`, take);
  fireEvent.click(screen.getByRole('button', { name: '發布第 8 版' }));
  await screen.findByText(/您的修改還在/);
  expect((await answer()).value).toBe('我的答案');
  fireEvent.click(await screen.findByRole('button', { name: '發布第 9 版' }));
  await screen.findByText('已發布第 9 版');
});

test('a new one says what is missing, and opens under its own address once it is stored', async () => {
  server.on('POST /knowledge/faq', ({ body }) => {
    stored = faq({ ...(body as Partial<Faq>), id: uuid(401), version: 1 });
    server.on(`GET /knowledge/faq/${stored.id}`, () => stored);
    return stored;
  });
  renderApp(server, '/faqs/new');
  fireEvent.click(
    await screen.findByRole('button', { name: '存為草稿' }).then(() => screen.getByRole('button', { name: '發布' })),
  );
  const form = screen.getByRole('form', { name: '問答內容' });
  expect(within(form).getByLabelText('問題').getAttribute('aria-invalid')).toBe('true');
  within(form).getByText('請填問題。');
  expect(sent('POST')).toEqual([]);
  fireEvent.change(within(form).getByLabelText('問題'), { target: { value: '可以帶狗嗎？' } });
  fireEvent.change(within(form).getByLabelText(/^答案/), { target: { value: '可以。' } });
  fireEvent.change(within(form).getByLabelText('分類'), { target: { value: 'store' } });
  fireEvent.click(screen.getByRole('button', { name: '存為草稿' }));
  await waitFor(() => expect(sent('POST')[0]?.body).toMatchObject({ question: '可以帶狗嗎？', status: 'draft' }));
  await screen.findByRole('region', { name: '可以帶狗嗎？' });
});

test('deleting names the question and asks first', async () => {
  server.on(`DELETE /knowledge/faq/${stored.id}`, () => undefined);
  renderApp(server, address());
  await answer();
  fireEvent.click(screen.getByRole('button', { name: '刪除' }));
  const dialog = screen.getByRole('alertdialog', { name: '刪除「離島運費多少？」？' });
  fireEvent.click(within(dialog).getByRole('button', { name: '刪除問答' }));
  await waitFor(() => expect(sent('DELETE')[0]?.headers).toMatchObject({ 'If-Match': '"7"' }));
  await waitFor(() => expect(screen.queryByRole('form')).toBeNull());
});

test('who may not write reads, and is told why', async () => {
  server.on('GET /auth/me', () => me());
  renderApp(server, address());
  expect((await answer()).readOnly).toBe(true);
  screen.getByText('只有管理員可以修改問答。');
  expect(screen.queryByRole('button', { name: /發布/ })).toBeNull();
  expect(screen.queryByRole('link', { name: '新增問答' })).toBeNull();
});
