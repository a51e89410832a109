import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { Problem } from '#core/errors.ts';

/** As whom PostgreSQL runs: words put before its command line, and the user where it is another one than ours. */
export type Identity = { prefix: readonly string[]; user?: { uid: number; gid: number } };

const NAMESPACE = ['unshare', '--user', '--map-user=65534', '--map-group=65534', '--'] as const;

/**
 * PostgreSQL refuses to run as root. For root we prefer a user namespace: no account is made, the files stay root's, and
 * it works below a home that no other user may enter. Where namespaces are forbidden, the accounts that systems have.
 */
export function chooseIdentity(): Identity {
  if (process.getuid?.() !== 0) return { prefix: [] };
  const [unshare, ...words] = NAMESPACE;
  if (process.platform === 'linux' && spawnSync(unshare, [...words, 'true']).status === 0) return { prefix: NAMESPACE };
  for (const name of ['postgres', 'nobody']) {
    const ids = ['-u', '-g'].map((flag) => idOf(flag, name));
    const [uid, gid] = ids;
    if (uid !== undefined && gid !== undefined) return { prefix: [], user: { uid, gid } };
  }
  throw new Problem(
    'unsupported',
    'PostgreSQL may not run as root, and here root has neither user namespaces nor a user "postgres" or "nobody" to run it as: start Frontdesk as an ordinary user, or set DATABASE_URL.',
  );
}

function idOf(flag: string, name: string): number | undefined {
  try {
    return Number(execFileSync('id', [flag, name], { stdio: ['ignore', 'pipe', 'ignore'] }));
  } catch {
    return undefined;
  }
}

/** Gives a file or folder to the user that PostgreSQL runs as, if that is another one. */
export function handOver(identity: Identity, place: string): void {
  if (identity.user) fs.chownSync(place, identity.user.uid, identity.user.gid);
}

/** Lets that other user pass through a folder of ours, without seeing what is in it. */
export function letThrough(identity: Identity, folder: string): void {
  const { mode, uid } = fs.statSync(folder);
  if (identity.user && uid === process.getuid?.()) fs.chmodSync(folder, (mode & 0o7777) | 0o001);
}
