import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { Problem } from '#core/errors.ts';
import {
  findRunningPostgres,
  startEmbeddedPostgres,
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
  type PostgresConnection,
} from './embedded-postgres.ts';
import { placesFor } from './places.ts';
import { postmasterPid } from './stale-locks.ts';

const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'frontdesk-embedded-'));
const cleanUps: (() => Promise<unknown>)[] = [];
const log = { info: () => {}, warn: () => {}, error: () => {} };

let pristine: string;
let made = 0;

/** A folder with a cluster that was made once for this file, as a start that was stopped leaves it. */
function madeFolder(): string {
  const folder = path.join(scratch, `db-${(made += 1)}`);
  fs.cpSync(pristine, folder, { recursive: true });
  return folder;
}

async function start(dataDir: string, more: Partial<EmbeddedPostgresOptions> = {}): Promise<EmbeddedPostgres> {
  const running = await startEmbeddedPostgres({ dataDir, log, ...more });
  cleanUps.push(running.stop);
  return running;
}

/** A whole process that owns a database, to be killed. */
async function startElsewhere(dataDir: string): Promise<ChildProcess> {
  const source = `
    import { startEmbeddedPostgres } from ${JSON.stringify(path.join(import.meta.dirname, 'embedded-postgres.ts'))};
    const log = { info() {}, warn() {}, error() {} };
    await startEmbeddedPostgres({ dataDir: ${JSON.stringify(dataDir)}, log });
    console.log('ready');
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', source], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  cleanUps.push(async () => child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  return child;
}

async function ask(connection: PostgresConnection, text: string): Promise<unknown[]> {
  const client = new Client(connection);
  client.on('error', () => {}); // the server is killed under it
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}

/** Asks until the database answers again. */
async function askAgain(connection: PostgresConnection, text: string): Promise<unknown[]> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await ask(connection, text);
    } catch (fault) {
      if (attempt === 200) throw fault;
    }
    await pause(50);
  }
}

const pidOf = (dataDir: string): number => postmasterPid(placesFor(dataDir))!;

function runs(pid: number): boolean {
  try {
    return field(pid, 0) !== 'Z';
  } catch {
    return false;
  }
}

const field = (pid: number | string, index: number): string | undefined => {
  const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[index];
};
const parentOf = (pid: number | string): number => Number(field(pid, 1));

/** The shells that a shell started. */
const shellsOf = (parent: number): number[] =>
  fs
    .readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid) && runs(Number(pid)) && parentOf(pid) === parent)
    .filter((pid) => fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').startsWith('/bin/sh'))
    .map(Number);

async function untilGone(pid: number): Promise<void> {
  for (let attempt = 0; runs(pid) && attempt < 200; attempt++) await pause(25);
}

beforeAll(async () => {
  pristine = path.join(scratch, 'pristine');
  const steps: string[] = [];
  const first = await startEmbeddedPostgres({ dataDir: pristine, log, onProgress: (step) => steps.push(step) });
  expect(steps).toEqual(['Creating the database', 'Starting the database']);
  await ask(first.connection, `create table kept (words text); insert into kept values ('您好')`);
  await first.stop();
});

afterEach(async () => {
  await Promise.allSettled(cleanUps.splice(0).map((cleanUp) => cleanUp()));
});

afterAll(() => {
  fs.rmSync(scratch, { recursive: true, force: true, maxRetries: 10 });
});

test('a later start finds what the first one wrote, and leaves no process when it is stopped', async () => {
  const folder = madeFolder();
  const steps: string[] = [];
  const { connection, stop } = await start(folder, { onProgress: (step) => steps.push(step) });
  expect(steps).toEqual(['Starting the database']);
  expect(await ask(connection, 'select words from kept')).toEqual([{ words: '您好' }]);
  const pid = pidOf(folder);
  await stop();
  expect(runs(pid)).toBe(false);
  expect(fs.readdirSync(folder).sort()).toEqual(['cluster', 'password']);
});

test('the password is kept where only its owner reads it, and nothing listens on the network', async () => {
  const folder = madeFolder();
  const { connection } = await start(folder);
  expect(fs.statSync(path.join(folder, 'password')).mode & 0o777).toBe(0o600);
  expect(fs.readFileSync(path.join(folder, 'password'), 'utf8').trim()).toBe(connection.password);
  await expect(ask({ ...connection, password: 'wrong' }, 'select 1')).rejects.toThrow('password');
  expect(await ask(connection, 'show listen_addresses')).toEqual([{ listen_addresses: '' }]);
});

test('a killed PostgreSQL comes back by itself with everything that was committed', async () => {
  const folder = madeFolder();
  const restarts: { reason: string; downMs: number; attempts: number }[] = [];
  const { connection } = await start(folder, { onRestart: (restart) => restarts.push(restart) });
  await ask(connection, `insert into kept values ('committed')`);
  process.kill(pidOf(folder), 'SIGKILL');
  expect(await askAgain(connection, 'select words from kept')).toEqual([{ words: '您好' }, { words: 'committed' }]);
  process.kill(pidOf(folder), 'SIGKILL');
  expect(await askAgain(connection, 'select count(*)::int as rows from kept')).toEqual([{ rows: 2 }]);
  expect(restarts.map(({ reason }) => reason)).toEqual(['killed by signal 9', 'killed by signal 9']);
  expect(restarts[0]!.downMs).toBeGreaterThan(0);
});

test('as long as it cannot start it is tried again and told, until it can', async () => {
  const folder = madeFolder();
  const told: string[] = [];
  const { connection } = await start(folder, { log: { ...log, error: (message) => told.push(message) } });
  const needed = path.join(folder, 'cluster', 'pg_wal');
  fs.renameSync(needed, `${needed}.away`);
  process.kill(pidOf(folder), 'SIGKILL');
  for (let attempt = 0; attempt < 400 && !told.some((line) => line.includes('attempt 2')); attempt++) await pause(25);
  fs.renameSync(`${needed}.away`, needed);
  expect(await askAgain(connection, 'select words from kept')).toEqual([{ words: '您好' }]);
  expect(told[0]).toBe('The database ended by itself (killed by signal 9) and is started again.');
  expect(told).toContainEqual(expect.stringMatching(/^The database is down, attempt 1: .*pg_wal/));
});

test('a stop while it comes back leaves nothing running', async () => {
  const folder = madeFolder();
  const { stop } = await start(folder);
  process.kill(pidOf(folder), 'SIGKILL');
  await stop();
  expect(postmasterPid(placesFor(folder)) === undefined || !runs(pidOf(folder))).toBe(true);
  await start(folder);
});

test('when its Frontdesk is killed, PostgreSQL ends, and the next start has every row', async () => {
  const folder = madeFolder();
  const owner = await startElsewhere(folder);
  const connection = (await findRunningPostgres({ dataDir: folder }))!;
  await ask(connection, `insert into kept values ('acknowledged')`);
  const pid = pidOf(folder);
  owner.kill('SIGKILL');
  await untilGone(pid);
  expect(runs(pid)).toBe(false);
  expect(await findRunningPostgres({ dataDir: folder })).toBeUndefined();
  const again = await start(folder);
  expect(await ask(again.connection, 'select words from kept')).toEqual([{ words: '您好' }, { words: 'acknowledged' }]);
});

test('killed all at once, Frontdesk and PostgreSQL, it starts again immediately', async () => {
  const folder = madeFolder();
  const owner = await startElsewhere(folder);
  await ask((await findRunningPostgres({ dataDir: folder }))!, `insert into kept values ('acknowledged')`);
  const gone = once(owner, 'exit');
  process.kill(pidOf(folder), 'SIGKILL');
  owner.kill('SIGKILL');
  await gone;
  const { connection } = await start(folder);
  expect(await ask(connection, 'select count(*)::int as rows from kept')).toEqual([{ rows: 2 }]);
});

test('a PostgreSQL whose Frontdesk and watchdog died is ended before the new one starts', async () => {
  const folder = madeFolder();
  const owner = await startElsewhere(folder);
  const old = pidOf(folder);
  const watchdog = parentOf(old);
  for (const shell of [...shellsOf(watchdog), watchdog, owner.pid!]) process.kill(shell, 'SIGKILL');
  const { connection } = await start(folder);
  expect(pidOf(folder)).not.toBe(old);
  expect(await ask(connection, 'select words from kept')).toEqual([{ words: '您好' }]);
});

test('a second Frontdesk on the same data is refused with a sentence, and does the first no harm', async () => {
  const folder = madeFolder();
  const { connection } = await start(folder);
  const refusal = await startEmbeddedPostgres({ dataDir: folder, log }).catch((fault: unknown) => fault);
  expect(refusal).toBeInstanceOf(Problem);
  expect((refusal as Problem).kind).toBe('conflict');
  expect((refusal as Problem).message).toBe(
    `Frontdesk already runs on ${folder} (process ${process.pid}): stop that one, or set FRONTDESK_DATA to another folder.`,
  );
  expect(await ask(connection, 'select 1 as one')).toEqual([{ one: 1 }]);
});

test('a database whose making was killed is made anew', async () => {
  const folder = path.join(scratch, 'half-made');
  const half = path.join(folder, 'cluster.init-abc');
  fs.mkdirSync(half, { recursive: true });
  fs.writeFileSync(path.join(half, 'PG_VERSION'), '18\n');
  const { connection } = await start(folder);
  expect(await ask(connection, 'select 1 as one')).toEqual([{ one: 1 }]);
  expect(fs.existsSync(half)).toBe(false);
});

test('lock files that name a process of somebody else do not stop it', async () => {
  const folder = madeFolder();
  fs.writeFileSync(path.join(folder, 'cluster', 'postmaster.pid'), `${process.pid}\n/nowhere\n`);
  fs.writeFileSync(path.join(folder, '.s.PGSQL.5432.lock'), `${process.pid}\n/nowhere\n`);
  fs.writeFileSync(path.join(folder, 'owner.sock'), '');
  const { connection } = await start(folder);
  expect(await ask(connection, 'select 1 as one')).toEqual([{ one: 1 }]);
});

test('where the path is too long for a socket, the socket stands below the temporary folder', async () => {
  const folder = path.join(scratch, 'a-very-long-name'.repeat(6));
  fs.cpSync(pristine, folder, { recursive: true });
  const { connection, stop } = await start(folder);
  expect(connection.host.startsWith(path.join(os.tmpdir(), 'frontdesk-'))).toBe(true);
  expect(await ask(connection, 'select words from kept')).toEqual([{ words: '您好' }]);
  await stop();
  expect(fs.existsSync(connection.host)).toBe(false);
});

test('a lost password and a cluster of another version are refused with what to do', async () => {
  const unnamed = madeFolder();
  fs.rmSync(path.join(unnamed, 'password'));
  await expect(startEmbeddedPostgres({ dataDir: unnamed, log })).rejects.toThrow('put it back from your backup');
  const old = madeFolder();
  fs.writeFileSync(path.join(old, 'cluster', 'PG_VERSION'), '17\n');
  await expect(startEmbeddedPostgres({ dataDir: old, log })).rejects.toThrow('made by PostgreSQL 17');
  // Neither refusal keeps the folder to itself.
  fs.writeFileSync(path.join(old, 'cluster', 'PG_VERSION'), '18\n');
  await start(old);
});

test('a folder that is a file is refused with a sentence, not with a stack', async () => {
  const file = path.join(scratch, 'a-file');
  fs.writeFileSync(file, '');
  await expect(startEmbeddedPostgres({ dataDir: file, log })).rejects.toThrow('is a file');
});

test('a wrong server setting is named in PostgreSQL’s own words', async () => {
  const refused = startEmbeddedPostgres({ dataDir: madeFolder(), log, settings: { shared_buffers: 'lots' } });
  await expect(refused).rejects.toThrow('invalid value for parameter "shared_buffers"');
});

test('data that are removed while it runs end it for good, and the reason is told', async () => {
  const folder = madeFolder();
  const running = await start(folder);
  const told = new Promise<Error>((resolve) => {
    running.onExit(resolve);
  });
  const pid = pidOf(folder);
  fs.rmSync(path.join(folder, 'cluster', 'PG_VERSION'));
  process.kill(pid, 'SIGKILL');
  expect((await told).message).toContain('is gone');
});
