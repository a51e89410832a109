import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** A browser's program, and the environment that it needs beside ours. */
export type Chromium = { executablePath: string; env: Record<string, string> };

const INSTALLED = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/usr/bin/chromium-headless-shell',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/**
 * `$CHROMIUM_PATH`, else an installed one, else the one that npm brought (Linux x64 only). That one is unpacked into the
 * temporary folder, 3 s and 220 MB the first time, and kept for later runs.
 */
export async function findChromium(): Promise<Chromium> {
  const named = process.env['CHROMIUM_PATH'];
  if (named) {
    if (!fs.existsSync(named)) throw new Error(`CHROMIUM_PATH names ${named}, which does not exist.`);
    return { executablePath: named, env: {} };
  }
  const installed = INSTALLED.find((place) => fs.existsSync(place));
  if (installed) return { executablePath: installed, env: {} };
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new Error('There is no Chromium: install Chrome, or name a Chromium in CHROMIUM_PATH.');
  return unpackChromium(os.tmpdir());
}

/** The package unpacks into TMPDIR and takes whatever lies there for complete; so it gets a folder of its own, renamed at the end. */
const UNPACK = `
import { default as chromium, inflate } from '@sparticuz/chromium';
await inflate(process.argv[1]);
await chromium.executablePath();`;

/** Unpacks the package's Chromium below `folder`, once; it brings NSS and its like for a system that lacks them. */
async function unpackChromium(folder: string): Promise<Chromium> {
  const entry = fileURLToPath(import.meta.resolve('@sparticuz/chromium'));
  const archives = path.join(path.dirname(entry), '..', 'bin');
  const stamp = Math.floor(fs.statSync(path.join(archives, 'chromium.br')).size).toString(36);
  const home = path.join(folder, `frontdesk-chromium-${stamp}-${process.getuid?.() ?? 'user'}`);
  if (!fs.existsSync(home)) {
    const draft = fs.mkdtempSync(`${home}.`);
    const words = ['--input-type=module', '-e', UNPACK, path.join(archives, 'al2023.tar.br')];
    await promisify(execFile)(process.execPath, words, {
      cwd: import.meta.dirname,
      env: { ...process.env, TMPDIR: draft },
    });
    if (fs.existsSync(home)) fs.rmSync(draft, { recursive: true });
    else fs.renameSync(draft, home);
  }
  const libraries = [path.join(home, 'al2023', 'lib'), process.env['LD_LIBRARY_PATH']].filter(Boolean).join(':');
  return { executablePath: path.join(home, 'chromium'), env: { LD_LIBRARY_PATH: libraries } };
}
