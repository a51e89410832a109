import type { Command, Option } from './command.ts';

/** Options that every command takes. */
export const COMMON: Readonly<Record<string, Option>> = {
  verbose: { says: 'Shows where an error comes from, not only its sentence.' },
  help: { short: 'h', says: 'Shows this.' },
};

/** The list of all commands. */
export function generalHelp(commands: readonly Command[]): string {
  return [
    'Usage: npm run frontdesk -- <command> [options]',
    '',
    'Commands:',
    ...columns(commands.map(({ name, summary }) => [name, summary])),
    '',
    'npm run frontdesk -- <command> --help says more of each.',
  ].join('\n');
}

/** What one command does and takes. */
export function commandHelp(command: Command): string {
  const options = Object.entries({ ...command.options, ...COMMON });
  return [
    `Usage: npm run frontdesk -- ${command.name} [options]`,
    '',
    command.summary,
    '',
    'Options:',
    ...columns(options.map(([name, option]) => [optionWords(name, option), option.says])),
    ...(command.notes ? ['', command.notes()] : []),
  ].join('\n');
}

const optionWords = (name: string, { short, value }: Option): string =>
  `${short ? `-${short}, ` : ''}--${name}${value ? ` <${value}>` : ''}`;

/** Two columns; the second begins where the longest word of the first ends. */
export function columns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([first]) => first.length));
  return rows.map(([first, second]) => `  ${first.padEnd(width)}  ${second}`.trimEnd());
}
