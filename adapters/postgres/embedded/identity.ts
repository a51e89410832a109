import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { Problem } from '#core/errors.ts';

/** As whom PostgreSQL runs: words put before its command line, and the user where it is another one than ours. */
export type Identity = { prefix: readonly string[]; user?: { uid: number; gid: number } };

const NAMESPACE = ['unshare', '--user', '--map-user=65534', '--map-group=65534', '--'] as const;

/** What is asked of the system; tests answer themselves. */
type System = {
  uid: number | undefined;
  platform: NodeJS.Platform;
  /** Whether a command ends well. */
  works: (program: string, words: readonly string[]) => boolean;
  /** The answer of `id`, or none. */
  id: (flag: '-u' | '-g', name: string) => number | undefined;
};

const SYSTEM: System = {
  uid: process.getuid?.(),
  platform: process.platform,
  works: (program, words) => spawnSync(program, words).status === 0,
  id: (flag, name) => {
    const { status, stdout } = spawnSync('id', [flag, name]);
    return status === 0 ? Number(stdout) : undefined;
  },
};

/**
 * PostgreSQL refuses to run as root. For root we prefer a user namespace: no account is made, the files stay root's, and
 * it works below a home that no other user may enter. Where namespaces are forbidden, the accounts that systems have.
 */
export function chooseIdentity(system: System = SYSTEM): Identity {
  if (system.uid !== 0) return { prefix: [] };
  const [unshare, ...words] = NAMESPACE;
  if (system.platform === 'linux' && system.works(unshare, [...words, 'true'])) return { prefix: NAMESPACE };
  for (const name of ['postgres', 'nobody']) {
    const uid = system.id('-u', name);
    const gid = system.id('-g', name);
    if (uid !== undefined && gid !== undefined) return { prefix: [], user: { uid, gid } };
  }
  throw new Problem(
    'unsupported',
    'PostgreSQL may not run as root, and here root has neither user namespaces nor a user "postgres" or "nobody" to run it as: start Frontdesk as an ordinary user, or set DATABASE_URL.',
  );
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
