import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startOllama, type FakeOllama } from '#test/platforms/ollama.ts';
import { createOllamaServers } from './ollama-servers.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function ollama(options: Parameters<typeof startOllama>[0] = {}): Promise<FakeOllama> {
  const server = await startOllama(options);
  cleanups.push(server.stop);
  return server;
}

function serversAt(urls: readonly string[], options: { model?: string; parallel?: number } = {}) {
  const clock = { now: 0 };
  const log: string[] = [];
  const deadlines: { ms: number; expire: () => void }[] = [];
  const servers = createOllamaServers({
    urls,
    model: 'qwen3:14b',
    log: { info: (message) => log.push(message), warn: (message) => log.push(message) },
    now: () => clock.now,
    within: (ms) => {
      const deadline = new AbortController();
      deadlines.push({ ms, expire: () => deadline.abort(new DOMException('too late', 'TimeoutError')) });
      return deadline.signal;
    },
    ...options,
  });
  cleanups.push(servers.stop);
  return { servers, clock, log, deadlines };
}

const never = new AbortController().signal;
const hello = { messages: [{ role: 'user', content: 'hi' }], most: 20, temperature: 0 };

/** Has one server say something, and tells what it said. */
const say = (servers: ReturnType<typeof serversAt>['servers']): Promise<string> =>
  servers.run('answer', never, async (chat) => {
    let text = '';
    for await (const part of chat(hello, never)) text += part.text;
    return text;
  });

