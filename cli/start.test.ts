import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { freePort } from '#test/support/free-port.ts';
import { makeDataDir, runFrontdesk, startFrontdeskProcess, type FrontdeskProcess } from '#test/support/processes.ts';

const { dataDir, remove } = makeDataDir();
const env = { FRONTDESK_DEMO: 'off' };
const running: FrontdeskProcess[] = [];
const cleanUps: (() => void)[] = [];
const start = async (): Promise<FrontdeskProcess> => {
  const frontdesk = await startFrontdeskProcess({ dataDir, env });
  running.push(frontdesk);
  return frontdesk;
};

afterAll(async () => {
  for (const cleanUp of cleanUps) cleanUp();
  await Promise.all(running.map((frontdesk) => frontdesk.kill()));
  await remove();
});

test('the first start shows its progress, its addresses and the first admin; a later one no password', async () => {
  const first = await start();
  const output = await untilPrinted(first, 'Ctrl-C stops it.');
  expect(output).toContain('  Creating the database …\n  Starting the database …\n');
  expect(output).toContain(`Web chat  http://localhost:${first.port}/`);
  expect(output).toMatch(/E-mail +\S+@\S+\n +Password +\S{12,}/);
  expect(await first.stop()).toBe(0);
  expect(first.output()).toMatch(/Stopping: finishing what is under way .*\nStopped\.\n/);

  const later = await start();
  expect(await untilPrinted(later, 'Ctrl-C stops it.')).not.toContain('Password');
}, 30_000);

test('a second one on the same data is refused with one sentence', async () => {
  const second = runFrontdesk(['start', '--no-build'], { FRONTDESK_DATA: dataDir, PORT: '0' });
  expect((await second.exited).code).toBe(1);
  expect(second.output()).toMatch(/^Frontdesk already runs on \S+ \(process \d+\): stop that one, or .*\n$/);
}, 15_000);

test('a user is created while the server runs, and signs in', async () => {
  const words = ['user', 'create', '--email', 'anna@example.com', '--name', 'Anna', '--role', 'agent'];
  const creating = runFrontdesk(words, { ...env, FRONTDESK_DATA: dataDir });
  expect({ ...(await creating.exited), output: creating.output() }).toMatchObject({ code: 0 });
  const password = /^Password, shown this once: (\S+)$/m.exec(creating.output())?.[1];
  const answer = await fetch(`${running.at(-1)!.url}/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: 'anna@example.com', password }),
  });
  expect(answer.status).toBe(200);
  const again = runFrontdesk(words, { ...env, FRONTDESK_DATA: dataDir });
  expect((await again.exited).code).toBe(1);
  expect(again.output().trim().split('\n')).toHaveLength(1);
}, 20_000);

test('a chat from a pipe gets its answer and ends', async () => {
  const chat = runFrontdesk(['chat', '--url', running.at(-1)!.url, '--locale', 'en']);
  chat.type('Can I talk to a person?\n');
  chat.finish();
  expect((await chat.exited).code).toBe(0);
  expect(chat.output()).toMatch(/^Frontdesk: .*\n/);
  expect(chat.output().split('Frontdesk: ').length).toBeGreaterThan(2);
}, 20_000);

test('each line of a script comes after the answer to the one before, so a number means the button that was just shown', async () => {
  const chat = runFrontdesk(['chat', '--url', running.at(-1)!.url, '--locale', 'en']);
  chat.type('1\n1\n');
  chat.finish();
  expect((await chat.exited).code).toBe(0);
  const [, , asked = '', answered = ''] = chat.output().split('Frontdesk: ');
  expect(asked).toMatch(/order number/i);
  expect(answered).not.toMatch(/order number is|expired|no longer/i);
}, 20_000);

test('killed, it starts again as if nothing had been', async () => {
  await running.at(-1)!.kill();
  const again = await start();
  expect((await fetch(`${again.url}/readyz`)).status).toBe(200);
  expect(await again.stop()).toBe(0);
}, 20_000);

test('when its launcher is killed, the server drains and ends, so that the next start finds the way free', async () => {
  const port = await freePort();
  const launcher = spawn(process.execPath, ['cli/node24.mjs', 'cli/frontdesk.ts', 'start', '--no-build'], {
    cwd: path.resolve(import.meta.dirname, '..'),
    env: { PATH: process.env['PATH'], ...env, FRONTDESK_DATA: dataDir, PORT: String(port) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  cleanUps.push(() => launcher.kill('SIGKILL'));
  let output = '';
  launcher.stdout.on('data', (piece: Buffer) => {
    output += piece.toString();
    if (output.includes('Ctrl-C stops it.')) launcher.kill('SIGKILL');
  });
  await once(launcher, 'exit');
  await once(launcher.stdout, 'close'); // the server held it too
  expect(output).toContain('Stopped.');
  await start();
}, 20_000);

test('a busy port is one sentence, nothing is left running, and the first admin is told by the start that succeeds', async () => {
  const other = makeDataDir();
  const port = String(running.at(-1)!.port);
  const busy = runFrontdesk(['start', '--no-build'], { ...env, FRONTDESK_DATA: other.dataDir, PORT: port });
  expect((await busy.exited).code).toBe(1);
  expect(busy.output()).toMatch(new RegExp(`Port ${port} is .*PORT.*\n$`));
  const free = await startFrontdeskProcess({ dataDir: other.dataDir, env });
  running.push(free);
  expect(await untilPrinted(free, 'Ctrl-C stops it.')).toMatch(/Password +\S{12,}/);
  expect(await free.stop()).toBe(0);
  await other.remove();
}, 30_000);

test('with Redis away it starts all the same, says so, and stops without a word more', async () => {
  await running.at(-2)!.stop();
  const alone = await startFrontdeskProcess({ dataDir, env: { ...env, REDIS_URL: 'redis://127.0.0.1:1' } });
  running.push(alone);
  expect((await fetch(`${alone.url}/readyz`)).status).toBe(200);
  expect(await untilPrinted(alone, 'Redis is away')).toContain('Redis is away');
  const before = alone.output();
  expect(await alone.stop()).toBe(0);
  expect(alone.output().slice(before.length)).toMatch(/^Stopping: .*\nStopped\.\n$/);
}, 30_000);

/** What a process printed, as soon as these words are among it. */
async function untilPrinted(frontdesk: FrontdeskProcess, words: string): Promise<string> {
  for (let attempt = 0; attempt < 200 && !frontdesk.output().includes(words); attempt++)
    await new Promise((resolve) => {
      setTimeout(resolve, 25);
    });
  return frontdesk.output();
}
