import http from 'node:http';
import type { AddressInfo } from 'node:net';

/** An order as the demo shop keeps it: days are counted from today, so that it never grows old. */
export type ShopOrder = {
  number: string;
  status: string;
  placedDaysAgo: number;
  expectedInDays: number | null;
  carrier: unknown;
  trackingNumber: string | null;
  items: readonly unknown[];
};

const DAY_MS = 86_400_000;

/** The order system of the demo shop: a small HTTP server of its own on loopback, `GET /orders/{number}`. */
export async function startOrderSystem(tools: {
  orders: readonly ShopOrder[];
  now: () => Date;
}): Promise<{ url: string; address: string; stop(): Promise<void> }> {
  const byNumber = new Map(tools.orders.map((order) => [order.number, order]));
  const day = (offset: number): string => new Date(tools.now().getTime() + offset * DAY_MS).toISOString().slice(0, 10);
  const server = http.createServer((request, response) => {
    const number = /^\/orders\/([\w-]+)$/.exec(request.url ?? '')?.[1]?.toUpperCase();
    const order = number === undefined ? undefined : byNumber.get(number);
    response.setHeader('content-type', 'application/json; charset=utf-8');
    if (request.method !== 'GET' || !order) {
      response.statusCode = 404;
      response.end('{"error":"no such order"}');
      return;
    }
    const { placedDaysAgo, expectedInDays, ...rest } = order;
    response.end(
      JSON.stringify({
        number: rest.number,
        status: rest.status,
        items: rest.items,
        carrier: rest.carrier,
        trackingNumber: rest.trackingNumber,
        placedOn: day(-placedDaysAgo),
        expectedOn: expectedInDays === null ? null : day(expectedInDays),
      }),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/orders`,
    address: `127.0.0.1:${port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
