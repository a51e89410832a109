import fs from 'node:fs';
import path from 'node:path';
import { createKeyRing, KEY_BYTES, parseKey, type KeyRing } from './key-ring.ts';
import type { Random } from './random.ts';

const KEY_FILE = /^(\d+)\.key$/;

/**
 * The key ring of a folder: one file a key, `<number>.key` (mode 0600), holding one `kid:base64` line as in
 * `FRONTDESK_KEYS`; the highest number is current. An empty or absent folder gets its first key. Whoever loses the folder
 * loses what was sealed: back it up apart from the database. Throws an `Error` that names the file at fault.
 */
export function openKeyRingFolder(dir: string, random: Random): KeyRing {
  fs.mkdirSync(dir, { recursive: true, mode: 0o700 });
  if (keyFiles(dir).length === 0) writeFirstKey(dir, random);
  const keys = new Map<string, Buffer>();
  let current = '';
  for (const file of keyFiles(dir)) {
    const place = path.join(dir, file);
    refuseReadableByOthers(place);
    const { kid, key } = parseKey(fs.readFileSync(place, 'utf8').trim(), place);
    if (keys.has(kid)) throw new Error(`${place} repeats the key "${kid}" of another file: remove one of them.`);
    keys.set(kid, key);
    current = kid;
  }
  return createKeyRing({ keys, current, where: dir });
}

const numberOf = (file: string): number => Number(KEY_FILE.exec(file)?.[1]);

function keyFiles(dir: string): string[] {
  return fs
    .readdirSync(dir)
    .filter((file) => KEY_FILE.test(file))
    .sort((a, b) => numberOf(a) - numberOf(b));
}

/** Two processes may start at once: the key is written aside, whole, and linked into place; the second link fails. */
function writeFirstKey(dir: string, random: Random): void {
  // A random part in the kid: the rings of two installations never confuse their keys.
  const kid = `k1-${random(4).toString('hex')}`;
  const aside = path.join(dir, `.${random(8).toString('hex')}.new`);
  const file = fs.openSync(aside, 'wx', 0o600);
  try {
    fs.writeSync(file, `${kid}:${random(KEY_BYTES).toString('base64')}\n`);
    fs.fsyncSync(file);
  } finally {
    fs.closeSync(file);
  }
  try {
    fs.linkSync(aside, path.join(dir, '1.key'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    fs.unlinkSync(aside);
  }
  // Without this a power cut could keep rows that were sealed and lose the name of the key.
  const folder = fs.openSync(dir, 'r');
  try {
    fs.fsyncSync(folder);
  } finally {
    fs.closeSync(folder);
  }
}

function refuseReadableByOthers(place: string): void {
  if (process.platform === 'win32') return;
  if ((fs.statSync(place).mode & 0o077) !== 0)
    throw new Error(`${place} can be read by other users of this machine. Mend it: chmod 600 ${place}`);
}
