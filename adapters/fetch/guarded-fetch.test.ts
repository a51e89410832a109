import http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { createGuardedFetch, type GuardedRequest } from './guarded-fetch.ts';

const opened: (http.Server | net.Server)[] = [];
afterEach(async () => {
  for (const server of opened.splice(0)) {
    if (server instanceof http.Server) server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

/** A server of our own that counts who came, and a fetch that is let through to it. */
async function serve(handler: http.RequestListener, host = '127.0.0.1') {
  const requests: http.IncomingMessage[] = [];
  const server = http.createServer((request, response) => {
    requests.push(request);
    handler(request, response);
  });
  opened.push(server);
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const { port } = server.address() as AddressInfo;
  const at = `${host}:${port}`;
  return { url: `http://${at}`, at, port, requests, fetch: createGuardedFetch({ allow: [at] }) };
}

const echo: http.RequestListener = (request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => response.setHeader('x-method', request.method!).end(Buffer.concat(chunks)));
};

/** Answers with a redirect. */
const to =
  (location: string, status = 302): http.RequestListener =>
  (_, response) =>
    void response.writeHead(status, { location }).end('moved');

/** The answer, or the fault, of one request to the handler. */
async function fails(handler: http.RequestListener, request: GuardedRequest): Promise<unknown> {
  const { url, fetch } = await serve(handler);
  return fetch(url, request).catch((error: unknown) => error);
}

describe('what it fetches', () => {
  test('comes back whole, with status, headers and place', async () => {
    const { url, fetch } = await serve((_, response) => response.writeHead(201, { 'X-Shop': 'yes' }).end('你好'));
    const answer = await fetch(`${url}/a?b=c`);
    expect(answer).toMatchObject({ status: 201, url: `${url}/a?b=c`, headers: { 'x-shop': 'yes' } });
    expect(answer.body.toString()).toBe('你好');
  });

  test('is asked with the method, headers and body that were given', async () => {
    const { url, fetch, requests, at } = await serve(echo);
    const headers = { 'Content-Type': 'text/plain', 'X-Key': 'k', Host: 'evil.test', 'Transfer-Encoding': 'chunked' };
    const answer = await fetch(url, { method: 'POST', headers, body: 'hello' });
    expect(answer.body.toString()).toBe('hello');
    expect(requests[0]!.headers).toMatchObject({ host: at, 'x-key': 'k', 'content-type': 'text/plain' });
    expect(requests[0]!.headers).toMatchObject({ 'content-length': '5', 'accept-encoding': 'identity' });
  });

  test('is found by name, and the name is what the server hears', async () => {
    const { port, requests } = await serve((_, response) => response.end('ok'));
    const fetch = createGuardedFetch({ allow: [`shop.test:${port}`], lookup: async () => ['127.0.0.1'] });
    await fetch(`http://shop.test:${port}/`);
    expect(requests[0]!.headers.host).toBe(`shop.test:${port}`);
  });

  test('over TLS is asked by its name, too', async () => {
    const hello = Promise.withResolvers<Buffer>();
    const server = net.createServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', (data) => {
        hello.resolve(data);
        socket.destroy();
      });
    });
    opened.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const fetch = createGuardedFetch({ allow: [`shop.test:${port}`], lookup: async () => ['127.0.0.1'] });
    await expect(fetch(`https://shop.test:${port}/`)).rejects.toMatchObject({ kind: 'unavailable' });
    expect((await hello.promise).includes('shop.test')).toBe(true);
  });
});

