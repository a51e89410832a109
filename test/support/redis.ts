import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { isRequired } from './required.ts';
import { freePort } from './free-port.ts';

/** A real Redis of one's own. */
export type TestRedis = {
  /** As `REDIS_URL` takes it. */
  url: string;
  pid: number;
  /** `kill -9`. */
  kill: () => Promise<void>;
  /** Ends it and removes its folder; call it also after `kill`. */
  stop: () => Promise<void>;
};

/** The shell ends Redis when the tests die: its input closes with them. */
const WATCHDOG = `
exec 3<&0
"$@" </dev/null 3<&- &
server=$!
echo "pid $server"
(read -r _ <&3; kill $server) >/dev/null 2>&1 &
watch=$!
exec 3<&-
wait $server
kill $watch 2>/dev/null`;

/**
 * Starts the machine's `redis-server` with an empty store; null where there is none, so that a suite can say so and pass.
 * With `FRONTDESK_REQUIRE=redis` a missing one is an error.
 */
export async function startRedis(options: { port?: number } = {}): Promise<TestRedis | null> {
  const program = onPath('redis-server');
  if (!program) {
    if (isRequired('redis'))
      throw new Error('FRONTDESK_REQUIRE names redis, and there is no redis-server on the PATH.');
    return null;
  }
  const port = options.port ?? (await freePort());
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'frontdesk-redis-'));
  const settings = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', '', '--appendonly', 'no'];
  const child = spawn('/bin/sh', ['-c', WATCHDOG, 'redis', program, ...settings, '--maxmemory-policy', 'noeviction'], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  child.stdin.on('error', () => {});
  const gone = once(child, 'close');
  let output = '';
  const ready = new Promise<void>((resolve) => {
    child.stdout.on('data', (piece: Buffer) => {
      output += piece.toString();
      if (output.includes('Ready to accept connections')) resolve();
    });
  });
  await Promise.race([ready, gone.then(() => Promise.reject(new Error(`redis-server ended: ${output}`)))]);
  const pid = Number(/^pid (\d+)/m.exec(output)?.[1]);
  return {
    url: `redis://127.0.0.1:${port}`,
    pid,
    kill: async () => {
      process.kill(pid, 'SIGKILL');
      await gone;
    },
    stop: async () => {
      child.stdin.end();
      await gone;
      fs.rmSync(folder, { recursive: true, force: true });
    },
  };
}

function onPath(program: string): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(path.delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => path.join(folder, program)).find((place) => fs.existsSync(place));
}
