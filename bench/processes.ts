import { spawn, type ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import type { PostgresConnection } from '#adapters/postgres/embedded/embedded-postgres.ts';

/** A program under measurement. */
export type Program = { base: string; pid: number; stop(): Promise<void> };

const ROOT = path.resolve(import.meta.dirname, '..');
const READY_WITHIN_MS = 60_000;

async function freePort(): Promise<number> {
  const { createServer } = await import('node:net');
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function launch(args: string[], env: Record<string, string>, ready: string): Promise<Program> {
  const port = await freePort();
  const base = `http://127.0.0.1:${port}`;
  const child: ChildProcess = spawn(process.execPath, args, {
    cwd: ROOT,
    env: { ...process.env, ...env, PORT: String(port), HOST: '127.0.0.1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout!.on('data', (data) => (output += data));
  child.stderr!.on('data', (data) => (output += data));
  const end = Date.now() + READY_WITHIN_MS;
  while (
    !(await fetch(base + ready)
      .then((answer) => answer.ok)
      .catch(() => false))
  ) {
    if (child.exitCode !== null || Date.now() > end) throw new Error(`${args.join(' ')} did not start:\n${output}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  return {
    base,
    pid: programOf(child.pid!),
    stop: () =>
      new Promise((resolve) => {
        child.once('exit', () => resolve());
        child.kill('SIGTERM');
      }),
  };
}

/** The launcher's one child, where the program was started by it. */
function programOf(pid: number): number {
  const children = fs.readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return children === '' ? pid : Number(children.split(' ')[0]);
}

/** Limits that one machine would run into as one address, raised for measuring; printed, as the design asks. */
export const RAISED = {
  FRONTDESK_LIMIT_REQUESTS: '1000000/1m',
  FRONTDESK_LIMIT_SESSIONS: '1000000/1h',
  FRONTDESK_LIMIT_MESSAGES: '1000000/10s',
};

/** Frontdesk on the given PostgreSQL, in its own process, started as `npm start` does. */
export function launchFrontdesk(
  database: PostgresConnection,
  data: string,
  env: Record<string, string> = {},
): Promise<Program> {
  const { host, port, user, password, database: name } = database;
  const url = `postgres://${user}:${encodeURIComponent(password)}@localhost:${port}/${name}?host=${encodeURIComponent(host)}`;
  return launch(
    ['cli/node24.mjs', 'cli/frontdesk.ts', 'start', '--no-build'],
    { DATABASE_URL: url, FRONTDESK_DATA: data, LOG_LEVEL: 'error', ...RAISED, ...env },
    '/readyz',
  );
}

/** A WebSocket server that says back what it hears: what the machine can do at best. */
export const launchEcho = (): Promise<Program> => launch(['bench/echo-server.ts'], {}, '/readyz');

/** CPU seconds and resident MiB of a process. */
export function usageOf(pid: number): { cpu: number; rss: number } {
  const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const rss = Number(/VmRSS:\s+(\d+)/.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
  // Clock ticks are hundredths of a second on Linux.
  return { cpu: (Number(fields[11]) + Number(fields[12])) / 100, rss: rss / 1024 };
}
