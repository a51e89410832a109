import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { Browser, BrowserContext, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { openBrowser } from '../support/browser.ts';
import { freePort } from '../support/free-port.ts';
import { makeDataDir, runFrontdesk, startFrontdeskProcess, type FrontdeskProcess } from '../support/processes.ts';

/** Somebody who signs in at the desk. */
export type Agent = { email: string; name: string };

/** A Frontdesk as `npm start` makes it (its own PostgreSQL, the demo shop), and a browser for everybody who uses it. */
export type House = {
  /** Without a slash at the end; it stays the same over `kill` and `start`. */
  url: string;
  /** A customer at the demo page with the chat open. `address`: with `?lang=zh` or `?lang=en`. */
  visit: (address?: string, options?: BrowserContextOptions) => Promise<Page>;
  /** One more tab of a customer's browser, with the chat open. */
  openTab: (context: BrowserContext, address?: string) => Promise<Page>;
  /** An agent at the desk, in a browser of his own. */
  sit: (agent: Agent, address?: string, options?: BrowserContextOptions) => Promise<Page>;
  /** `kill -9` for the server; `start` brings it back with the same data on the same port. */
  kill: () => Promise<void>;
  start: () => Promise<void>;
  close: () => Promise<void>;
};

/** No journey waits longer than this for anything. */
const PATIENCE_MS = 30_000;
const PASSWORD = 'a long walk by the tide';
const WIDE = '100000/1m';
/** Everybody comes from one address here. */
const LIMITS = { FRONTDESK_LIMIT_SESSIONS: WIDE, FRONTDESK_LIMIT_REQUESTS: WIDE, FRONTDESK_LIMIT_LOGINS: WIDE };

/** Starts it all, with these agents, made by `user create` while the server runs. */
export async function openHouse(agents: readonly Agent[]): Promise<House> {
  const { dataDir, remove } = makeDataDir();
  const port = await freePort();
  const run = (): Promise<FrontdeskProcess> => startFrontdeskProcess({ dataDir, port, env: LIMITS, pages: true });
  let server: FrontdeskProcess | undefined;
  let browser: Browser | undefined;
  const close = async (): Promise<void> => {
    await browser?.close();
    await server?.stop();
    await remove();
  };
  try {
    [browser, server] = await Promise.all([openBrowser(), run()]);
    for (const { email, name } of agents) {
      const words = ['user', 'create', '--email', email, '--name', name, '--role', 'agent', '--password', PASSWORD];
      const made = runFrontdesk(words, { FRONTDESK_DATA: dataDir });
      const { code } = await made.exited;
      assert.equal(code, 0, made.output());
    }
  } catch (fault) {
    await close();
    throw fault;
  }
  const { url } = server;
  const opened = browser;

  async function newPage(context: BrowserContext, address: string): Promise<Page> {
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    page.on('pageerror', (fault) => {
      throw fault;
    });
    await page.goto(url + address);
    return page;
  }
  const newContext = (options: BrowserContextOptions): Promise<BrowserContext> =>
    opened.newContext({
      viewport: { width: 1440, height: 900 },
      locale: 'zh-TW',
      timezoneId: 'Asia/Taipei',
      reducedMotion: 'reduce',
      ...options,
    });

  async function openTab(context: BrowserContext, address = '/?lang=zh'): Promise<Page> {
    const page = await newPage(context, address);
    await page.getByRole('button', { name: /^(開啟客服對話|Open the support chat)/ }).click();
    await bubbles(page).first().waitFor();
    return page;
  }

  return {
    url,
    openTab,
    visit: async (address, options = {}) => openTab(await newContext(options), address),
    async sit({ email }, address = '/admin/', options = {}) {
      const page = await newPage(await newContext(options), address);
      await page.getByLabel(/^(電子郵件|E-mail)$/).fill(email);
      await page.getByLabel(/^(密碼|Password)$/).fill(PASSWORD);
      await page.keyboard.press('Enter');
      await page.getByRole('navigation', { name: /^(主要選單|Main menu)$/ }).waitFor();
      return page;
    },
    kill: async () => server?.kill(),
    start: async () => {
      server = await run();
    },
    close,
  };
}

const bubbles = (page: Page): Locator => page.locator('.msgs .bubble');

/** What stands in the chat, bubble by bubble, from the top. */
export const chatTexts = (page: Page): Promise<string[]> => bubbles(page).allInnerTexts();

/** The chat's log, without what is said beside it. */
export const chat = (page: Page): Locator => page.locator('.msgs');

/** Types into the chat and sends. */
export async function say(page: Page, text: string): Promise<void> {
  const field = page.getByRole('textbox', { name: /^(訊息|Message)$/ });
  await field.fill(text);
  await field.press('Enter');
}

export const button = (page: Page, name: string): Locator => page.getByRole('button', { name, exact: true });

/** The conversation as the desk shows it. */
export const thread = (page: Page): Locator => page.getByRole('log', { name: /^(訊息|Messages)$/ });

/** What stands in the desk's conversation, bubble by bubble, from the top. */
export const threadTexts = (page: Page): Promise<string[]> => thread(page).locator('.fd-bubble').allInnerTexts();

/** Writes to the customer, as the agent who has the conversation. */
export async function reply(page: Page, text: string): Promise<void> {
  const field = page.getByRole('textbox', { name: /^(回覆|Reply to)/ });
  await field.fill(text);
  await field.press('Control+Enter');
}

/** Waits until `read` gives what is expected; when that takes too long it fails with the difference. */
export async function eventually<T>(read: () => Promise<T>, expected: T): Promise<void> {
  const end = Date.now() + PATIENCE_MS;
  let found = await read();
  while (!isDeepStrictEqual(found, expected) && Date.now() < end) {
    await pause(50);
    found = await read();
  }
  assert.deepEqual(found, expected);
}
