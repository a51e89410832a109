import fs from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { openBrowser } from '../support/browser.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { freePort } from '../support/free-port.ts';
import { makeDataDir, runFrontdesk, startFrontdeskProcess, type FrontdeskProcess } from '../support/processes.ts';

import.meta.jest.setTimeout(180_000);

const AXE = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const PASSWORD = 'a long walk by the tide';
const WIDE = '100000/1m';
/** What one agent does is on the others' screens within this time. */
const SEEN_WITHIN_MS = 1_000;
/** No journey waits longer than this for anything. */
const PATIENCE_MS = 15_000;

type Agent = { email: string; name: string; role: 'agent' | 'admin' };
const AN: Agent = { email: 'an@shop.test', name: '小安', role: 'agent' };
const ZHE: Agent = { email: 'zhe@shop.test', name: '阿哲', role: 'agent' };
const PIN: Agent = { email: 'pin@shop.test', name: '品妤', role: 'admin' };

let browser: Browser;
let database: TestDatabase;
let server: FrontdeskProcess;
let start: () => Promise<FrontdeskProcess>;
let removeData: () => Promise<void>;
const contexts: BrowserContext[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  const { dataDir, remove } = makeDataDir();
  removeData = remove;
  const env = {
    DATABASE_URL: database.url,
    FRONTDESK_LIMIT_LOGINS: WIDE,
    FRONTDESK_LIMIT_LOGINS_PER_EMAIL: WIDE,
    FRONTDESK_LIMIT_SESSIONS: WIDE,
    FRONTDESK_LIMIT_REQUESTS: WIDE,
  };
  for (const { email, name, role } of [AN, ZHE, PIN]) {
    const made = runFrontdesk(
      ['user', 'create', '--email', email, '--name', name, '--role', role, '--password', PASSWORD],
      { FRONTDESK_DATA: dataDir, ...env },
    );
    const { code } = await made.exited;
    if (code !== 0) throw new Error(made.output());
  }
  const port = await freePort();
  start = () => startFrontdeskProcess({ dataDir, port, env, pages: true });
  [browser, server] = await Promise.all([openBrowser(), start()]);
});
afterEach(async () => {
  await Promise.all(contexts.splice(0).map((context) => context.close()));
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  await database?.drop();
  await removeData?.();
});

/** An agent at his desk; every error that the page reports fails the test. */
async function sit(agent: Agent, address = '/admin/', options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    locale: 'zh-TW',
    reducedMotion: 'reduce',
    ...options,
  });
  contexts.push(context);
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  page.on('pageerror', (fault) => {
    throw fault;
  });
  await page.goto(server.url + address);
  const english = options.locale === 'en-US';
  await page.getByLabel(english ? 'E-mail' : '電子郵件').fill(agent.email);
  await page.getByLabel(english ? 'Password' : '密碼').fill(PASSWORD);
  await page.keyboard.press('Enter');
  await page.getByRole('navigation', { name: english ? 'Main menu' : '主要選單' }).waitFor();
  return page;
}

const log = (page: Page) => page.getByRole('log', { name: '訊息' });
const composer = (page: Page) => page.getByRole('textbox', { name: /^回覆/ });
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

type Said = { sessionId: string; sessionToken?: string };