/** An address where nobody listens. */
async function deserted(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}`;
}

describe('several servers', () => {
  test('share the work: the least busy is asked, equals in turn', async () => {
    const [one, two] = [await ollama(), await ollama()];
    const { servers } = serversAt([one.url, two.url]);
    await servers.warmUp();
    for (let times = 0; times < 10; times++) await say(servers);
    expect([one.ledger.chats.length, two.ledger.chats.length]).toEqual([5, 5]);

    one.fail('hang');
    two.fail('hang');
    const away = new AbortController();
    const both = [1, 2].map(() =>
      servers.run('answer', away.signal, async (chat) => {
        for await (const _ of chat(hello, away.signal)) continue;
      }),
    );
    await Promise.all([one.chatsArrived(6), two.chatsArrived(6)]);
    away.abort(new Error('enough'));
    for (const run of both) await expect(run).rejects.toThrow('enough');
  });

  test('one of them down: the other does it all, and the state says so', async () => {
    const one = await ollama();
    const { servers } = serversAt([one.url, await deserted()]);
    await servers.warmUp();
    for (let times = 0; times < 4; times++) expect(await say(servers)).toBe('Hello.');
    expect(one.ledger.chats).toHaveLength(4);
    expect(servers.status()).toMatchObject({
      state: 'degraded',
      servers: [{ state: 'ready' }, { state: 'unreachable' }],
    });
  });

  test('one that goes down in between is asked no more than five times', async () => {
    const [one, two] = [await ollama(), await ollama()];
    const { servers } = serversAt([one.url, two.url]);
    await servers.warmUp();
    await two.stop();
    let failed = 0;
    for (let times = 0; times < 20; times++) await say(servers).catch(() => failed++);
    expect(failed).toBe(5);
    expect(servers.ready('answer')).toBe(true);
  });
});

describe('a place at a server', () => {
  test('is for one at a time; two wait for each, the next goes without', async () => {
    const server = await ollama();
    const { servers } = serversAt([server.url]);
    await servers.warmUp();
    server.fail('hang');
    const away = new AbortController();
    const run = () =>
      servers.run('answer', away.signal, async (chat) => {
        for await (const _ of chat(hello, away.signal)) continue;
      });
    const inside = [run(), run(), run()];
    await server.chatsArrived(1);
    expect(servers.status().servers[0]).toMatchObject({ running: 1, waiting: 2 });
    expect(servers.ready('answer')).toBe(false);
    await expect(run()).rejects.toMatchObject({ name: 'OllamaFault', kind: 'away' });
    away.abort(new Error('enough'));
    for (const one of inside) await expect(one).rejects.toThrow('enough');
    expect(server.ledger.chats).toHaveLength(1);
  });

  test('is waited for no longer than a second, and waiting is no failure', async () => {
    const server = await ollama();
    const { servers, deadlines } = serversAt([server.url]);
    await servers.warmUp();
    server.fail('hang');
    const away = new AbortController();
    const first = servers.run('answer', away.signal, async (chat) => {
      for await (const _ of chat(hello, away.signal)) continue;
    });
    await server.chatsArrived(1);
    for (let times = 0; times < 6; times++) {
      const late = say(servers);
      const patience = deadlines.at(-1)!;
      expect(patience.ms).toBe(1_000);
      patience.expire();
      await expect(late).rejects.toMatchObject({ name: 'Busy', reason: 'late' });
    }
    expect(servers.ready('answer')).toBe(true);
    away.abort(new Error('enough'));
    await expect(first).rejects.toThrow('enough');
  });

  test('as many as the server does at once are let in', async () => {
    const server = await ollama({ parallel: 3 });
    const { servers } = serversAt([server.url], { parallel: 3 });
    await servers.warmUp();
    server.fail('hang');
    const away = new AbortController();
    const runs = [1, 2, 3].map(() =>
      servers.run('answer', away.signal, async (chat) => {
        for await (const _ of chat(hello, away.signal)) continue;
      }),
    );
    await server.chatsArrived(3);
    away.abort(new Error('enough'));
    for (const run of runs) await expect(run).rejects.toThrow('enough');
  });
});

test('a server that begins to fail while others wait for it is not asked by them', async () => {
  const server = await ollama();
  const { servers } = serversAt([server.url]);
  await servers.warmUp();
  server.fail('500');
  for (let times = 0; times < 4; times++) await expect(say(servers)).rejects.toThrow('It refused with 500');
  const both = await Promise.allSettled([say(servers), say(servers)]);
  expect(both.map((one) => (one.status === 'rejected' ? (one.reason as Error).message : 'said'))).toEqual([
    expect.stringContaining('It refused with 500'),
    'It began to fail while others waited.',
  ]);
  expect(server.ledger.chats).toHaveLength(5);
});

describe('the state', () => {
  test('is unknown before the first question, which makes the model load', async () => {
    const { url } = await ollama();
    const { servers, log } = serversAt([url]);
    expect(servers.status()).toMatchObject({ model: 'qwen3:14b', state: 'loading', servers: [{ state: 'unknown' }] });
    expect(servers.ready('intent')).toBe(false);
    expect(servers.status().servers[0]!.state).toBe('loading');
    await servers.warmUp();
    expect(servers.ready('intent')).toBe(true);
    expect(log).toEqual([expect.stringContaining('has qwen3:14b loaded')]);
  });

  test('a model that is not there is named with the command that gets it, and found once it is', async () => {
    const server = await ollama({ models: [] });
    const { servers, clock, log } = serversAt([server.url]);
    await servers.warmUp();
    expect(servers.ready('intent')).toBe(false);
    expect(servers.status()).toMatchObject({
      state: 'away',
      servers: [{ state: 'missing-model', says: expect.stringContaining('ollama pull qwen3:14b') }],
    });
    expect(log).toEqual([expect.stringContaining('ollama pull qwen3:14b')]);
    await expect(say(servers)).rejects.toThrow('ollama pull qwen3:14b');

    server.setModels([{ name: 'qwen3:14b', capabilities: ['completion', 'thinking'] }]);
    await servers.warmUp(); // Too early: it was just looked for.
    expect(servers.ready('intent')).toBe(false);
    clock.now += 10_000;
    await servers.warmUp();
    expect(servers.ready('intent')).toBe(true);
  });

  test('a model that makes vectors only is refused with what to set', async () => {
    const { url } = await ollama({ models: [{ name: 'bge-m3', capabilities: ['embedding'] }] });
    const { servers } = serversAt([url], { model: 'bge-m3' });
    await servers.warmUp();
    expect(servers.status().servers[0]).toMatchObject({
      state: 'unsuited',
      says: expect.stringContaining('OLLAMA_MODEL'),
    });
  });

  test('a server that is down is tried again after ten seconds, then twenty', async () => {
    const address = await deserted();
    const { servers, clock, log } = serversAt([address]);
    await servers.warmUp();
    expect(log).toEqual([expect.stringContaining('Is Ollama running?')]);
    clock.now += 10_000;
    await servers.warmUp();
    expect(log).toHaveLength(2);
    clock.now += 10_000;
    await servers.warmUp();
    expect(log).toHaveLength(2);
    const server = await ollama({ port: Number(new URL(address).port) });
    clock.now += 10_000;
    await servers.warmUp();
    expect(await say(servers)).toBe('Hello.');
    expect(server.ledger.chats).toHaveLength(1);
  });

  test('what is no Ollama is told apart', async () => {
    const server = createServer((_, response) =>
      response.writeHead(200, { 'content-type': 'text/html' }).end('<html>'),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    cleanups.push(() => new Promise((resolve) => server.close(resolve)));
    const { servers } = serversAt([`http://127.0.0.1:${(server.address() as AddressInfo).port}`]);
    await servers.warmUp();
    expect(servers.status().servers[0]).toMatchObject({
      state: 'invalid',
      says: expect.stringContaining("Ollama's address?"),
    });
  });

  test('user and password of an address go into a header, and into nothing that is shown', async () => {
    const server = await ollama();
    const { servers, log } = serversAt([server.url.replace('://', '://frontdesk:s%3Acret@')]);
    await servers.warmUp();
    expect(await say(servers)).toBe('Hello.');
    expect(new Set(server.ledger.authorizations)).toEqual(new Set([`Basic ${btoa('frontdesk:s:cret')}`]));
    expect(JSON.stringify([servers.status(), log])).not.toMatch(/cret/);
  });

  test('stopping ends a loading that goes on, and begins no other', async () => {
    const server = await ollama();
    server.fail('hang', 'all');
    const { servers, log } = serversAt([server.url]);
    const loading = servers.warmUp();
    servers.stop();
    await loading;
    expect(servers.ready('intent')).toBe(false);
    expect(log).toEqual([]);
  });
});
