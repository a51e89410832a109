import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** How a process of Frontdesk is started. `front`: customers may connect to it. */
export type Post = {
  name: string;
  role: 'all' | 'api' | 'worker';
  port: number;
  env: Record<string, string>;
  front: boolean;
};

/** A post and whoever stands on it now. */
export type Slot = Post & {
  url: string;
  pid: number | undefined;
  ready: boolean;
  frozen: boolean;
  starts: number;
  kills: number;
  freezes: number;
  /** It ended although nobody killed it, after it had been ready. */
  crashes: number;
  /** Milliseconds from start to ready, for each start that came so far. */
  readyMs: number[];
};

/** Processes that are started again whenever they end, as a service manager does it. */
export type Fleet = {
  slots: readonly Slot[];
  /** Starts more of them. */
  add(posts: readonly Post[]): void;
  /** Resolves when all are ready; rejects with the last words of one that is not in time. */
  allReady(withinMs: number): Promise<void>;
  /** `kill -9`; it is started again at once. */
  kill(slot: Slot): void;
  /** Stops it for a while where it stands; it knows nothing of it. */
  freeze(slot: Slot, ms: number): void;
  stop(): Promise<void>;
};

/** A process that ends by itself while the database is away is started again after this. */
const AGAIN_MS = 200;
const DRAIN_MS = 10_000;
const INHERITED = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'TZ'] as const;

/** Sends a signal to a process that may be gone. */
export function signal(pid: number | undefined, name: NodeJS.Signals): boolean {
  try {
    return pid !== undefined && process.kill(pid, name);
  } catch {
    return false;
  }
}

/** Processes from the sources in `root`; what they print goes to a file of each in `logs`. None is started yet. */
export function createFleet(options: {
  root: string;
  logs: string;
  env: Record<string, string>;
  /** The words behind `node`; each prints `is ready` when it is. */
  command?: (post: Post) => string[];
}): Fleet {
  const { root, logs, command = ({ role }) => ['cli/frontdesk.ts', 'start', '--no-build', '--role', role] } = options;
  const inherited = INHERITED.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]]));
  const children = new Map<Slot, ChildProcess>();
  let stopping = false;

  const slots: Slot[] = [];

  function start(slot: Slot): void {
    const began = performance.now();
    const log = fs.openSync(path.join(logs, `${slot.name}.log`), 'a');
    const child = spawn(process.execPath, command(slot), {
      cwd: root,
      env: {
        ...(Object.fromEntries(inherited) as Record<string, string>),
        HOST: '127.0.0.1',
        PORT: String(slot.port),
        ...options.env,
        ...slot.env,
      },
      // The channel closes with this process, however it ends: nothing of the fleet outlives it.
      stdio: ['ignore', 'pipe', log, 'ipc'],
    });
    fs.closeSync(log);
    children.set(slot, child);
    Object.assign(slot, { pid: child.pid, ready: false, frozen: false, starts: slot.starts + 1 });
    child.stdout!.on('data', (piece: Buffer) => {
      if (slot.ready || !piece.toString().includes('is ready')) return;
      slot.ready = true;
      slot.readyMs.push(performance.now() - began);
    });
    child.on('exit', (code, ended) => {
      const wasReady = slot.ready;
      Object.assign(slot, { pid: undefined, ready: false, frozen: false });
      children.delete(slot);
      if (stopping) return;
      if (ended === 'SIGKILL') start(slot);
      else {
        if (wasReady) slot.crashes++;
        fs.appendFileSync(path.join(logs, `${slot.name}.log`), `\nended by itself: ${code ?? ended}\n`);
        setTimeout(() => stopping || start(slot), AGAIN_MS);
      }
    });
  }

  return {
    slots,
    add(posts) {
      for (const post of posts) {
        const slot = {
          ...post,
          url: `http://127.0.0.1:${post.port}`,
          pid: undefined,
          ready: false,
          frozen: false,
          starts: 0,
          kills: 0,
          freezes: 0,
          crashes: 0,
          readyMs: [],
        };
        slots.push(slot);
        start(slot);
      }
    },
    async allReady(withinMs) {
      const end = performance.now() + withinMs;
      for (let late = slots; late.length > 0; late = slots.filter(({ ready }) => !ready)) {
        if (performance.now() > end)
          throw new Error(
            late.map(({ name }) => `${name} is not ready:\n${tail(path.join(logs, `${name}.log`))}`).join('\n'),
          );
        await pause(25);
      }
    },
    kill(slot) {
      if (signal(slot.pid, 'SIGKILL')) slot.kills++;
    },
    freeze(slot, ms) {
      const child = children.get(slot);
      if (!child || slot.frozen || !signal(child.pid, 'SIGSTOP')) return;
      slot.frozen = true;
      slot.freezes++;
      setTimeout(() => {
        if (children.get(slot) !== child) return;
        signal(child.pid, 'SIGCONT');
        slot.frozen = false;
      }, ms);
    },
    async stop() {
      stopping = true;
      const ends = [...children.values()].map(async (child) => {
        const gone = once(child, 'exit');
        signal(child.pid, 'SIGCONT');
        signal(child.pid, 'SIGTERM');
        const late = setTimeout(() => signal(child.pid, 'SIGKILL'), DRAIN_MS);
        await gone;
        clearTimeout(late);
      });
      await Promise.all(ends);
    },
  };
}

const tail = (file: string): string => fs.readFileSync(file, 'utf8').slice(-2_000);