describe('where it does not go', () => {
  const NAMES: Record<string, string[]> = {
    localhost: ['127.0.0.1', '::1'],
    'localhost.': ['127.0.0.1'],
    'internal.test': ['10.0.0.7'],
    'metadata.test': ['169.254.169.254'],
    'six.test': ['fd00::1'],
    'mapped.test': ['::ffff:10.0.0.1'],
    'mixed.test': ['93.184.216.34', '10.0.0.1'],
    'nat64.test': ['64:ff9b::a00:1'],
    'zero.test': ['0.0.0.0'],
    'odd.test': ['not an address'],
  };
  const fetch = createGuardedFetch({ allow: ['127.0.0.1:4000'], lookup: async (name) => NAMES[name] ?? [] });
  const hosts = [
    '127.0.0.1',
    '127.1',
    '127.0.1',
    '2130706433',
    '0x7f000001',
    '0x7f.0.0.1',
    '0177.0.0.1',
    '017700000001',
    '0',
    '0.0.0.0',
    '10.0.0.1',
    '10.1',
    '167772161',
    '012.0.0.1',
    '172.16.0.1',
    '172.31.255.254',
    '192.168.1.1',
    '0xc0a80101',
    '100.64.0.1',
    '100.127.255.254',
    '169.254.169.254',
    '2852039166',
    '0xa9fea9fe',
    '0251.0376.0251.0376',
    '169.254.170.2',
    '192.0.0.192',
    '198.18.0.1',
    '224.0.0.1',
    '239.255.255.250',
    '240.0.0.1',
    '255.255.255.255',
    '１２７.０.０.１',
    '①②⑦.⓪.⓪.①',
    '134744072',
    '010.8.8.8',
    '[::]',
    '[::1]',
    '[0:0:0:0:0:0:0:1]',
    '[::127.0.0.1]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[::ffff:8.8.8.8]',
    '[64:ff9b::127.0.0.1]',
    '[64:ff9b::808:808]',
    '[64:ff9b:1::1]',
    '[2002:7f00:1::]',
    '[2001:0:7f00:1::]',
    '[fc00::1]',
    '[fd00:ec2::254]',
    '[fe80::1]',
    '[fec0::1]',
    '[ff02::1]',
    '[2001:db8::1]',
    ...Object.keys(NAMES),
  ];
  test.each([
    ...hosts.map((host) => `https://${host}/`),
    'http://example.com/',
    'http://127.0.0.1/',
    'https://127.0.0.1:4001/',
    'https://example.com:8443/',
    'https://user@example.com/',
    'https://user:word@example.com/',
    'https://:word@127.0.0.1:4000/',
    'ftp://127.0.0.1:4000/',
    'file:///etc/passwd',
    'gopher://127.0.0.1:4000/',
    'data:text/plain,hello',
    'javascript:alert(1)',
    '//example.com/',
    'example.com',
    'https://',
    'https://exa mple.com/',
    'https://[fe80::1%25eth0]/',
    '',
  ])('%s', async (url) => {
    await expect(fetch(url)).rejects.toMatchObject({ name: 'Problem', kind: 'invalid' });
  });

  test('a name without an address is not there', async () => {
    await expect(fetch('https://nowhere.test/')).rejects.toMatchObject({ kind: 'unavailable' });
  });

  test('the reason says what to write instead, and never which address a name has', async () => {
    await expect(fetch('http://example.com/')).rejects.toThrow('Only https:// addresses are fetched.');
    await expect(fetch('https://internal.test/')).rejects.toThrow(
      'internal.test is not on the public internet, so it is not fetched.',
    );
  });
});

test('a name is looked up once: what was checked is what is connected to', async () => {
  const checked = await serve((_, response) => response.end('checked'));
  const answers = [['127.0.0.1'], ['127.0.0.2']];
  let lookups = 0;
  const fetch = createGuardedFetch({
    allow: [`rebind.test:${checked.port}`],
    lookup: async () => answers[Math.min(lookups++, 1)]!,
  });
  expect((await fetch(`http://rebind.test:${checked.port}/`)).body.toString()).toBe('checked');
  expect(lookups).toBe(1);
});

