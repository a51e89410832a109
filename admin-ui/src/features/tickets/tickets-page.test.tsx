import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import type { Ticket } from '#core/tickets/ticket.schema.ts';
import { refuse, type FakeServer } from '../../../testing/fake-server.ts';
import { AN, ticket } from '../../../testing/fixtures.ts';
import { createDesk, leave, renderApp } from '../../../testing/render.tsx';

let server: FakeServer;
let stored: Ticket;
beforeEach(() => {
  server = createDesk();
  stored = ticket();
  server.on('GET /tickets', () => ({ items: [stored], nextCursor: null }));
  server.on(`GET /tickets/${stored.id}`, () => stored);
  server.on(`PUT /tickets/${stored.id}`, ({ body }) => {
    stored = ticket({ ...stored, ...(body as Partial<Ticket>), version: stored.version + 1 });
    return stored;
  });
});
afterEach(leave);

const drawer = () => screen.findByRole('region', { name: '工單 T-1204' });
const puts = () => server.asked.filter(({ method }) => method === 'PUT');

test('a ticket is opened from the table, and only its allowed moves are offered', async () => {
  renderApp(server, '/tickets');
  fireEvent.click(await screen.findByRole('link', { name: '外盒破損，補寄外盒' }));
  const open = await drawer();
  within(open).getByText('外盒壓壞了');
  const buttons = within(open)
    .getAllByRole('button')
    .map((button) => button.textContent);
  expect(buttons.slice(1)).toEqual(['標為已解決', '關閉', '開始處理']);
  fireEvent.click(within(open).getByRole('button', { name: '開始處理' }));
  await within(open).findByRole('button', { name: '退回待處理' });
  expect(puts()[0]).toMatchObject({ body: { status: 'in_progress' }, headers: { 'If-Match': '"3"' } });
});

test('a closed ticket has no moves', async () => {
  stored = ticket({ status: 'closed' });
  renderApp(server, `/tickets/${stored.id}`);
  expect(
    within(await drawer())
      .getAllByRole('button')
      .map((button) => button.getAttribute('aria-label')),
  ).toEqual(['關閉']);
});

test('who has it and how urgent it is are changed in place', async () => {
  renderApp(server, `/tickets/${stored.id}`);
  const open = await drawer();
  fireEvent.change(within(open).getByLabelText('負責人'), { target: { value: AN.id } });
  await waitFor(() => expect(puts()).toHaveLength(1));
  expect(puts()[0]?.body).toEqual({ assigneeId: AN.id });
  await waitFor(() => expect(within(open).getByLabelText<HTMLSelectElement>('優先').disabled).toBe(false));
  fireEvent.change(within(open).getByLabelText('優先'), { target: { value: 'urgent' } });
  await waitFor(() => expect(puts()).toHaveLength(2));
  expect(puts()[1]).toMatchObject({ body: { priority: 'urgent' }, headers: { 'If-Match': '"4"' } });
});

test('changed by somebody else meanwhile: the newest is shown, and why nothing was done', async () => {
  renderApp(server, `/tickets/${stored.id}`);
  const open = await drawer();
  server.on(`PUT /tickets/${stored.id}`, () => {
    stored = ticket({ status: 'resolved', version: 9 });
    return refuse(412);
  });
  fireEvent.click(within(open).getByRole('button', { name: '開始處理' }));
  await within(open).findByText(/有人剛剛改過/);
  await within(open).findByRole('button', { name: '重新處理' });
});

test('the filters ask the server, and Escape closes the drawer', async () => {
  renderApp(server, `/tickets/${stored.id}`);
  fireEvent.change(await screen.findByRole('searchbox', { name: '搜尋工單' }), { target: { value: '外盒' } });
  fireEvent.change(screen.getByRole('combobox', { name: '狀態' }), { target: { value: 'pending' } });
  fireEvent.click(screen.getByRole('button', { name: '我的' }));
  await waitFor(() => {
    const query = server.asked.findLast(({ path }) => path === '/tickets')?.query.toString();
    expect(query).toBe(new URLSearchParams({ q: '外盒', status: 'pending', assignee: 'me' }).toString());
  });
  fireEvent.keyDown(await drawer(), { key: 'Escape' });
  await waitFor(() => expect(screen.queryByRole('region', { name: '工單 T-1204' })).toBeNull());
});
