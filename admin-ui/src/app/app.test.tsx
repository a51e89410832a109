import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { createDesk, leave, renderApp } from '../../testing/render.tsx';
import { refuse, type FakeServer } from '../../testing/fake-server.ts';
import { me } from '../../testing/fixtures.ts';

let server: FakeServer;
beforeEach(() => {
  server = createDesk();
});
afterEach(leave);

function signIn(password: string): void {
  fireEvent.change(screen.getByLabelText('電子郵件'), { target: { value: ' an@shop.test ' } });
  fireEvent.change(screen.getByLabelText('密碼'), { target: { value: password } });
  fireEvent.click(screen.getByRole('button', { name: '登入' }));
}

test('signing in opens the page that was asked for', async () => {
  server.on('GET /tickets', () => ({ items: [], nextCursor: null }));
  renderApp(server, '/tickets', { signedIn: false });
  signIn('a long walk');
  await screen.findByText('沒有符合的工單');
  expect(server.asked[0]).toMatchObject({
    path: '/auth/login',
    body: { email: 'an@shop.test', password: 'a long walk' },
  });
});

test('a wrong password, an empty form and a silent server are each told apart', async () => {
  renderApp(server, '/', { signedIn: false });
  signIn('');
  expect((await screen.findByRole('alert')).textContent).toBe('請填電子郵件與密碼。');
  server.on('POST /auth/login', () => refuse(401));
  signIn('wrong');
  await screen.findByText('電子郵件或密碼不對。請檢查後再試一次。');
  server.on('POST /auth/login', () => refuse(0));
  signIn('a long walk');
  await screen.findByText(/連不上伺服器/);
  expect(screen.getByLabelText<HTMLInputElement>('密碼').value).toBe('a long walk');
});

test('a customer’s account is told that it has no place here', async () => {
  server.on('GET /auth/me', () => me({ roles: ['customer'], name: '林雨彤' }));
  renderApp(server, '/desk');
  await screen.findByText(/這個帳號不是客服人員/);
  fireEvent.click(screen.getByRole('button', { name: '改用別的帳號' }));
  await screen.findByRole('heading', { name: '登入' });
});

test('language and colours are changed at once and remembered', async () => {
  renderApp(server, '/desk');
  fireEvent.click(await screen.findByRole('button', { name: '小安，帳號與設定' }));
  fireEvent.click(within(screen.getByRole('group', { name: '語言' })).getByText('English'));
  await screen.findByRole('heading', { level: 1, name: 'Desk' });
  expect(document.documentElement.lang).toBe('en');
  fireEvent.click(screen.getByRole('button', { name: 'Dark' }));
  expect(document.documentElement.dataset['bsTheme']).toBe('dark');
  expect([localStorage.getItem('frontdesk.locale'), localStorage.getItem('frontdesk.theme')]).toEqual(['en', 'dark']);
  fireEvent.keyDown(screen.getByRole('button', { name: 'Dark' }), { key: 'Escape' });
  expect(screen.queryByRole('button', { name: 'Dark' })).toBeNull();
  expect(document.activeElement).toBe(screen.getByRole('button', { name: '小安, account and settings' }));
});

test('signing out forgets the drafts and shows the sign-in', async () => {
  localStorage.setItem('frontdesk.draft.x.reply', '寫到一半');
  renderApp(server, '/desk');
  fireEvent.click(await screen.findByRole('button', { name: '小安，帳號與設定' }));
  fireEvent.click(screen.getByRole('button', { name: '登出' }));
  await screen.findByRole('heading', { name: '登入' });
  expect(localStorage.getItem('frontdesk.draft.x.reply')).toBeNull();
  await waitFor(() => expect(server.asked.at(-1)?.path).toBe('/auth/logout'));
});

test('an address that leads nowhere says so and shows the way back', async () => {
  renderApp(server, '/nowhere');
  await screen.findByRole('heading', { name: '沒有這一頁' });
  expect(screen.getByRole('link', { name: '回到工作台' }).getAttribute('href')).toBe('/desk');
});
