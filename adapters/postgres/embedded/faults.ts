import { Problem } from '#core/errors.ts';

const SENTENCES: readonly [RegExp, (folder: string) => string][] = [
  [
    /No space left on device|ENOSPC|wrote only \d+ of \d+ bytes|Disk quota exceeded|EDQUOT/,
    (folder) => `The disk that holds ${folder} is full: free some space there and start again.`,
  ],
  [
    // For a folder inside a missing one, on such a disk, Node reports ENOENT.
    /Read-only file system|EROFS|ENOENT: no such file or directory, mkdir/,
    (folder) => `${folder} lies on a disk that cannot be written: set FRONTDESK_DATA to a folder that can.`,
  ],
  [
    /Permission denied|EACCES|EPERM|Operation not permitted|wrong ownership|group or world access|invalid permissions/,
    (folder) =>
      `PostgreSQL may not use ${folder}: give that folder (and what is in it) to the user that starts Frontdesk and let it pass the folders above, or set FRONTDESK_DATA to another one.`,
  ],
  [
    /ENOTDIR|EEXIST/,
    (folder) => `${folder} (or a folder above it) is a file: set FRONTDESK_DATA to the name of a folder.`,
  ],
  [
    /error while loading shared libraries|Library not loaded/,
    () => 'The built-in PostgreSQL lacks libraries of its package: run npm ci again, or set DATABASE_URL.',
  ],
  [
    /could not create shared memory segment|could not resize shared memory|Cannot allocate memory|ENOMEM/,
    () => 'PostgreSQL did not get the memory that it asks for: stop other programs, or set DATABASE_URL.',
  ],
];

/** What went wrong with the database in `folder`, as a sentence that says how to mend it where we know the cure. */
export function explain(fault: unknown, folder: string): Error {
  if (fault instanceof Problem) return fault;
  const words = fault instanceof Error ? fault.message : String(fault);
  const known = SENTENCES.find(([pattern]) => pattern.test(words));
  if (known) return new Problem('unavailable', known[1](folder));
  return new Error(`PostgreSQL in ${folder} does not start. It says: ${lastWords(words)}`, { cause: fault });
}

/** Why a running server ended, in a few words: what it said itself, or the signal that killed it (shells report 128 + its number). */
export function whyItEnded(code: number | null, log: string): string {
  const fatal = log.split('\n').filter((line) => /\bPANIC:|\bFATAL:.*(terminating|No space)/.test(line));
  if (fatal.length > 0) return fatal.slice(-1).join('').trim();
  return code !== null && code > 128 ? `killed by signal ${code - 128}` : `exit code ${code}`;
}

/** The telling lines of a server's log: its fatal ones, else its last. */
function lastWords(log: string): string {
  const lines = log.split('\n').filter((line) => line.trim() !== '');
  const fatal = lines.filter((line) => /\b(FATAL|PANIC):|initdb: error/.test(line));
  return (fatal.length > 0 ? fatal : lines).slice(-3).join(' ').trim() || 'nothing';
}
