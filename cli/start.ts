import { describeSettings, parseConfiguration } from '#core/configuration.ts';
import { buildPages } from './build.ts';
import type { Command, Terminal } from './command.ts';
import { columns } from './help.ts';
import { createLog } from './log.ts';
import { sentenceOf } from './sentence.ts';

/** `start`: runs Frontdesk until Ctrl-C. */
export const startCommand: Command = {
  name: 'start',
  summary: 'Starts Frontdesk and runs until Ctrl-C. On the first start it makes its database and the first admin.',
  options: {
    role: { value: 'all|api|worker', says: 'What this process does; default all, or FRONTDESK_ROLE.' },
    'no-build': { says: 'Serves the pages as they were built last, without looking at their sources.' },
    port: { value: 'port', says: 'The port of everything; default 3000, or PORT.' },
  },
  notes: () => ['Settings (environment variables):', ...columns(settingRows())].join('\n'),
  run: async (given, terminal) => {
    const began = performance.now();
    const configuration = parseConfiguration({
      ...terminal.env,
      ...(given.text('role') === undefined ? {} : { FRONTDESK_ROLE: given.text('role') }),
      ...(given.text('port') === undefined ? {} : { PORT: given.text('port') }),
    });
    for (const warning of configuration.warnings) terminal.complain(warning);
    const onProgress = (step: string): void => terminal.print(`  ${step} …`);
    const interruption = listenForInterrupts(terminal);
    if (configuration.role !== 'worker' && !given.on('no-build'))
      await buildPages({ onProgress }).catch((fault: unknown) => {
        // Chats and the API need no built pages; those that were built before are still served.
        terminal.complain(`${sentenceOf(fault)}\nFrontdesk starts without them.`);
      });
    const { startFrontdesk } = await import('../main.ts');
    const running = await startFrontdesk(configuration, {
      role: configuration.role,
      onProgress,
      log: createLog(configuration.logLevel, terminal),
    }).catch((fault: unknown) => {
      // Ctrl-C reaches PostgreSQL too, and it does not start: that is what was asked for.
      if (!interruption.asked()) throw fault;
    });
    if (running && interruption.asked()) announceAdmin(terminal, running);
    else if (running) announce(terminal, running, performance.now() - began);
    await interruption.first;
    await running?.stop();
    interruption.end();
    terminal.print('Stopped.');
    return 0;
  },
};

const settingRows = (): [string, string][] =>
  describeSettings().map(({ name, fallback, says }) => [name, fallback === '' ? says : `${says} Default: ${fallback}`]);

/** The first request to end is what the command waits for; a second one ends the process where it stands. */
function listenForInterrupts(terminal: Terminal): { first: Promise<void>; asked: () => boolean; end: () => void } {
  const first = Promise.withResolvers<void>();
  let asked = 0;
  const end = terminal.onInterrupt(() => {
    asked += 1;
    first.resolve();
    if (asked === 1) {
      terminal.print('Stopping: finishing what is under way (Ctrl-C again stops at once).');
      return;
    }
    terminal.complain(
      'Stopped at once; what was acknowledged is kept, what was under way is taken up at the next start.',
    );
    terminal.exitNow(130);
  });
  return { first: first.promise, asked: () => asked > 0, end };
}

type Announced = {
  addresses: readonly [name: string, url: string][];
  firstAdmin?: { email: string; password: string };
};

function announce(terminal: Terminal, running: Announced, startedMs: number): void {
  terminal.print(`\nFrontdesk is ready (${(startedMs / 1_000).toFixed(1)} s).\n`);
  printTable(terminal, running.addresses);
  announceAdmin(terminal, running);
  terminal.print('\nCtrl-C stops it.');
}

function announceAdmin(terminal: Terminal, { firstAdmin }: Announced): void {
  if (!firstAdmin) return;
  terminal.print(`\nThe first admin, shown this once:\n`);
  printTable(terminal, [
    ['E-mail', firstAdmin.email],
    ['Password', firstAdmin.password],
  ]);
}

function printTable(terminal: Terminal, rows: readonly [string, string][]): void {
  for (const line of columns(rows)) terminal.print(line);
}
