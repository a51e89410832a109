import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Places } from './places.ts';

const POLL_MS = 50;
/** A fast shutdown ends within moments. Later PostgreSQL is told to drop everything, and last it is killed: it recovers at its next start. */
const PATIENCE: readonly [number, NodeJS.Signals][] = [
  [25_000, 'SIGKILL'],
  [15_000, 'SIGQUIT'],
  [0, 'SIGINT'],
];

/** The process that the cluster's lock file names, or none. */
export function postmasterPid(places: Places): number | undefined {
  return firstNumber(path.join(places.cluster, 'postmaster.pid'));
}

/**
 * Removes what a killed server left: its lock file, its socket and that one's lock. PostgreSQL does so itself unless the
 * process "lives", which a zombie does for it, and a stranger that was given the same number. A server that really runs
 * on this cluster (its Frontdesk died a moment ago) is told to stop, and waited for.
 */
export async function clearStaleLocks(places: Places, port: number): Promise<void> {
  const pid = postmasterPid(places);
  if (pid !== undefined) await endServer(pid, places);
  fs.rmSync(path.join(places.cluster, 'postmaster.pid'), { force: true });
  const socket = path.join(places.sockets, `.s.PGSQL.${port}`);
  const holder = firstNumber(`${socket}.lock`);
  if (holder === undefined || !runsOn(holder, places.cluster))
    for (const file of [socket, `${socket}.lock`]) fs.rmSync(file, { force: true });
}

async function endServer(pid: number, places: Places): Promise<void> {
  const began = performance.now();
  let told: NodeJS.Signals | undefined;
  while (runsOn(pid, places.cluster)) {
    const waited = performance.now() - began;
    const signal = PATIENCE.find(([after]) => waited >= after)![1];
    if (signal !== told) tell(pid, signal);
    told = signal;
    await pause(POLL_MS);
  }
}

/** Sends a signal to a process that may be gone already. */
export function tell(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (fault) {
    if ((fault as NodeJS.ErrnoException).code !== 'ESRCH') throw fault;
  }
}

/** Whether process `pid` is a living PostgreSQL whose working folder is `cluster`. */
function runsOn(pid: number, cluster: string): boolean {
  try {
    process.kill(pid, 0);
  } catch (fault) {
    if ((fault as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  // Elsewhere there is no /proc to ask; that the number was given to a stranger is then left to PostgreSQL's own check.
  if (process.platform !== 'linux') return true;
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
    const state = stat.slice(stat.lastIndexOf(')') + 2).charAt(0);
    // In a container whose first process does not reap, a killed server stays a zombie for ever.
    if (state === 'Z' || state === 'X') return false;
    return fs.readlinkSync(`/proc/${pid}/cwd`) === fs.realpathSync(cluster);
  } catch {
    return false;
  }
}

function firstNumber(file: string): number | undefined {
  try {
    const pid = Number.parseInt(fs.readFileSync(file, 'utf8'), 10);
    return Number.isInteger(pid) && pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}
