import { startOrderSystem } from './order-system.ts';

let orders: Awaited<ReturnType<typeof startOrderSystem>>;
beforeAll(async () => {
  const order = { number: 'SQ-20451', status: 'shipped', carrier: 'Post', trackingNumber: 'X1', items: ['cup'] };
  orders = await startOrderSystem({
    orders: [
      { ...order, placedDaysAgo: 2, expectedInDays: 1 },
      { ...order, number: 'SQ-1', status: 'cancelled', placedDaysAgo: 0, expectedInDays: null },
    ],
    now: () => new Date('2026-06-01T08:00:00Z'),
  });
});
afterAll(() => orders.stop());

test('an order never grows old: its days are counted from today', async () => {
  const answer = await fetch(`${orders.url}/sq-20451`);
  expect(await answer.json()).toEqual({
    number: 'SQ-20451',
    status: 'shipped',
    items: ['cup'],
    carrier: 'Post',
    trackingNumber: 'X1',
    placedOn: '2026-05-30',
    expectedOn: '2026-06-02',
  });
  expect(await (await fetch(`${orders.url}/SQ-1`)).json()).toMatchObject({ expectedOn: null });
});

test('it is on this machine alone, and knows nothing but reading orders', async () => {
  expect(orders.address).toMatch(/^127\.0\.0\.1:\d+$/);
  for (const [path, method] of [
    ['/orders/SQ-9', 'GET'],
    ['/orders/SQ-1', 'DELETE'],
    ['/', 'GET'],
  ] as const)
    expect((await fetch(`http://${orders.address}${path}`, { method })).status).toBe(404);
});
