import http from 'node:http';
import { gzipSync, brotliCompressSync } from 'node:zlib';
import { z } from 'zod';
import { openFrontDoor, type FrontDoor, type Person } from '#test/support/front-door.ts';
import { get, post } from './endpoint.ts';

let door: FrontDoor;
let admin: Person;
let customer: Person;
let fault: unknown = new Error('password=hunter2');

const body = z.object({
  items: z.array(z.object({ name: z.string().min(2) })),
  note: z.record(z.string(), z.unknown()).default({}),
});
const also = [
  get('/broken', { summary: 'x', allow: 'anyone', returns: z.string() }, () => {
    throw fault;
  }),
  post('/mirror', { summary: 'x', allow: 'anyone', body, returns: body, status: 200 }, (call) => call.body),
];

beforeAll(async () => {
  door = await openFrontDoor({ also, origins: ['https://shop.example'] });
  [admin, customer] = await Promise.all([door.person('admin'), door.person('customer')]);
});
afterAll(async () => {
  await door.close();
  expect(door.undocumented()).toEqual([]);
});
afterEach(() => expect(door.faults.splice(0)).toEqual([]));

const mirror = (raw: string | Buffer, headers: Record<string, string> = {}) =>
  door.post('/mirror', { raw, headers: { 'Content-Type': 'application/json', ...headers } });

describe('a problem', () => {
  test('has one shape: kind, words, and the number of the request', async () => {
    const answer = await door.get('/tickets', { headers: { 'X-Request-Id': 'from-outside_1' } });
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(answer.headers.get('x-request-id')).toBe('from-outside_1');
    expect(answer.body).toEqual({
      type: '/problems/unauthenticated',
      title: 'Unauthenticated',
      status: 401,
      detail: 'Send a token: Authorization: Bearer …',
      requestId: 'from-outside_1',
    });
  });

  test('names each bad field by its path, in a body and in a query', async () => {
    const answer = await door.post('/mirror', { body: { items: [{ name: 'ok' }, { name: 'x' }, {}] } });
    expect(answer).toMatchObject({
      status: 422,
      body: {
        type: '/problems/invalid',
        detail: expect.stringContaining('The body is not as it should be: items.1.name'),
        errors: [
          { path: 'items.1.name', message: expect.any(String) },
          { path: 'items.2.name', message: expect.any(String) },
        ],
      },
    });
    expect(await door.get('/knowledge/search?q=x&limit=900')).toMatchObject({
      status: 422,
      body: { errors: [{ path: 'limit' }] },
    });
    expect(await door.get('/knowledge/search?q=x&q=y')).toMatchObject({
      status: 422,
      body: { errors: [{ path: 'q' }] },
    });
  });

  test.each([
    ['a page that is not there', 'GET', '/nowhere'],
    ['an id that cannot be one', 'GET', '/knowledge/faq/1'],
    ['a path that cannot be decoded', 'GET', '/knowledge/faq/%E0%A4%A'],
    ['a path of dots', 'GET', '/knowledge/faq/..%2f..%2ftickets'],
  ])('%s is not found', async (_, method, url) => {
    expect(await door.ask(method, url)).toMatchObject({
      status: 404,
      body: { type: '/problems/not-found', requestId: expect.any(String) },
    });
  });

  test('a method that the path does not take names those that it takes', async () => {
    const answer = await door.ask('DELETE', '/tickets', { token: admin.token });
    expect(answer).toMatchObject({ status: 405, body: { title: 'Method not allowed', status: 405 } });
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(answer.headers.get('allow')).toBe('POST, HEAD, GET');
    expect((await door.ask('PROPFIND', '/tickets')).status).toBe(501);
    const options = await door.ask('OPTIONS', '/tickets');
    expect([options.status, options.headers.get('allow')]).toEqual([200, 'POST, HEAD, GET']);
  });

  test('of our own shows no words of it, and is told to whoever keeps the log', async () => {
    const answer = await door.get('/broken');
    expect(answer.status).toBe(500);
    expect(JSON.stringify(answer.body)).not.toMatch(/hunter2|Error|at /);
    expect(answer.body).toMatchObject({ type: 'about:blank', title: 'Our fault' });
    expect(door.faults.splice(0)).toEqual([fault]);
  });

  test.each([
    ['restarts', Object.assign(new Error('terminating connection'), { code: '57P01' })],
    ['is away', Object.assign(new Error('connect'), { code: 'ECONNREFUSED' })],
    ['has no connection left', new Error('timeout exceeded when trying to connect')],
  ])('while the database %s: come back in a second', async (_, away) => {
    const before = fault;
    fault = away;
    const answer = await door.get('/broken');
    fault = before;
    expect(answer).toMatchObject({ status: 503, body: { title: 'Unavailable' } });
    expect(answer.headers.get('retry-after')).toBe('1');
    expect(door.faults.splice(0)).toEqual([away]);
  });
});

