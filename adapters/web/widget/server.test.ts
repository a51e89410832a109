import { createServer, ServerRefusal } from './server.ts';
import { messageOf } from './testing/messages.ts';

const session = { id: 'session-1', token: 'secret' };
type Call = { url: string; request: RequestInit };

function serverThat(answer: (url: string) => Partial<Response> | Promise<Partial<Response>>) {
  const calls: Call[] = [];
  const server = createServer({
    origin: 'https://chat.example',
    fetch: async (url, request = {}) => {
      calls.push({ url: url as string, request });
      return { ok: true, status: 200, headers: new Headers(), ...(await answer(url as string)) } as Response;
    },
  });
  return { server, calls };
}
const json = (body: unknown, more: Partial<Response> = {}): Partial<Response> => ({ json: async () => body, ...more });

test('a conversation begins with the language and where the visitor is', async () => {
  const begun = { sessionId: 's', sessionToken: 't', state: 'bot', replies: [] };
  const { server, calls } = serverThat(() => json(begun));
  const page = { url: `https://shop.example/${'x'.repeat(3_000)}`, title: 'T'.repeat(400) };
  expect(await server.begin('zh-TW', page)).toEqual(begun);
  const body = JSON.parse(calls[0]!.request.body as string) as { locale: string; context: typeof page };
  expect([body.locale, body.context.url.length, body.context.title.length]).toEqual(['zh-TW', 2_000, 300]);
});

test('a conversation after another one is the same customer’s by its token', async () => {
  const { server, calls } = serverThat(() => json({ sessionId: 's', sessionToken: 't', state: 'bot', replies: [] }));
  await server.begin('en', { url: '', title: '' }, session);
  await server.begin('en', { url: '', title: '' }, null);
  expect(calls.map(({ request }) => (request.headers as Record<string, string>)['authorization'])).toEqual([
    'Bearer secret',
    undefined,
  ]);
});

test('no call carries cookies, and the token stands in the header, never in an address', async () => {
  const { server, calls } = serverThat(() =>
    json({ state: 'bot', head: 0, items: [], nextCursor: null, id: 'u', name: 'n', type: 't', bytes: 1 }),
  );
  await server.history(session, 3);
  await server.upload(session, new Blob(['x'], { type: 'text/plain' }), '退貨 標籤.txt');
  for (const { url, request } of calls) {
    expect(request.credentials).toBe('omit');
    expect(url).not.toContain('secret');
    expect((request.headers as Record<string, string>)['authorization']).toBe('Bearer secret');
  }
  expect(calls[1]!.url).toBe('https://chat.example/uploads?name=%E9%80%80%E8%B2%A8+%E6%A8%99%E7%B1%A4.txt');
  expect(server.socketAddress(session)).toBe('wss://chat.example/ws/chat/session-1');
});

test('the history is read to its end', async () => {
  const { server, calls } = serverThat((url) =>
    url.includes('cursor=next')
      ? json({ state: 'agent', head: 9, items: [messageOf(9, 'b')], nextCursor: null })
      : json({ state: 'agent', head: 8, items: [messageOf(8, 'a')], nextCursor: 'next' }),
  );
  const history = await server.history(session, 7);
  expect(history.items.map((item) => item.seq)).toEqual([8, 9]);
  expect([history.head, history.state, calls.length]).toEqual([9, 'agent', 2]);
});

test('a refusal carries its status, its words and how long to wait', async () => {
  const { server } = serverThat(() =>
    json({ detail: 'Too many.' }, { ok: false, status: 429, headers: new Headers({ 'retry-after': '30' }) }),
  );
  await expect(server.begin('en', { url: '', title: '' })).rejects.toMatchObject({
    status: 429,
    message: 'Too many.',
    retryAfter: 30,
  });
});

test('a refusal by something that is not our server still says its status', async () => {
  const { server } = serverThat(() => ({
    ok: false,
    status: 502,
    json: () => Promise.reject(new SyntaxError('<html>')),
  }));
  await expect(server.download(session, 'u')).rejects.toMatchObject({
    status: 502,
    message: 'HTTP 502',
    retryAfter: undefined,
  });
});

test('no answer is a refusal without a status, whenever it breaks off', async () => {
  const { server } = serverThat(() => Promise.reject(new TypeError('Failed to fetch')));
  await expect(server.history(session, 0)).rejects.toMatchObject({ status: 0, message: 'Failed to fetch' });
  const { server: cut } = serverThat(() => ({ blob: () => Promise.reject(new TypeError('aborted')) }));
  await expect(cut.download(session, 'u')).rejects.toMatchObject({ status: 0 });
});

test("an answer that is not the chat server's is refused", async () => {
  for (const body of [null, 'hello', {}, { sessionId: 's' }]) {
    const { server } = serverThat(() => json(body));
    await expect(server.begin('en', { url: '', title: '' })).rejects.toBeInstanceOf(ServerRefusal);
  }
});
