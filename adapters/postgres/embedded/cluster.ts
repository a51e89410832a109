import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Problem } from '#core/errors.ts';
import type { Binaries } from './binaries.ts';
import { handOver, letThrough, type Identity } from './identity.ts';
import type { Places } from './places.ts';

/** The name of the one account; only processes that may read the password file get in. */
export const CLUSTER_USER = 'frontdesk';
const MAJOR = '18';

/** Makes folders and, once, the cluster. Killed at any moment, the next call begins again; a finished cluster is left alone. */
export async function prepareCluster(tools: {
  binaries: Binaries;
  identity: Identity;
  places: Places;
  password: string | undefined;
  onProgress: (step: string) => void;
}): Promise<{ password: string }> {
  const { binaries, identity, places, onProgress } = tools;
  for (const folder of [places.folder, places.sockets]) {
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
    handOver(identity, folder);
    letThrough(identity, path.dirname(folder));
  }
  const password = keepPassword(places, tools.password);
  const versionFile = path.join(places.cluster, 'PG_VERSION');
  if (!fs.existsSync(versionFile)) {
    onProgress('Creating the database');
    await makeCluster({ binaries, identity, places, password });
  }
  const version = fs.readFileSync(versionFile, 'utf8').trim();
  if (version !== MAJOR)
    throw new Problem(
      'unsupported',
      `The database in ${places.cluster} was made by PostgreSQL ${version}, this Frontdesk brings ${MAJOR}: dump it with the Frontdesk that made it, or set FRONTDESK_DATA to a new folder.`,
    );
  // A backup that was put back may have lost the mode; PostgreSQL refuses a folder that others may read.
  fs.chmodSync(places.cluster, 0o700);
  return { password };
}

/** The password of an existing cluster, or none when its file is not there. */
export function readPassword(places: Places): string | undefined {
  try {
    return fs.readFileSync(places.password, 'utf8').trim() || undefined;
  } catch {
    return undefined;
  }
}

function keepPassword(places: Places, given: string | undefined): string {
  const kept = readPassword(places);
  if (kept) return kept;
  if (fs.existsSync(path.join(places.cluster, 'PG_VERSION')))
    throw new Problem(
      'invalid',
      `The database in ${places.cluster} is there, but the file ${places.password} with its password is not: put it back from your backup.`,
    );
  const password = given ?? randomBytes(24).toString('base64url');
  // Written beside and renamed, so that a full disk or a kill never leaves half a password.
  const draft = `${places.password}.new`;
  fs.writeFileSync(draft, `${password}\n`, { mode: 0o600, flush: true });
  fs.renameSync(draft, places.password);
  return password;
}

/**
 * A killed initdb leaves a folder that looks complete; so it works in a folder of another name, which is renamed at the end.
 * The builtin C.UTF-8 locale sorts alike on every machine; `lc_ctype` C.UTF-8 is what lets pg_trgm see Chinese characters.
 */
async function makeCluster(tools: {
  binaries: Binaries;
  identity: Identity;
  places: Places;
  password: string;
}): Promise<void> {
  const { binaries, identity, places } = tools;
  await sweepUnfinished(places);
  // A name of its own: the initdb of a killed Frontdesk may still be writing below the old one.
  const unfinished = fs.mkdtempSync(`${places.unfinished}-`);
  const secrets = fs.mkdtempSync(path.join(os.tmpdir(), 'frontdesk-init-'));
  const passwordFile = path.join(secrets, 'password');
  fs.writeFileSync(passwordFile, `${tools.password}\n`, { mode: 0o600 });
  for (const place of [unfinished, secrets, passwordFile]) handOver(identity, place);
  try {
    await run(identity, [
      binaries.initdb,
      `--pgdata=${unfinished}`,
      `--username=${CLUSTER_USER}`,
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--locale=C',
      '--lc-ctype=C.UTF-8',
      '--no-instructions',
    ]);
  } finally {
    fs.rmSync(secrets, { recursive: true, force: true });
  }
  fs.renameSync(unfinished, places.cluster);
}

async function sweepUnfinished(places: Places): Promise<void> {
  const prefix = `${path.basename(places.unfinished)}-`;
  for (const name of fs.readdirSync(places.folder))
    if (name.startsWith(prefix))
      await fs.promises.rm(path.join(places.folder, name), {
        recursive: true,
        force: true,
        maxRetries: 10,
        retryDelay: 100,
      });
}

function run(identity: Identity, command: readonly string[]): Promise<void> {
  const [program, ...words] = [...identity.prefix, ...command];
  return new Promise((resolve, reject) => {
    let output = '';
    const child = spawn(program!, words, {
      ...identity.user,
      cwd: '/',
      env: { ...process.env, LC_ALL: undefined },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (piece: Buffer) => {
        output += piece.toString();
      });
    child.on('error', reject);
    child.on('close', (code) => (code === 0 ? resolve() : reject(new Error(output || `initdb ended with ${code}`))));
  });
}