describe('a body', () => {
  test.each([
    ['no JSON', '{"items": ['],
    ['nothing but a word', '"items"'],
    ['empty', ''],
    ['an array', '[]'],
    ['null', 'null'],
  ])('that is %s is invalid, and nobody’s fault but the sender’s', async (_, raw) => {
    expect((await mirror(raw)).status).toBe(422);
  });

  test.each([
    'text/plain',
    'application/xml',
    'multipart/form-data; boundary=x',
    'application/x-www-form-urlencoded',
    '',
  ])('of type %j is not taken', async (type) => {
    expect(await mirror('{"items":[]}', { 'Content-Type': type })).toMatchObject({
      status: 415,
      body: { detail: 'Send JSON with Content-Type: application/json.' },
    });
  });

  test('larger than 256 kB is too large, packed or not', async () => {
    const large = JSON.stringify({ items: [], note: { text: 'x'.repeat(300_000) } });
    expect(await mirror(large)).toMatchObject({ status: 413, body: { detail: 'The body is larger than 256kb.' } });
    expect((await mirror(gzipSync(large), { 'Content-Encoding': 'gzip' })).status).toBe(413);
    expect((await mirror(gzipSync('{"items":[]}'), { 'Content-Encoding': 'gzip' })).status).toBe(200);
  });

  test('packed in a way that is not known is unsupported, one that is broken is invalid', async () => {
    expect((await mirror('{"items":[]}', { 'Content-Encoding': 'zebra' })).status).toBe(415);
    expect([200, 415]).toContain(
      (await mirror(brotliCompressSync('{"items":[]}'), { 'Content-Encoding': 'br' })).status,
    );
    expect((await mirror('{"items":[]}', { 'Content-Encoding': 'gzip' })).status).toBe(422);
  });

  test.each([
    ['a NUL in a text', { items: [{ name: 'a\0b' }] }, 'items.0.name'],
    ['a NUL in a key', { items: [], note: { 'a\0': 1 } }, 'note'],
    ['half a character', { items: [], note: { deep: ['\ud800'] } }, 'note.deep.0'],
  ])('with %s is refused, for it cannot be stored', async (_, sent, path) => {
    expect(await door.post('/mirror', { body: sent })).toMatchObject({ status: 422, body: { errors: [{ path }] } });
  });

  test('with whole characters of all planes is taken', async () => {
    const note = { '😀': '𠮷野家 \u0001 \u202e \uffff' };
    expect((await door.post('/mirror', { body: { items: [], note } })).body).toEqual({ items: [], note });
  });

  test.each([100, 101, 50_000])('that nests %i levels deep is taken up to a hundred', async (levels) => {
    const { status, body } = await mirror(
      `{"items":[],"note":{"x":${'['.repeat(levels - 1)}${']'.repeat(levels - 1)}}}`,
    );
    expect(status).toBe(levels === 100 ? 200 : 422);
    if (levels > 100)
      expect(body).toMatchObject({ errors: [{ path: 'body', message: 'nests deeper than 100 levels' }] });
  });

  test('cannot reach a prototype', async () => {
    expect((await mirror('{"items":[],"__proto__":{"polluted":1}}')).status).toBe(422);
    expect((await mirror('{"items":[],"note":{"constructor":{"prototype":{"polluted":1}}}}')).status).toBe(200);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });

  test('of whoever may not send it is not read', async () => {
    const answer = await door.post('/knowledge/faq', {
      token: customer.token,
      raw: '{',
      headers: { 'Content-Type': 'application/json' },
    });
    expect(answer.status).toBe(403);
  });
});

test('a NUL in a query is refused', async () => {
  expect(await door.get('/knowledge/search?q=a%00b')).toMatchObject({ status: 422, body: { errors: [{ path: 'q' }] } });
});