test('a name that turns private between two requests is refused at the second', async () => {
  const { url, at, requests } = await serve((_, response) =>
    response.writeHead(302, { location: 'https://rebind.test/inside' }).end(),
  );
  const lookups: string[] = [];
  const fetch = createGuardedFetch({
    allow: [at],
    lookup: async (name) => {
      lookups.push(name);
      return ['10.0.0.1'];
    },
  });
  await expect(fetch(url, { redirects: 3 })).rejects.toMatchObject({ kind: 'invalid' });
  expect([requests.length, lookups]).toEqual([1, ['rebind.test']]);
});

describe('redirects', () => {
  test('are the answer unless they are asked for', async () => {
    const { url, fetch } = await serve(to('/next'));
    expect(await fetch(url)).toMatchObject({ status: 302, headers: { location: '/next' } });
  });

  test.each([
    'http://127.0.0.1:1/',
    'https://127.0.0.1/',
    'https://[::1]/',
    'https://2130706433/',
    'http://169.254.169.254/latest/meta-data/',
    'file:///etc/passwd',
    'https://user:word@example.com/',
  ])('to %s are refused', async (location) => {
    const { url, fetch, requests } = await serve(to(location));
    await expect(fetch(url, { redirects: 5 })).rejects.toMatchObject({ kind: 'invalid' });
    expect(requests).toHaveLength(1);
  });

  test('are followed as often as was said, and no further', async () => {
    const { url, fetch, requests } = await serve((request, response) =>
      to(`/${Number(request.url!.slice(1)) + 1}`)(request, response),
    );
    expect(await fetch(`${url}/0`, { redirects: 3 })).toMatchObject({ status: 302, url: `${url}/3` });
    expect(requests).toHaveLength(4);
  });

  test.each<[number, string, string, string]>([
    [301, 'POST', 'GET', ''],
    [302, 'POST', 'GET', ''],
    [303, 'PUT', 'GET', ''],
    [307, 'POST', 'POST', 'hello'],
    [308, 'PUT', 'PUT', 'hello'],
    [301, 'DELETE', 'DELETE', 'hello'],
  ])('by %i turn %s into %s', async (status, method, then, body) => {
    const { url, fetch } = await serve((request, response) =>
      request.url === '/' ? to('/next', status)(request, response) : echo(request, response),
    );
    const answer = await fetch(url, { method, body: 'hello', redirects: 1 });
    expect([answer.headers['x-method'], answer.body.toString()]).toEqual([then, body]);
  });

  test('take no secret to another origin', async () => {
    const other = await serve((_, response) => response.end('other'));
    const first = await serve(to(other.url));
    const fetch = createGuardedFetch({ allow: [first.at, other.at] });
    const headers = { Authorization: 'Bearer secret', Cookie: 'a=b', 'X-Api-Key': 'secret', Accept: 'text/plain' };
    await fetch(first.url, { headers, redirects: 1 });
    expect(first.requests[0]!.headers).toMatchObject({ authorization: 'Bearer secret' });
    expect(JSON.stringify(other.requests[0]!.headers)).not.toMatch(/secret|a=b/);
    expect(other.requests[0]!.headers.accept).toBe('text/plain');
  });
});

