import { parseArgs } from 'node:util';
import { buildCommand } from './build-command.ts';
import { chatCommand } from './chat.ts';
import type { Command, Given, Terminal } from './command.ts';
import { COMMON, commandHelp, generalHelp } from './help.ts';
import { migrateCommand } from './migrate.ts';
import { seedCommand } from './seed.ts';
import { sentenceOf } from './sentence.ts';
import { startCommand } from './start.ts';
import { userCreateCommand } from './user-create.ts';

/** All commands, in the order of the help. */
export const COMMANDS: readonly Command[] = [
  startCommand,
  chatCommand,
  userCreateCommand,
  migrateCommand,
  seedCommand,
  buildCommand,
];

const MISUSED = 2;

/** Runs what was typed and returns the exit code: 0, 1 for a fault (told in a sentence), 2 for what cannot be understood. */
export async function runCommandLine(words: readonly string[], terminal: Terminal): Promise<number> {
  const command = COMMANDS.find(({ name }) => name.split(' ').every((part, place) => words[place] === part));
  if (!command) return withoutCommand(words, terminal);
  const rest = words.slice(command.name.split(' ').length);
  let given: Given;
  try {
    given = read(command, rest);
  } catch (fault) {
    terminal.complain(`${firstSentence(fault)} npm run frontdesk -- ${command.name} --help lists what there is.`);
    return MISUSED;
  }
  if (given.on('help')) {
    terminal.print(commandHelp(command));
    return 0;
  }
  try {
    return await command.run(given, terminal);
  } catch (fault) {
    terminal.complain(sentenceOf(fault));
    if (given.on('verbose')) terminal.complain(stackOf(fault));
    return 1;
  }
}

function withoutCommand(words: readonly string[], terminal: Terminal): number {
  const asked = words.length === 0 || words[0] === '--help' || words[0] === '-h' || words[0] === 'help';
  if (asked) {
    terminal.print(generalHelp(COMMANDS));
    return 0;
  }
  terminal.complain(`There is no command "${words.join(' ')}".\n\n${generalHelp(COMMANDS)}`);
  return MISUSED;
}

function read(command: Command, words: readonly string[]): Given {
  const options = Object.entries({ ...command.options, ...COMMON }).map(([name, { short, value }]) => [
    name,
    { type: value ? ('string' as const) : ('boolean' as const), ...(short ? { short } : {}) },
  ]);
  const { values } = parseArgs({ args: [...words], options: Object.fromEntries(options), allowPositionals: false });
  const found: Record<string, unknown> = values;
  return {
    text: (name) => (typeof found[name] === 'string' ? found[name] : undefined),
    on: (name) => found[name] === true,
  };
}

/** Of Node's own words the first sentence; the rest speaks of positional arguments. */
function firstSentence(fault: unknown): string {
  const [sentence = ''] = (fault as Error).message.split('. ');
  return sentence.endsWith('.') ? sentence : `${sentence}.`;
}

function stackOf(fault: unknown): string {
  if (!(fault instanceof Error)) return String(fault);
  const cause = fault.cause === undefined ? '' : `\ncaused by: ${stackOf(fault.cause)}`;
  return `${fault.stack}${cause}`;
}
