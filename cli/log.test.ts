import { PassThrough } from 'node:stream';
import type { Terminal } from './command.ts';
import { createLog } from './log.ts';

function terminal(more: Partial<Terminal>): { terminal: Terminal; lines: string[] } {
  const lines: string[] = [];
  const nothing = (): void => {};
  return {
    lines,
    terminal: {
      env: {},
      input: new PassThrough(),
      interactive: false,
      write: nothing,
      print: nothing,
      complain: (line) => lines.push(line),
      onInterrupt: () => nothing,
      exitNow: nothing,
      ...more,
    },
  };
}

test('for machines the log is lines of JSON', () => {
  const { terminal: machine, lines } = terminal({});
  const log = createLog('info', machine);
  log.debug('unseen');
  log.info({ conversation: 'c1' }, 'turn');
  expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
    expect.objectContaining({ level: 30, msg: 'turn', conversation: 'c1' }),
  ]);
});

test('a person at a terminal sees warnings in words, and more only when asked for', () => {
  const { terminal: person, lines } = terminal({ interactive: true });
  const log = createLog('info', person);
  log.info('unseen');
  log.warn({ port: 3000 }, 'slow');
  log.error(new Error('boom'));
  expect(lines[0]).toMatch(/^\d\d:\d\d:\d\d warn slow \{"port":3000\}$/);
  expect(lines[1]).toMatch(/^\d\d:\d\d:\d\d error boom\nError: boom\n {4}at /);

  const asking = terminal({ interactive: true, env: { LOG_LEVEL: 'debug' } });
  createLog('debug', asking.terminal).debug('seen');
  expect(asking.lines).toHaveLength(1);
});
