import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { openFrontDoor, type FrontDoor } from '#test/support/front-door.ts';

let door: FrontDoor;

beforeAll(async () => {
  door = await openFrontDoor();
  const write = (name: string, text: string): void => {
    const file = path.join(door.pagesFolder, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, text);
  };
  write('admin/index.html', '<p>admin</p>');
  write('admin/assets/app-3f9c.js', 'export {};');
  write('admin/notes.txt', 'SECRET notes');
  write('demo/index.html', '<p>demo</p>');
  write('demo/page.css', 'p{}');
  write('widget/widget.js', 'widget()');
  write('fonts/files/noto.woff2', 'font');
  write('fonts.json', 'SECRET beside');
  write('admin-old/index.html', 'SECRET old');
  write('../secret.json', 'SECRET above');
});
afterAll(() => door.close());
afterEach(() => expect(door.faults.splice(0)).toEqual([]));

/** Asks for exactly this path: `fetch` would tidy it up first. */
function askRaw(
  url: string,
  method = 'GET',
  headers: Record<string, string> = {},
): Promise<{ status: number; text: string; headers: http.IncomingHttpHeaders }> {
  return new Promise((resolve, reject) => {
    const request = http.request({ host: '127.0.0.1', port: door.port, path: url, method, headers }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('end', () => resolve({ status: response.statusCode!, text, headers: response.headers }));
    });
    request.on('error', reject);
    request.end();
  });
}

test.each([
  ['/', '<p>demo</p>', 'text/html; charset=utf-8', 'no-cache'],
  ['/demo/page.css', 'p{}', 'text/css; charset=utf-8', 'no-cache'],
  ['/admin', '<p>admin</p>', 'text/html; charset=utf-8', 'no-cache'],
  ['/admin/desk/12', '<p>admin</p>', 'text/html; charset=utf-8', 'no-cache'],
  ['/admin/assets/app-3f9c.js', 'export {};', 'text/javascript; charset=utf-8', 'public, max-age=31536000, immutable'],
  ['/admin/assets/gone-1234.js', '<p>admin</p>', 'text/html; charset=utf-8', 'no-cache'],
  ['/widget.js', 'widget()', 'text/javascript; charset=utf-8', 'no-cache'],
  ['/fonts/files/noto.woff2', 'font', 'font/woff2', 'public, max-age=31536000, immutable'],
])('%s is served as what it is', async (url, text, type, cache) => {
  const answer = await askRaw(url);
  expect(answer).toMatchObject({ status: 200, text, headers: { 'content-type': type, 'cache-control': cache } });
  const head = await askRaw(url, 'HEAD');
  expect(head).toMatchObject({ status: 200, text: '', headers: { 'content-type': type } });
});

test('pages load nothing from elsewhere; the widget may stand on other pages', async () => {
  expect((await askRaw('/admin')).headers['content-security-policy']).toMatch(/^default-src 'self';/);
  expect((await askRaw('/widget.js')).headers['cross-origin-resource-policy']).toBe('cross-origin');
});

test('what a browser has already is not sent again', async () => {
  const { headers } = await askRaw('/widget.js');
  for (const known of [{ 'If-None-Match': headers.etag! }, { 'If-Modified-Since': headers['last-modified']! }])
    expect(await askRaw('/widget.js', 'GET', known)).toMatchObject({ status: 304, text: '' });
});

test.each([
  '/admin/../../secret.json',
  '/admin/..%2f..%2fsecret.json',
  '/admin/%2e%2e/%2e%2e/secret.json',
  '/admin/%2e%2e%2f%2e%2e%2fsecret.json',
  '/admin/..%5c..%5csecret.json',
  '/admin/....//....//secret.json',
  '/admin/%252e%252e%252f%252e%252e%252fsecret.json',
  '/admin/..%c0%af..%c0%afsecret.json',
  '/admin//../../secret.json',
  '/fonts/../fonts.json',
  '/fonts/..%2ffonts.json',
  '/fonts/.json',
  '/fonts/..',
  '/fonts/',
  '/demo/../admin-old/index.html',
  '/demo/..%2fadmin-old%2findex.html',
  '/demo/../../../../../../etc/passwd',
  '/fonts//etc/passwd',
  '/fonts/files/noto.woff2%00.json',
  '/fonts/%00',
  '/fonts/%E0%A4%A',
  '/admin/notes.txt',
  '/admin/index.html/x',
  `/fonts/${'long'.repeat(2_000)}.json`,
  '/widget.js/..',
  '/docs/../package.json',
  '/docs/..%2fpackage.json',
  '/docs/%2e%2e/package.json',
  '/docs/index.html',
  '/docs/swagger-initializer.js',
  '/openapi.json/../secret.json',
])('%s leads to nothing that is not a page', async (url) => {
  const answer = await askRaw(url);
  expect(answer.text).not.toMatch(/SECRET|root:|"name"/);
  expect([200, 404]).toContain(answer.status);
  if (answer.status === 200) expect(answer.text).toMatch(/^<p>(admin|demo)<\/p>$/);
});

test('a page is read, never written', async () => {
  for (const method of ['POST', 'PUT', 'DELETE']) expect((await askRaw('/admin', method)).status).toBe(404);
});