describe('every answer', () => {
  test('says how it may be used', async () => {
    for (const url of ['/healthz', '/nowhere', '/docs']) {
      const { headers } = await door.get(url);
      expect(Object.fromEntries(headers)).toMatchObject({
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'strict-origin-when-cross-origin',
        'x-frame-options': 'SAMEORIGIN',
        'x-request-id': expect.stringMatching(/^[\w-]{36}$/),
      });
    }
  });

  test('takes no number of a request that could break a log', async () => {
    const { headers } = await door.get('/healthz', { headers: { 'X-Request-Id': `a b<script>${'x'.repeat(100)}` } });
    expect(headers.get('x-request-id')).toBe(`abscript${'x'.repeat(56)}`);
  });

  test('is one line in the log, with the route and never with what was asked', async () => {
    door.lines.length = 0;
    await door.get('/knowledge/faq/00000000-0000-4000-8000-000000000000?secret=1');
    await door.get('/nowhere/secret');
    expect(door.lines).toMatchObject([
      { method: 'GET', route: '/knowledge/faq/:faq_id', status: 404, ms: expect.any(Number) },
      { method: 'GET', route: 'page', status: 404 },
    ]);
  });

  test('is readable to pages of the sites on the list, and of no other', async () => {
    const listed = await door.get('/healthz', { headers: { Origin: 'https://shop.example' } });
    expect(listed.headers.get('access-control-allow-origin')).toBe('https://shop.example');
    expect(listed.headers.get('vary')).toBe('Origin');
    const other = await door.get('/healthz', { headers: { Origin: 'https://shop.example.evil' } });
    expect(other.headers.get('access-control-allow-origin')).toBeNull();
    const asked = await door.ask('OPTIONS', '/tickets', { headers: { Origin: 'https://shop.example' } });
    expect([asked.status, asked.headers.get('access-control-allow-methods')]).toEqual([204, 'GET, POST, PUT, DELETE']);
  });
});

describe('allowances', () => {
  const few = { count: 2, seconds: 60 };

  test('that are used up say when to come back, and whose they are', async () => {
    const narrow = await openFrontDoor({ limits: { searches: few } });
    try {
      const ask = (token?: string) => narrow.get('/knowledge/search?q=x', { token });
      const first = await ask();
      expect([...first.headers].filter(([name]) => name.startsWith('ratelimit'))).toEqual([
        ['ratelimit-limit', '2'],
        ['ratelimit-remaining', '1'],
        ['ratelimit-reset', '60'],
      ]);
      await ask();
      const refused = await ask();
      expect(refused).toMatchObject({
        status: 429,
        body: { type: '/problems/too-many', detail: 'Too many at once. Try again in 60 s.' },
      });
      expect(refused.headers.get('retry-after')).toBe('60');
      // A person has an allowance of his own, whatever others behind the same address do.
      expect((await ask((await narrow.person('customer')).token)).status).toBe(200);
    } finally {
      await narrow.close();
    }
  });

  test('of messages are a conversation’s, those of all requests an address’s; health is not counted', async () => {
    const narrow = await openFrontDoor({ limits: { messages: few, requests: { count: 12, seconds: 60 } } });
    try {
      const [one, other] = [await narrow.visitor(), await narrow.visitor()];
      const say = ({ sessionId, token }: typeof one) =>
        narrow.post('/chat/message', { token, body: { sessionId, text: 'x' } });
      expect([(await say(one)).status, (await say(one)).status, (await say(one)).status]).toEqual([200, 200, 429]);
      expect((await say(other)).status).toBe(200);
      const statuses: number[] = [];
      for (let n = 0; n < 8; n++) statuses.push((await narrow.get('/knowledge/faq')).status);
      expect(statuses.filter((status) => status === 429)).toHaveLength(2);
      expect((await narrow.get('/healthz')).status).toBe(200);
    } finally {
      await narrow.close();
    }
  });

  test('of an address: who sends it is believed from trusted proxies only', async () => {
    const from = (address: string) => ({ headers: { 'X-Forwarded-For': address } });
    for (const [trustedProxies, third] of [
      [0, 429],
      [1, 200],
    ] as const) {
      const narrow = await openFrontDoor({ limits: { searches: few }, trustedProxies });
      try {
        await narrow.get('/knowledge/search?q=x', from('203.0.113.1'));
        await narrow.get('/knowledge/search?q=x', from('203.0.113.1'));
        expect((await narrow.get('/knowledge/search?q=x', from('203.0.113.2'))).status).toBe(third);
        // Only the last entry was written by our own proxy.
        const forged = await narrow.get('/knowledge/search?q=x', from('198.51.100.9, 203.0.113.1'));
        expect(forged.status).toBe(429);
      } finally {
        await narrow.close();
      }
    }
  });
});

test('a request that breaks off harms nobody', async () => {
  await new Promise<void>((resolve) => {
    const request = http.request(`${door.address}/mirror`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'Content-Length': '100' },
    });
    request.on('error', () => resolve());
    request.write('{"items"');
    setImmediate(() => request.destroy());
  });
  expect((await door.get('/healthz')).status).toBe(200);
});
