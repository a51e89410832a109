import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { freePort } from '#test/support/free-port.ts';
import { resultOfError } from './channel-adapter.ts';

const errorOf = (calling: Promise<unknown>): Promise<unknown> =>
  calling.then(
    () => {
      throw new Error('It was expected to fail.');
    },
    (error: unknown) => error,
  );

async function withServer<T>(answer: RequestListener, use: (url: string) => Promise<T>): Promise<T> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  try {
    return await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

test('a refused connection sent nothing', async () => {
  const error = await errorOf(fetch(`http://127.0.0.1:${await freePort()}/`));
  expect(resultOfError(error)).toMatchObject({ kind: 'not-sent', error: expect.stringContaining('ECONNREFUSED') });
});

test('a name that nobody knows sent nothing', async () => {
  expect(resultOfError(await errorOf(fetch('http://nowhere.invalid/')))).toMatchObject({ kind: 'not-sent' });
});

test('several addresses that all refuse sent nothing', () => {
  const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
  const error = new TypeError('fetch failed', { cause: new AggregateError([refused, refused]) });
  expect(resultOfError(error)).toMatchObject({ kind: 'not-sent', error: 'connect ECONNREFUSED' });
});

test('a connection that breaks after the request left may have sent it', async () => {
  const error = await withServer(
    (request) => request.socket.destroy(),
    (url) => errorOf(fetch(url, { method: 'POST', body: 'x' })),
  );
  expect(resultOfError(error)).toMatchObject({ kind: 'uncertain' });
});

test('our own time limit may have sent it', async () => {
  const error = await withServer(
    () => {},
    (url) => errorOf(fetch(url, { signal: AbortSignal.timeout(50) })),
  );
  expect(resultOfError(error)).toMatchObject({ kind: 'uncertain', error: expect.stringContaining('timeout') });
});

test('whatever else is thrown, words included, may have sent it', () => {
  expect(resultOfError('no')).toEqual({ kind: 'uncertain', error: 'no' });
  expect(resultOfError(Object.assign(new Error(''), { code: 'EPROTO' }))).toEqual({
    kind: 'uncertain',
    error: 'EPROTO',
  });
});
