import { Writable } from 'node:stream';
import { pino, type Logger } from 'pino';
import type { Configuration } from '#core/configuration.ts';
import type { Terminal } from './command.ts';

/**
 * The server's log, on the error output: lines of JSON for machines, words for a person at a terminal. There only
 * warnings are shown unless LOG_LEVEL asks for more, so that the addresses stay in sight.
 */
export function createLog(level: Configuration['logLevel'], terminal: Terminal): Logger {
  if (!terminal.interactive) return pino({ level }, toLines(terminal.complain));
  const shown = terminal.env['LOG_LEVEL'] ? level : 'warn';
  return pino(
    { level: shown, base: null },
    toLines((line) => terminal.complain(inWords(line))),
  );
}

const toLines = (complain: (line: string) => void): Writable =>
  new Writable({
    decodeStrings: false,
    write: (line: string, _encoding, done) => {
      complain(line.trimEnd());
      done();
    },
  });

const LABELS: Readonly<Record<number, string>> = pino.levels.labels;

type LogLine = { level: number; time: number; msg?: string; err?: { stack?: string } };

function inWords(line: string): string {
  const { level, time, msg = '', err, ...rest } = JSON.parse(line) as LogLine;
  const clock = new Date(time).toTimeString().slice(0, 8);
  const more = Object.keys(rest).length === 0 ? '' : ` ${JSON.stringify(rest)}`;
  const stack = err?.stack;
  return `${clock} ${LABELS[level]} ${msg}${more}${stack ? `\n${stack}` : ''}`;
}
