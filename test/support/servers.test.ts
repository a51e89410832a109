import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Redis } from 'ioredis';
import { openBrowser } from './browser.ts';
import { startRedis } from './redis.ts';

test('a real Chromium shows a page and runs its script', async () => {
  const site = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.end('<h1>您好</h1><script>document.title = "ran"</script>');
  });
  await new Promise<void>((resolve) => {
    site.listen(0, '127.0.0.1', resolve);
  });
  const browser = await openBrowser();
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${(site.address() as AddressInfo).port}/`);
  expect(await page.title()).toBe('ran');
  expect(await page.getByRole('heading').textContent()).toBe('您好');
  await browser.close();
  site.closeAllConnections();
  site.close();
});

test('a Redis of one’s own starts empty, can be killed, and stops', async () => {
  const redis = await startRedis();
  if (!redis) return; // none on this machine, and none required
  const client = new Redis(redis.url, { retryStrategy: null, lazyConnect: true });
  client.on('error', () => {});
  await client.connect();
  expect(await client.dbsize()).toBe(0);
  await client.set('greeting', '您好');
  expect(await client.get('greeting')).toBe('您好');
  const closed = new Promise((resolve) => {
    client.once('end', resolve);
  });
  await redis.kill();
  await closed;
  await redis.stop();
});

test('a Redis that is required and missing is an error, else nothing', async () => {
  const before = { ...process.env };
  process.env['PATH'] = '/nowhere';
  try {
    delete process.env['FRONTDESK_REQUIRE'];
    expect(await startRedis()).toBeNull();
    process.env['FRONTDESK_REQUIRE'] = 'elasticsearch, redis';
    await expect(startRedis()).rejects.toThrow('no redis-server on the PATH');
  } finally {
    Object.assign(process.env, before);
    if (before['FRONTDESK_REQUIRE'] === undefined) delete process.env['FRONTDESK_REQUIRE'];
  }
});
