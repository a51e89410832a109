import { PassThrough } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '#test/support/free-port.ts';
import { makeDataDir } from '#test/support/processes.ts';
import { runCommandLine } from './command-line.ts';
import type { Terminal } from './command.ts';

const { dataDir, remove } = makeDataDir();
const port = await freePort();
const env = {
  FRONTDESK_DATA: dataDir,
  FRONTDESK_DEMO: 'off',
  HOST: '127.0.0.1',
  PORT: String(port),
  LOG_LEVEL: 'warn',
};
const open: Session[] = [];

type Session = {
  output: () => string;
  errors: () => string;
  type: (line: string) => void;
  /** Ctrl-D. */
  finish: () => void;
  /** Ctrl-C. */
  interrupt: () => void;
  exits: () => readonly number[];
  /** Waits until these words were printed. */
  until: (words: string | RegExp) => Promise<void>;
  code: Promise<number>;
};

/** A command in this process, at a terminal of its own. */
function run(words: string[], more: Partial<Pick<Terminal, 'interactive' | 'env'>> = {}): Session {
  const shown = { output: '', errors: '' };
  const listeners = new Set<() => void>();
  const exits: number[] = [];
  const input = new PassThrough();
  const terminal: Terminal = {
    env,
    interactive: false,
    ...more,
    input,
    write: (text) => {
      shown.output += text;
    },
    print: (line) => {
      shown.output += `${line}\n`;
    },
    complain: (line) => {
      shown.errors += `${line}\n`;
    },
    onInterrupt: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    exitNow: (code) => {
      exits.push(code);
    },
  };
  const session: Session = {
    output: () => shown.output,
    errors: () => shown.errors,
    type: (line) => input.write(`${line}\n`),
    finish: () => input.end(),
    interrupt: () => {
      for (const listener of listeners) listener();
    },
    exits: () => exits,
    until: async (wanted) => {
      const found = (): boolean =>
        typeof wanted === 'string' ? shown.output.includes(wanted) : wanted.test(shown.output + shown.errors);
      for (let attempt = 0; attempt < 600 && !found(); attempt++) await pause(25);
      if (!found()) throw new Error(`${wanted} was not printed, but:\n${shown.output}${shown.errors}`);
    },
    code: runCommandLine(words, terminal),
  };
  open.push(session);
  return session;
}

async function startServer(): Promise<Session> {
  const server = run(['start', '--no-build']);
  await server.until('Ctrl-C stops it.');
  return server;
}

async function stopServer(server: Session): Promise<void> {
  server.interrupt();
  expect(await server.code).toBe(0);
}

afterAll(async () => {
  for (const session of open) {
    session.finish();
    session.interrupt();
  }
  await Promise.all(open.map(({ code }) => code));
  await remove();
});

test('migrate says what it did, and that nothing is left to do', async () => {
  const first = run(['migrate']);
  expect(await first.code).toBe(0);
  expect(first.output()).toMatch(/^Done: Migration\d+\w*(, Migration\d+\w*)*\.\n$/);
  const second = run(['migrate']);
  expect(await second.code).toBe(0);
  expect(second.output()).toBe('The database is up to date.\n');
}, 60_000);

test('a chat at a terminal: numbers choose buttons, /quit ends', async () => {
  const server = await startServer();
  const chat = run(['chat', '--locale', 'en'], { interactive: true });
  await chat.until(/ {2}1\. .+\n/);
  const opening = chat.output();
  chat.type('');
  chat.type('1');
  await chat.until(new RegExp(`^.{${opening.length}}Frontdesk: .+`, 's'));
  chat.type('/quit');
  expect(await chat.code).toBe(0);
  expect(chat.errors()).toBe('');
  await stopServer(server);
}, 60_000);

test('a chat goes on when the server was away, and what was typed meanwhile arrives', async () => {
  const first = await startServer();
  const chat = run(['chat', '--locale', 'zh-TW']);
  await chat.until('Frontdesk: ');
  await stopServer(first);
  await chat.until(/連線中斷/);
  const before = chat.output().length;
  chat.type('我要找真人客服');
  const second = await startServer();
  await chat.until(new RegExp(`^.{${before}}.*Frontdesk: `, 's'));
  chat.interrupt();
  expect(await chat.code).toBe(0);
  await stopServer(second);
}, 60_000);

test('the language of the terminal is that of the chat', async () => {
  const server = await startServer();
  const chinese = run(['chat'], { env: { ...env, LANG: 'zh_TW.UTF-8' } });
  await chinese.until(/[一-鿿]/);
  chinese.finish();
  const english = run(['chat'], { env: { ...env, LANG: 'C.UTF-8' } });
  await english.until(/Frontdesk: [\w ,.!']+/);
  english.finish();
  expect(await Promise.all([chinese.code, english.code])).toEqual([0, 0]);
  await stopServer(server);
}, 60_000);

test('a user created by hand has the password that was given, and it is not repeated', async () => {
  const words = ['user', 'create', '--email', 'bo@example.com', '--name', 'Bo', '--role', 'admin'];
  const session = run([...words, '--password', 'correct horse battery']);
  expect({ code: await session.code, errors: session.errors() }).toEqual({ code: 0, errors: '' });
  expect(session.output()).toBe('bo@example.com may sign in as admin.\n');
}, 60_000);

test('a second Ctrl-C ends at once, with a sentence', async () => {
  const server = await startServer();
  server.interrupt();
  server.interrupt();
  expect(server.exits()).toEqual([130]);
  expect(server.errors()).toContain('Stopped at once; what was acknowledged is kept');
  expect(await server.code).toBe(0); // this terminal does not really end the process
}, 60_000);

test('Ctrl-C while it still starts stops it as soon as it is up', async () => {
  const server = run(['start', '--no-build']);
  server.interrupt();
  expect(await server.code).toBe(0);
  expect(server.output()).toContain('Stopped.');
}, 60_000);
