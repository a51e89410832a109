import { PassThrough } from 'node:stream';
import { COMMANDS, runCommandLine } from './command-line.ts';
import type { Terminal } from './command.ts';

/** Runs a command line against a terminal that remembers. */
async function type(...words: string[]): Promise<{ code: number; output: string; errors: string }> {
  return typeWith({}, ...words);
}

async function typeWith(
  env: Record<string, string>,
  ...words: string[]
): Promise<{ code: number; output: string; errors: string }> {
  const shown = { output: '', errors: '' };
  const terminal: Terminal = {
    env,
    input: new PassThrough().end(),
    interactive: false,
    write: (text) => {
      shown.output += text;
    },
    print: (line) => {
      shown.output += `${line}\n`;
    },
    complain: (line) => {
      shown.errors += `${line}\n`;
    },
    onInterrupt: () => () => {},
    exitNow: () => {},
  };
  return { code: await runCommandLine(words, terminal), ...shown };
}

test.each([[[]], [['--help']], [['-h']], [['help']]])('%j lists every command with what it does', async (words) => {
  const { code, output } = await type(...words);
  expect(code).toBe(0);
  for (const { name, summary } of COMMANDS) expect(output).toMatch(new RegExp(`  ${name} +${escaped(summary)}`));
});

test.each(COMMANDS.map(({ name }) => name))('"%s --help" says what it does and lists its options', async (name) => {
  const { code, output, errors } = await type(...name.split(' '), '--help');
  const command = COMMANDS.find((each) => each.name === name)!;
  expect({ code, errors }).toEqual({ code: 0, errors: '' });
  expect(output).toContain(`Usage: npm run frontdesk -- ${name} [options]`);
  expect(output).toContain(command.summary);
  for (const [option, { says }] of Object.entries(command.options)) {
    expect(output).toContain(`--${option}`);
    expect(output).toContain(says);
  }
});

test('the help of start lists every setting with its default', async () => {
  const { output } = await type('start', '--help');
  expect(output).toMatch(/ {2}PORT +The port of everything.* Default: 3000/);
  expect(output).toMatch(/ {2}FRONTDESK_LIMIT_SESSIONS .* Default: 20\/1h/);
});

test('an unknown command lists what there is, and is told apart from a fault', async () => {
  const { code, errors } = await type('launch');
  expect(code).toBe(2);
  expect(errors).toContain('There is no command "launch".');
  expect(errors).toContain('npm run frontdesk -- <command> [options]');
  expect((await type('user')).code).toBe(2);
});

test('an unknown option is one sentence that names the help', async () => {
  const { code, errors } = await type('start', '--rolle', 'api');
  expect(code).toBe(2);
  expect(errors).toBe("Unknown option '--rolle'. npm run frontdesk -- start --help lists what there is.\n");
  expect((await type('start', 'now')).code).toBe(2);
});

test('wrong settings are told without a stack, all of them', async () => {
  const { code, errors } = await typeWith({ PORT: 'eighty', LOG_LEVEL: 'loud' }, 'start', '--role', 'boss');
  expect(code).toBe(1);
  expect(errors.trim().split('\n')).toEqual([
    '3 settings are wrong:',
    '  PORT must be a port from 1 to 65535, or 0 for a free one.',
    '  FRONTDESK_ROLE must be one of all, api, worker.',
    expect.stringContaining('  LOG_LEVEL must be one of'),
  ]);
});

test('--verbose shows where an error comes from', async () => {
  const { errors } = await typeWith({ PORT: 'eighty' }, 'migrate', '--verbose');
  expect(errors).toMatch(/at .*configuration\.ts:\d+/);
});

test('user create names everything that is missing or wrong at once', async () => {
  const { code, errors } = await type('user', 'create', '--email', 'anna', '--role', 'boss', '--password', 'short');
  expect(code).toBe(1);
  expect(errors).toContain('--email must be an e-mail address.');
  expect(errors).toContain('--name must be given.');
  expect(errors).toContain('--role must be admin, agent or customer.');
  expect(errors).toContain('--password must have 12 characters or more.');
});

test('chat with nobody there says how to start a server', async () => {
  const { code, errors } = await type('chat', '--url', 'http://127.0.0.1:9');
  expect(code).toBe(1);
  expect(errors).toBe(
    'No Frontdesk answers at http://127.0.0.1:9: start one (npm start), or name another with --url.\n',
  );
  expect((await type('chat', '--url', 'there')).errors).toContain('--url must be an address');
  expect((await type('chat', '--locale', 'fr')).errors).toBe('--locale must be zh-TW or en.\n');
});

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
