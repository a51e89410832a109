import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from './free-port.ts';
import { askSharedService } from './shared-services.ts';

/** A Frontdesk in a process of its own, as users run it. */
export type FrontdeskProcess = {
  /** `http://127.0.0.1:port`, without a slash at the end. */
  url: string;
  port: number;
  pid: number;
  /** Milliseconds from the start of the process until `/readyz` said yes. */
  readyMs: number;
  /** Everything that it printed so far. */
  output: () => string;
  exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  /** Ctrl-C as a service manager sends it (SIGTERM); resolves with the exit code when it has drained. */
  stop: () => Promise<number | null>;
  /** `kill -9`; resolves when it is gone. Its PostgreSQL ends by itself a moment later. */
  kill: () => Promise<void>;
};

const root = path.resolve(import.meta.dirname, '../..');
const POLL_MS = 25;
/** Of our environment only what programs need; no setting of the one who runs the tests. */
const INHERITED = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'TZ'] as const;

/** A folder for `FRONTDESK_DATA`, and what removes it; a PostgreSQL that is still ending there is waited for. */
export function makeDataDir(): { dataDir: string; remove: () => Promise<void> } {
  const dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'frontdesk-data-'));
  return { dataDir, remove: () => fs.promises.rm(dataDir, { recursive: true, force: true, maxRetries: 20 }) };
}

/**
 * Starts `frontdesk start` and waits for `/readyz`. Throws what it printed when it ends before that, or is not ready in
 * `readyWithinMs` (30 s, what a first start may take). `env` holds settings; `port` and `dataDir` are set for you. With
 * `pages` the admin UI and the widget are built before, once for all workers of a run.
 */
export async function startFrontdeskProcess(options: {
  dataDir: string;
  port?: number;
  env?: Record<string, string>;
  arguments?: readonly string[];
  readyWithinMs?: number;
  pages?: boolean;
}): Promise<FrontdeskProcess> {
  const port = options.port ?? (await freePort());
  const url = `http://127.0.0.1:${port}`;
  if (options.pages) await askSharedService('pages');
  const began = performance.now();
  const running = runFrontdesk(['start', '--no-build', ...(options.arguments ?? [])], {
    HOST: '127.0.0.1',
    FRONTDESK_DATA: options.dataDir,
    ...options.env,
    PORT: String(port),
  });
  const over = new AbortController();
  const outcome = await Promise.race([
    running.exited.then(() => 'ended' as const),
    pause(options.readyWithinMs ?? 30_000, 'late' as const, { signal: over.signal }),
    untilReady(url, over.signal),
  ]);
  over.abort();
  if (outcome !== 'ready') {
    await running.kill();
    const what = outcome === 'ended' ? 'ended before it was ready' : 'was not ready in time';
    throw new Error(`Frontdesk ${what}:\n${running.output()}`);
  }
  return { url, port, readyMs: performance.now() - began, ...running };
}

/** Runs any command of the CLI; `output` holds both streams. */
export function runFrontdesk(
  words: readonly string[],
  env: Record<string, string> = {},
): Pick<FrontdeskProcess, 'pid' | 'output' | 'exited' | 'stop' | 'kill'> & {
  type: (text: string) => void;
  finish: () => void;
} {
  const inherited = INHERITED.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]]));
  const child = spawn(process.execPath, [path.join(root, 'cli/frontdesk.ts'), ...words], {
    cwd: root,
    env: { ...(Object.fromEntries(inherited) as Record<string, string>), ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (piece: Buffer) => {
      output += piece.toString();
    });
  child.stdin.on('error', () => {}); // it may be gone before we type
  const exited = once(child, 'close').then(([code, signal]) => ({
    code: code as number | null,
    signal: signal as NodeJS.Signals | null,
  }));
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    child.kill(signal);
    return (await exited).code;
  };
  return {
    pid: child.pid!,
    output: () => output,
    exited,
    stop: () => end('SIGTERM'),
    kill: async () => {
      await end('SIGKILL');
    },
    type: (text) => child.stdin.write(text),
    finish: () => child.stdin.end(),
  };
}

async function untilReady(url: string, over: AbortSignal): Promise<'ready' | 'over'> {
  while (!over.aborted) {
    if (await isReady(url)) return 'ready';
    await pause(POLL_MS);
  }
  return 'over';
}

async function isReady(url: string): Promise<boolean> {
  try {
    const answer = await fetch(`${url}/readyz`);
    await answer.body?.cancel();
    return answer.ok;
  } catch {
    return false;
  }
}