describe('limits', () => {
  test('a body that says it is too large is not read', async () => {
    expect(
      await fails((_, response) => response.writeHead(200, { 'content-length': '65537' }).flushHeaders(), {}),
    ).toMatchObject({
      kind: 'too-large',
      message: expect.stringContaining('65536 bytes'),
    });
  });

  test('a body that never ends is cut off where it becomes too large', async () => {
    expect(
      await fails(
        (_, response) => {
          const more = (): void => {
            while (!response.destroyed && response.write(Buffer.alloc(16_384)));
          };
          response.on('drain', more);
          more();
        },
        { maxBytes: 100_000 },
      ),
    ).toMatchObject({ kind: 'too-large' });
  });

  test('a body of exactly the limit is fine', async () => {
    expect(await fails((_, response) => void response.end(Buffer.alloc(1_000)), { maxBytes: 1_000 })).toMatchObject({
      status: 200,
    });
  });

  test('an answer that drips is given up when its time is over', async () => {
    expect(
      await fails(
        (_, response) => {
          const timer = setInterval(() => response.write('.'), 10);
          response.on('close', () => clearInterval(timer));
        },
        { timeoutMs: 100 },
      ),
    ).toMatchObject({
      kind: 'unavailable',
      message: expect.stringContaining('within 0.1 s'),
    });
  });

  test('an answer that never begins is given up when its time is over', async () => {
    expect(await fails(() => {}, { timeoutMs: 50 })).toMatchObject({ kind: 'unavailable' });
  });

  test('the time is for all redirects together', async () => {
    expect(
      await fails((_, response) => void setTimeout(() => response.writeHead(302, { location: '/again' }).end(), 30), {
        timeoutMs: 100,
        redirects: 1_000,
      }),
    ).toMatchObject({ kind: 'unavailable' });
  });

  test('a name server that does not answer is given up on', async () => {
    const fetch = createGuardedFetch({ lookup: () => new Promise(() => {}), connectMs: 20 });
    await expect(fetch('https://example.com/')).rejects.toMatchObject({ kind: 'unavailable' });
  });

  test('a server that accepts and never speaks TLS is given up on', async () => {
    const server = net.createServer((socket) => socket.on('error', () => {}).resume());
    opened.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const fetch = createGuardedFetch({ allow: [`127.0.0.1:${port}`], connectMs: 50 });
    await expect(fetch(`https://127.0.0.1:${port}/`)).rejects.toMatchObject({ kind: 'unavailable' });
  });

  test('headers without end are refused', async () => {
    const headers = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`x-${index}`, 'x'.repeat(1_000)]));
    expect(await fails((_, response) => void response.writeHead(200, headers).end(), {})).toMatchObject({
      kind: 'unavailable',
    });
  });

  test('compression that nobody asked for is not unpacked', async () => {
    expect(
      await fails((_, response) => void response.writeHead(200, { 'content-encoding': 'gzip' }).end('x'), {}),
    ).toMatchObject({ kind: 'unsupported' });
  });
});

describe('faults', () => {
  test('nobody listening is unavailable', async () => {
    const { url, fetch } = await serve(() => {});
    const server = opened.pop()!;
    await new Promise((resolve) => server.close(resolve));
    await expect(fetch(url)).rejects.toMatchObject({
      kind: 'unavailable',
      message: expect.stringContaining('ECONNREFUSED'),
    });
  });

  test('an answer that breaks off is unavailable, not half an answer', async () => {
    const { url, fetch } = await serve((_, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('half', () => response.destroy());
    });
    await expect(fetch(url)).rejects.toMatchObject({ kind: 'unavailable' });
  });

  test('a name that the name server does not know is unavailable', async () => {
    const fetch = createGuardedFetch({
      lookup: () => Promise.reject(Object.assign(new Error('no'), { code: 'ENOTFOUND' })),
    });
    await expect(fetch('https://example.com/')).rejects.toMatchObject({ kind: 'unavailable' });
  });

  test('headers and methods that HTTP does not allow are invalid', async () => {
    const { url, fetch } = await serve(echo);
    await expect(fetch(url, { headers: { 'x-a': 'b\r\nx-c: d' } })).rejects.toMatchObject({ kind: 'invalid' });
    await expect(fetch(url, { method: 'GE T' })).rejects.toMatchObject({ kind: 'invalid' });
  });

  test('the caller can give up, and hears their own reason', async () => {
    const { url, fetch } = await serve(() => {});
    const reason = new Error('the turn is over');
    const caller = new AbortController();
    const answer = fetch(url, { signal: caller.signal });
    caller.abort(reason);
    await expect(answer).rejects.toBe(reason);
  });

  test('a fault of ours is not dressed up as one of theirs', async () => {
    const fault = new TypeError('a bug');
    const fetch = createGuardedFetch({ lookup: () => Promise.reject(fault) });
    await expect(fetch('https://example.com/')).rejects.toBe(fault);
  });
});
