import { spawn, type ChildProcess } from 'node:child_process';
import type { Binaries } from './binaries.ts';
import type { Identity } from './identity.ts';
import type { Places } from './places.ts';

/** What the supervisor tells of the server's own log: one line, at PostgreSQL's severity. */
export type ServerLog = {
  info: (message: string) => void;
  warn: (message: string) => void;
  error: (message: string) => void;
};

/** One run of the server, ready for connections. */
export type ServerProcess = {
  /** Settles when the server has ended, with what it last said. */
  ended: Promise<{ code: number | null; words: string }>;
  /** Asks for a fast shutdown: open transactions are rolled back, everything committed is on disk. */
  close: () => void;
};

const KEPT_WORDS = 8_000;

/**
 * The shell outlives a `kill -9` of Frontdesk: its third file closes with us, `read` returns, and PostgreSQL is told to
 * shut down. It takes no notice of Ctrl-C, so that PostgreSQL ends after Frontdesk has drained, not before.
 */
const WATCHDOG = `
exec 3<&0
"$@" </dev/null 3<&- &
server=$!
(read -r _ <&3; kill -INT $server) >/dev/null 2>&1 &
watch=$!
trap '' INT TERM HUP
exec 3<&-
wait $server
code=$?
kill $watch 2>/dev/null
exit $code`;

/** Starts the server and waits until it takes connections; throws its own words when it ends before that. */
export async function startServer(tools: {
  binaries: Binaries;
  identity: Identity;
  places: Places;
  port: number;
  settings: Readonly<Record<string, string | number | boolean>>;
  log: ServerLog;
}): Promise<ServerProcess> {
  const { binaries, identity, places, log } = tools;
  const settings = Object.entries({ ...tools.settings, unix_socket_directories: places.sockets, port: tools.port });
  const command = [
    ...identity.prefix,
    binaries.postgres,
    '-D',
    places.cluster,
    ...settings.flatMap(([name, value]) => ['-c', `${name}=${toSetting(value)}`]),
  ];
  const child = spawn('/bin/sh', ['-c', WATCHDOG, 'frontdesk-postgres', ...command], {
    ...identity.user,
    cwd: '/',
    detached: true,
    env: { ...process.env, LC_ALL: undefined },
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  child.stdin.on('error', () => {}); // the shell may be gone before us
  const tail = followLog(child, log);
  const ended = new Promise<{ code: number | null; words: string }>((resolve) => {
    child.on('error', (fault) => resolve({ code: null, words: String(fault) }));
    child.on('close', (code) => {
      child.stdin.destroy();
      resolve({ code, words: tail.words() });
    });
  });
  const early = await Promise.race([tail.ready, ended]);
  if (early) throw new Error(early.words || `PostgreSQL ended with ${early.code}`);
  return { ended, close: () => child.stdin.end() };
}

const toSetting = (value: string | number | boolean): string =>
  typeof value === 'boolean' ? (value ? 'on' : 'off') : String(value);

function followLog(child: ChildProcess, log: ServerLog): { ready: Promise<void>; words: () => string } {
  let words = '';
  let rest = '';
  const ready = new Promise<void>((resolve) => {
    child.stderr?.on('data', (piece: Buffer) => {
      const text = piece.toString();
      words = (words + text).slice(-KEPT_WORDS);
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        if (line.includes('database system is ready to accept connections')) resolve();
        pass(line, log);
      }
    });
  });
  return { ready, words: () => words };
}

/** A shutdown tells every connection so; that is no fault. */
const FAREWELL = 'terminating connection due to administrator command';

function pass(line: string, log: ServerLog): void {
  const message = line.replace(/^\d{4}-\d\d-\d\d [\d:.]+ \S+ \[\d+\] /, '');
  if (/^(PANIC|FATAL):/.test(message) && !message.endsWith(FAREWELL)) log.error(message);
  else if (/^(ERROR|WARNING):/.test(message)) log.warn(message);
  else log.info(message);
}