async function post(path: string, body: unknown, token?: string): Promise<Said> {
  const response = await fetch(server.url + path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...(token ? { Authorization: `Bearer ${token}` } : {}) },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${path}: ${await response.text()}`);
  return (await response.json()) as Said;
}

/** A customer in the web chat who says these lines. */
async function customer(lines: readonly string[], locale: 'zh-TW' | 'en' = 'zh-TW') {
  const { sessionId, sessionToken } = await post('/chat/sessions', { locale });
  const says = (text: string) => post('/chat/message', { sessionId, text }, sessionToken);
  for (const line of lines) await says(line);
  const hears = async (): Promise<string[]> => {
    const answer = await fetch(`${server.url}/chat/history/${sessionId}`, {
      headers: { Authorization: `Bearer ${sessionToken}` },
    });
    const { items } = (await answer.json()) as { items: { content: { text?: string } }[] };
    return items.map(({ content }) => content.text ?? '');
  };
  return { sessionId, says, hears };
}

// Scripts for the page are strings: this side of the test knows no DOM.
const RUN_AXE = `axe.run().then(({ violations }) => violations.map(({ id, nodes }) => id + ': ' + nodes[0]?.html))`;
const TOO_WIDE = 'document.documentElement.scrollWidth - window.innerWidth';
const FOCUSED = `[document.activeElement?.getAttribute('href'), document.activeElement?.id, document.activeElement?.textContent].join(' ')`;

async function violations(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  const found = await page.evaluate<string[]>(RUN_AXE);
  const sideways = await page.evaluate<number>(TOO_WIDE);
  return sideways > 0 ? [...found, `wider than the screen by ${sideways} px`] : found;
}

test('what one agent does with a conversation, the others and the customer see within a second', async () => {
  const lin = await customer(['手沖壺的壺蓋有裂痕', '找真人客服']);
  const [an, zhe] = await Promise.all([AN, ZHE].map((agent) => sit(agent, `/admin/desk/${lin.sessionId}`)));
  await zhe!.getByText('機器人轉給真人：要求真人').waitFor();
  await button(an!, '接手').click();
  await composer(an!).waitFor();
  await zhe!.getByText('小安 正在處理這段對話').waitFor({ timeout: SEEN_WITHIN_MS });
  expect(await button(zhe!, '傳送').count()).toBe(0);

  await composer(an!).fill('您好，我是小安。新的壺蓋今天寄出。');
  await composer(an!).press('Control+Enter');
  await log(zhe!).getByText('新的壺蓋今天寄出').waitFor({ timeout: SEEN_WITHIN_MS });
  expect(await lin.hears()).toContain('您好，我是小安。新的壺蓋今天寄出。');

  await button(an!, '備註').click();
  await an!.getByRole('textbox', { name: /備註$/ }).fill('台中倉剩 6 個');
  await button(an!, '存備註').click();
  await log(zhe!).getByText('台中倉剩 6 個').waitFor({ timeout: SEEN_WITHIN_MS });
  expect((await lin.hears()).join()).not.toContain('台中倉');

  await lin.says('太好了！週三去拿可以嗎？');
  await log(an!).getByText('週三去拿可以嗎').waitFor({ timeout: SEEN_WITHIN_MS });

  await button(an!, '交還機器人').click();
  await button(zhe!, '接手').waitFor();
  await log(zhe!).getByText('交還給機器人').waitFor();
});

test('of two agents who claim at once one has the conversation, and the other is told who', async () => {
  const { sessionId } = await customer(['找真人客服']);
  const pages = await Promise.all([AN, ZHE].map((agent) => sit(agent, `/admin/desk/${sessionId}`)));
  await Promise.all(pages.map((page) => button(page, '接手').waitFor()));
  await Promise.all(pages.map((page) => button(page, '接手').click()));
  const outcomes = await Promise.all(
    pages.map((page) =>
      Promise.race([
        composer(page)
          .waitFor()
          .then(() => 'mine' as const),
        page
          .getByText('正在處理這段對話')
          .waitFor()
          .then(() => 'other' as const),
      ]),
    ),
  );
  expect(outcomes.toSorted()).toEqual(['mine', 'other']);
});

test('the bot’s conversation is watched live, and taken over in the middle', async () => {
  const mei = await customer(['Do you ship to Japan?'], 'en');
  const page = await sit(AN, `/admin/desk/${mei.sessionId}`);
  await page.getByText('機器人正在處理').waitFor();
  await mei.says('How do I return a grinder?');
  await log(page).getByText('How do I return a grinder?').waitFor({ timeout: SEEN_WITHIN_MS });
  await button(page, '接手').click();
  await composer(page).waitFor();
  await page.getByText('小安 從機器人接手').waitFor();
  const before = await mei.hears();
  await mei.says('Are you a person?');
  expect((await mei.hears()).slice(before.length)).toEqual(['Are you a person?']);
});

test('a message that cannot go out stays with its cause, and is written once when it is sent again', async () => {
  const wu = await customer(['找真人客服']);
  const page = await sit(AN, `/admin/desk/${wu.sessionId}`);
  await button(page, '接手').click();
  await composer(page).waitFor();
  await page.route('**/messages', (route) => route.abort());
  await composer(page).fill('已為您改到門市取貨');
  await button(page, '傳送').click();
  await log(page).getByText('未送出：連不上伺服器').waitFor();
  await page.unroute('**/messages');
  await button(page, '重新傳送').click();
  await log(page).getByText('已送出').waitFor();
  expect((await wu.hears()).filter((text) => text === '已為您改到門市取貨')).toHaveLength(1);
});

test('a draft outlives a reload, each conversation with its own', async () => {
  const [one, other] = [await customer(['找真人客服']), await customer(['找真人客服'])];
  const page = await sit(AN, `/admin/desk/${one.sessionId}`);
  await button(page, '接手').click();
  await composer(page).fill('先寫到這裡');
  await page.goto(`${server.url}/admin/desk/${other.sessionId}`);
  await button(page, '接手').click();
  expect(await composer(page).inputValue()).toBe('');
  await page.goto(`${server.url}/admin/desk/${one.sessionId}`);
  expect(await composer(page).inputValue()).toBe('先寫到這裡');
});

test('a desk whose server is restarted says so, mends itself, and shows what it missed', async () => {
  const chen = await customer(['找真人客服']);
  const page = await sit(AN, `/admin/desk/${chen.sessionId}`);
  await button(page, '接手').click();
  await composer(page).waitFor();
  await server.stop();
  await page.getByText('即時連線中斷').first().waitFor();
  server = await start();
  await chen.says('還在嗎？');
  await log(page).getByText('還在嗎？').waitFor();
  await page.getByText('即時連線中斷').first().waitFor({ state: 'detached' });
});

test('a ticket filed from a conversation goes through its steps, and its history says by whom', async () => {
  const { sessionId } = await customer(['找真人客服']);
  const page = await sit(AN, `/admin/desk/${sessionId}`);
  await button(page, '建立工單').click();
  const drawer = page.getByRole('dialog', { name: '建立工單' });
  await drawer.getByRole('button', { name: '建立工單' }).click();
  await drawer.getByText('請填主旨。').waitFor();
  await drawer.getByLabel('主旨').fill('外盒破損，補寄外盒');
  await drawer.getByLabel('優先').selectOption('high');
  await drawer.getByRole('button', { name: '建立工單' }).click();
  await page.getByRole('link', { name: /外盒破損/ }).click();
  const ticket = page.getByRole('region', { name: /工單 T-/ });
  await ticket.getByLabel('負責人').selectOption({ label: '小安（我）' });
  await ticket.getByText('小安 指派給 小安').waitFor();
  await ticket.getByRole('button', { name: '開始處理' }).click();
  await ticket.getByText('小安 將狀態由「待處理」改為「處理中」').waitFor();
  await page
    .getByRole('row', { name: /外盒破損/ })
    .getByText('處理中')
    .waitFor();
});

test('an admin publishes a FAQ and the bot answers with it', async () => {
  const page = await sit(PIN, '/admin/faqs/new');
  const form = page.getByRole('form', { name: '問答內容' });
  await form.getByLabel('問題', { exact: true }).fill('店裡可以帶鸚鵡進來嗎？');
  await button(page, '加一句').click();
  await form.getByLabel('別的問法 1').fill('鸚鵡能進店嗎');
  await form.getByLabel('答案').fill('可以，請放在**籠子**裡。');
  await form.getByLabel('分類').fill('stores-hours');
  await button(page, '發布').click();
  await page.getByText('已發布第 1 版').waitFor();
  const { hears, says } = await customer([]);
  await says('鸚鵡能進店嗎');
  expect((await hears()).join()).toContain('籠子');
});

test('everything from signing in to answering is done by keyboard alone', async () => {
  const { sessionId, hears } = await customer(['找真人客服']);
  const page = await sit(ZHE);
  await page.getByRole('heading', { name: '等待真人' }).waitFor();
  const tabTo = async (wanted: string): Promise<void> => {
    for (let step = 0; step < 80; step++) {
      await page.keyboard.press('Tab');
      if ((await page.evaluate<string>(FOCUSED)).includes(wanted)) return;
    }
    throw new Error(`Tab never came to ${wanted}`);
  };
  await tabTo(sessionId);
  await page.keyboard.press('Enter');
  await log(page).waitFor();
  await tabTo('接手');
  await page.keyboard.press('Enter');
  await composer(page).waitFor();
  await tabTo('composer');
  await page.keyboard.type('您好，我是阿哲。');
  await page.keyboard.press('Control+Enter');
  await log(page).getByText('已送出').waitFor();
  expect(await hears()).toContain('您好，我是阿哲。');
});

describe('nothing keeps anybody out (axe 0, no page wider than its screen)', () => {
  const looks = [
    { width: 1440, height: 900, colorScheme: 'light', locale: 'zh-TW' },
    { width: 1440, height: 900, colorScheme: 'dark', locale: 'en-US' },
    { width: 1000, height: 800, colorScheme: 'light', locale: 'en-US' },
    { width: 375, height: 812, colorScheme: 'dark', locale: 'zh-TW' },
    { width: 320, height: 640, colorScheme: 'light', locale: 'en-US' },
  ] as const;
  test.each(looks)('at $width px, $colorScheme, $locale', async ({ width, height, colorScheme, locale }) => {
    const { sessionId } = await customer(['請問寄到澎湖要多久？', '找真人客服']);
    const options = { viewport: { width, height }, colorScheme, locale, hasTouch: width < 768, bypassCSP: true };
    const page = await sit(PIN, '/admin/', options);
    const faults: Record<string, string[]> = {};
    for (const address of ['/desk', `/desk/${sessionId}`, '/tickets', '/faqs', '/faqs/new']) {
      await page.goto(`${server.url}/admin${address}`);
      await page.getByRole('main').waitFor();
      await page.waitForLoadState('networkidle');
      faults[address.replace(sessionId, ':id')] = await violations(page);
    }
    expect(faults).toEqual({ '/desk': [], '/desk/:id': [], '/tickets': [], '/faqs': [], '/faqs/new': [] });
  });
});
