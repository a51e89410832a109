import { chromium, type Browser } from 'playwright-core';
import type { Chromium } from './chromium.ts';
import { askSharedService } from './shared-services.ts';

/** No sandbox, as containers run tests as root; and nothing that talks to the world by itself. CORS and isolation stay as users have them. */
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A real Chromium without a window; close it in `afterAll`. Which one it is, `chromium.ts` says. */
export async function openBrowser(): Promise<Browser> {
  const { executablePath, env } = (await askSharedService('chromium')) as Chromium;
  const inherited = Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return chromium.launch({
    executablePath,
    args: ARGUMENTS,
    headless: true,
    env: { ...Object.fromEntries(inherited), ...env },
  });
}
