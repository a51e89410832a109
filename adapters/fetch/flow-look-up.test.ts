import type { GuardedFetch } from './guarded-fetch.ts';
import { flowLookUp } from './flow-look-up.ts';

const { signal } = new AbortController();
const request = { url: 'https://orders.example/SQ-1', timeoutMs: 1_000 };
const answering =
  (status: number, body: string): GuardedFetch =>
  async () => ({ status, body: Buffer.from(body), headers: {}, url: request.url });

test('what is found comes as JSON', async () => {
  expect(await flowLookUp(answering(200, '{"status":"shipped"}'), request, signal)).toEqual({
    ok: true,
    body: { status: 'shipped' },
  });
});

test('whatever goes wrong is an answer, so that the flow can say what then', async () => {
  expect(await flowLookUp(answering(404, ''), request, signal)).toEqual({ ok: false, status: 404 });
  expect(await flowLookUp(answering(200, '<html>'), request, signal)).toEqual({ ok: false, status: null });
  const late: GuardedFetch = () => Promise.reject(new Error('no answer within 1000 ms'));
  expect(await flowLookUp(late, request, signal)).toEqual({ ok: false, status: null });
});

test('it is asked within its time, for a small body, and until it is called off', async () => {
  const asked: unknown[] = [];
  const watched: GuardedFetch = async (url, options) => {
    asked.push(url, options);
    return answering(200, '{}')(url, options);
  };
  await flowLookUp(watched, request, signal);
  expect(asked).toEqual([request.url, { timeoutMs: 1_000, maxBytes: 65_536, signal }]);
});
