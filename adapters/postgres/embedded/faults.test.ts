import { Problem } from '#core/errors.ts';
import { explain, whyItEnded } from './faults.ts';

const FOLDER = '/srv/frontdesk/postgres';

test.each([
  [
    'a full disk while the database is made',
    'initdb: error: could not write to file "/srv/frontdesk/postgres/cluster.init-x/pg_wal/xlogtemp.77": No space left on device',
    'is full: free some space',
  ],
  [
    'a full disk at the start',
    'FATAL:  could not write lock file "postmaster.pid": No space left on device',
    'is full',
  ],
  ['a full disk under our own files', "ENOSPC: no space left on device, mkdir '/srv/frontdesk'", 'is full'],
  ['a quota', 'could not extend file "base/1/2601": Disk quota exceeded', 'is full'],
  ['a read-only disk', "EROFS: read-only file system, mkdir '/srv/frontdesk'", 'cannot be written'],
  [
    'a read-only disk, two folders deep',
    "ENOENT: no such file or directory, mkdir '/srv/frontdesk/postgres'",
    'cannot be written',
  ],
  ['a folder of somebody else', "EACCES: permission denied, mkdir '/srv/frontdesk'", 'give that folder'],
  [
    'a folder that others may read',
    'FATAL:  data directory "/srv/frontdesk/postgres/cluster" has group or world access',
    'give that folder',
  ],
  [
    'missing libraries',
    'postgres: error while loading shared libraries: libicui18n.so.60: cannot open shared object file',
    'run npm ci again',
  ],
  ['too little memory', 'FATAL:  could not map anonymous shared memory: Cannot allocate memory', 'the memory'],
])('%s is one sentence that says what to do', (_name, words, cure) => {
  const told = explain(new Error(words), FOLDER);
  expect(told).toBeInstanceOf(Problem);
  expect(told.message).toContain(cure);
  expect(told.message).not.toContain('\n');
});

test('what we do not know is told in PostgreSQL’s own fatal words', () => {
  const log = 'LOG:  starting\nFATAL:  could not load library "x"\nLOG:  database system is shut down';
  expect(explain(log, FOLDER).message).toBe(
    `PostgreSQL in ${FOLDER} does not start. It says: FATAL:  could not load library "x"`,
  );
});

test('a server that ended tells why, or which signal killed it', () => {
  expect(whyItEnded(137, 'LOG:  ready')).toBe('killed by signal 9');
  expect(whyItEnded(1, 'LOG:  ready')).toBe('exit code 1');
  expect(whyItEnded(1, 'PANIC:  could not write to file "pg_wal/1": No space left on device')).toContain('No space');
});
