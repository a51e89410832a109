import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '#adapters/postgres/embedded/embedded-postgres.ts';
import { buildPages } from '../../cli/build.ts';
import { findChromium } from './chromium.ts';

/** What the test files of one run share. Each is started when the first file asks for it. */
export type SharedService = 'postgres' | 'postgres-durable' | 'chromium' | 'pages';

const ADDRESS = 'FRONTDESK_TEST_SERVICES';
const PREFIX = 'frontdesk-test-';
const quiet = { info: () => {}, warn: () => {}, error: () => {} };

/** Tests may lose their data with the machine, never within a run. */
const IN_A_HURRY = { fsync: false, synchronous_commit: false, full_page_writes: false } as const;

/** Runs in jest's own process: answers the workers on a socket, and ends everything it started. */
export async function offerSharedServices(): Promise<{ stop: () => Promise<void> }> {
  sweepForsaken();
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), `${PREFIX}${process.pid}-`));
  const databases: Promise<EmbeddedPostgres>[] = [];
  const database = async (name: string, settings: Record<string, boolean>): Promise<unknown> => {
    const starting = startEmbeddedPostgres({
      dataDir: path.join(folder, name),
      settings: { max_connections: 300, ...settings },
      log: quiet,
    });
    databases.push(starting);
    return (await starting).connection;
  };
  const starters: Record<SharedService, () => Promise<unknown>> = {
    postgres: () => database('pg', IN_A_HURRY),
    'postgres-durable': () => database('pg-durable', {}),
    chromium: findChromium,
    pages: () => buildPages({ onProgress: () => {} }),
  };
  const started = new Map<SharedService, Promise<unknown>>();
  const answer = async (asked: SharedService): Promise<string> => {
    if (!started.has(asked)) started.set(asked, starters[asked]());
    try {
      return JSON.stringify({ value: await started.get(asked) });
    } catch (fault) {
      return JSON.stringify({ fault: fault instanceof Error ? fault.message : String(fault) });
    }
  };
  const server = net.createServer((caller) => {
    caller.on('error', () => caller.destroy());
    caller.once('data', (words) => {
      void answer(words.toString().trim() as SharedService).then((text) => caller.end(text));
    });
  });
  const address = path.join(folder, 'services.sock');
  await new Promise<void>((resolve) => {
    server.listen(address, resolve);
  });
  process.env[ADDRESS] = address;
  return {
    stop: async () => {
      server.close();
      for (const starting of databases) await starting.then((running) => running.stop()).catch(() => {});
      fs.rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Asks jest's process for a service, which starts it when this is the first to ask. */
export function askSharedService(service: SharedService): Promise<unknown> {
  const address = process.env[ADDRESS];
  if (!address) throw new Error('The shared test services are not there: run the tests by npm test.');
  return new Promise((resolve, reject) => {
    let text = '';
    const line = net.connect(address, () => line.write(`${service}\n`));
    line.on('data', (piece) => {
      text += piece.toString();
    });
    line.on('error', reject);
    line.on('end', () => {
      const { value, fault } = JSON.parse(text) as { value?: unknown; fault?: string };
      if (fault === undefined) resolve(value);
      else reject(new Error(fault));
    });
  });
}

/** Removes what runs left that were killed: their folders carry the number of their process. */
function sweepForsaken(): void {
  for (const name of fs.readdirSync(os.tmpdir())) {
    const pid = Number(new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1]);
    if (pid && !lives(pid)) fs.rmSync(path.join(os.tmpdir(), name), { recursive: true, force: true, maxRetries: 5 });
  }
}

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (fault) {
    return (fault as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
