import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import type { Browser, BrowserContext, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { buildWidget } from '#adapters/web/widget/testing/build.ts';
import type { OutboundContent } from '#core/conversation/content.schema.ts';
import { openBrowser } from '../support/browser.ts';
import { startChatServer, type ChatServer } from '../support/chat-server.ts';

const AXE = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const AGENT = { kind: 'agent', name: '小安' } as const;
const GREETING = { 'zh-TW': '您好，這裡是山青選物。', en: 'Hello, this is Shanching.' };
const CSAT: OutboundContent = {
  kind: 'csat',
  text: '這次的服務如何？',
  comment: true,
  choices: [1, 2, 3, 4, 5].map((n) => ({ id: `s${n}`, label: String(n) })),
};
const PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
/** A page whose styles reach for everything. */
const HOSTILE_PAGE = `<!doctype html><html lang="en"><head><title>Hostile</title><style>
  html { font-size: 40px } * { color: rgb(255, 0, 0) !important; letter-spacing: 9px !important; text-transform: uppercase }
  div { display: none !important } button { transform: rotate(45deg) } textarea, h2 { visibility: hidden }
</style></head><body><p id="host">Host</p><script src="/widget.js" data-title="Care" data-locale="en" async></script></body></html>`;

import.meta.jest.setTimeout(120_000);

let browser: Browser;
let server: ChatServer;
let folder: string;
const contexts: BrowserContext[] = [];

beforeAll(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'frontdesk-widget-'));
  const [opened, widget] = await Promise.all([openBrowser(), buildWidget(folder)]);
  browser = opened;
  server = await startChatServer({
    widget,
    pages: { '/hostile': HOSTILE_PAGE },
    greeting: (locale) => ({ kind: 'text', text: locale === 'en' ? GREETING.en : GREETING['zh-TW'] }),
    script(content) {
      if (content.kind === 'text') return [{ kind: 'text', text: `收到：${content.text}` }];
      if (content.kind === 'action') return [{ kind: 'text', text: `選了 ${content.id}` }];
      return [];
    },
  });
});
afterEach(async () => {
  server.unreachable(false);
  server.deafen(false);
  server.refuseUploads(null);
  server.mostReplayed(500);
  await Promise.all(contexts.splice(0).map((context) => context.close()));
});
afterAll(async () => {
  await browser?.close();
  await server?.close();
  fs.rmSync(folder, { recursive: true, force: true });
});

/** A visitor's browser; every error that a page reports fails the test that made it. */
async function visit(options: BrowserContextOptions = {}, address = '/?lang=zh&theme=light'): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'zh-TW', ...options });
  contexts.push(context);
  return openPage(context, address);
}
async function openPage(context: BrowserContext, address = '/?lang=zh&theme=light'): Promise<Page> {
  const page = await context.newPage();
  page.on('pageerror', (fault) => {
    throw fault;
  });
  await page.goto(server.url + address);
  await launcher(page).waitFor();
  return page;
}
async function begin(options: BrowserContextOptions = {}): Promise<Page> {
  const page = await visit(options);
  await launcher(page).click();
  await bubbles(page).first().waitFor();
  await until(() => server.lines() > 0);
  return page;
}
const launcher = (page: Page): Locator => page.locator('.launcher');
const bubbles = (page: Page): Locator => page.locator('.msgs .bubble');
const field = (page: Page): Locator => page.getByRole('textbox', { name: /^(訊息|Message)$/ });
const texts = (page: Page): Promise<string[]> => bubbles(page).allTextContents();
const waiting = (page: Page): Locator => page.locator('.is-own[data-status=waiting]');
async function say(page: Page, text: string): Promise<void> {
  await field(page).fill(text);
  await field(page).press('Enter');
}
async function until(holds: () => boolean | Promise<boolean>, ms = 10_000): Promise<void> {
  const end = Date.now() + ms;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error('It did not come about in time.');
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
const shows = (page: Page, expected: string[]): Promise<void> =>
  until(async () => JSON.stringify(await texts(page)) === JSON.stringify(expected)).catch(async () =>
    expect(await texts(page)).toEqual(expected),
  );

describe('a conversation', () => {
  test('begins with the first opening, answers, and is there after a reload', async () => {
    const before = server.conversations();
    const page = await visit();
    expect(server.conversations()).toBe(before);
    await launcher(page).click();
    await say(page, '寄到澎湖要多久？');
    const said = [GREETING['zh-TW'], '寄到澎湖要多久？', '收到：寄到澎湖要多久？'];
    await shows(page, said);
    await page.reload();
    await launcher(page).click();
    await shows(page, said);
    expect(server.conversations()).toBe(before + 1);
  });

  test('is the same in two tabs, and nothing stands in it twice', async () => {
    const one = await begin();
    const two = await openPage(one.context());
    await launcher(two).click();
    await until(() => server.lines() === 2);
    await say(one, '從第一個分頁');
    await say(two, '從第二個分頁');
    const said = ['從第一個分頁', '收到：從第一個分頁', '從第二個分頁', '收到：從第二個分頁'];
    await shows(one, [GREETING['zh-TW'], ...said]);
    await shows(two, [GREETING['zh-TW'], ...said]);
    for (const page of [one, two]) expect(await waiting(page).count()).toBe(0);
  });

  test('that has ended is rated and followed by a new one', async () => {
    const page = await begin();
    server.become('closed');
    server.say(CSAT);
    expect(await page.getByText('對話已結束').count()).toBeGreaterThan(0);
    await page.getByRole('radio', { name: '4 顆星' }).click();
    await page.getByRole('radio', { name: '4 顆星' }).press('ArrowRight');
    await page.getByLabel('哪裡可以更好？（選填）').fill('很快');
    await page.getByRole('button', { name: '送出' }).click();
    await page.getByRole('img', { name: '您的評分：5 顆星' }).waitFor();
    expect(server.received().findLast((frame) => frame.type === 'message')).toMatchObject({
      rating: { score: 5, comment: '很快' },
    });
    await page.getByRole('button', { name: '開始新的對話' }).click();
    await shows(page, [GREETING['zh-TW']]);
    await say(page, '再問一題');
    await shows(page, [GREETING['zh-TW'], '再問一題', '收到：再問一題']);
  });

  test('goes from the queue to a person and back, and says so each time', async () => {
    const page = await begin();
    server.become('queued', { place: 3, waitSeconds: 240 });
    await page.getByText('正在為您找客服人員。前面還有 2 位，約 4 分鐘。').waitFor();
    server.become('agent', { agent: '小安' });
    await page.getByText('小安 已加入對話').waitFor();
    await page.getByText('小安 為您服務').waitFor();
    server.frame({ type: 'typing', author: 'agent' });
    await page.locator('.typing').waitFor();
    server.say({ kind: 'text', text: '您好，我是小安。' }, AGENT);
    await page.locator('.avatar-agent', { hasText: '安' }).waitFor();
    expect(await page.locator('.typing').count()).toBe(0);
    await say(page, '謝謝');
    await page.getByText(/^已送達 \d\d:\d\d$/).waitFor();
    server.frame({ type: 'seen', seq: server.current().changes.length });
    await page.getByText(/^已讀 \d\d:\d\d$/).waitFor();
    server.become('bot');
    await page.getByText('客服人員已離開').waitFor();
  });

  test('shows a streamed answer as it grows, and the whole in its place', async () => {
    const page = await begin();
    const replyId = '00000000-0000-4000-8000-000000000001';
    server.frame({ type: 'delta', replyId, text: '手沖時' });
    server.frame({ type: 'delta', replyId, text: '水溫約 9' });
    await page.locator('.partials .bubble', { hasText: '手沖時水溫約 9' }).waitFor();
    const seq = server.current().changes.length + 1;
    const message = server.say({ kind: 'text', text: '手沖時水溫約 90 度。' });
    expect(message.seq).toBe(seq);
    await page.locator('.msgs .bubble', { hasText: '手沖時水溫約 90 度。' }).waitFor();
  });

  test('follows edits and deletions', async () => {
    const page = await begin();
    const wrong = server.say({ kind: 'text', text: '運費 100 元' });
    const slip = server.say({ kind: 'text', text: '說錯了' });
    server.edit(wrong.seq, { kind: 'text', text: '運費 160 元' });
    server.remove(slip.seq);
    await shows(page, [GREETING['zh-TW'], '運費 160 元']);
    await page.getByText('已編輯').waitFor();
    await page.getByText('這則訊息已刪除').waitFor();
  });
});

describe('a bad network', () => {
  test('keeps what is written, says so, and sends it in order when it is back', async () => {
    const page = await begin();
    await page.context().setOffline(true);
    await page.getByText('目前沒有網路，正在重新連線。您打的字都會保留。').waitFor();
    for (const text of ['一', '二', '三']) await say(page, text);
    expect(await waiting(page).count()).toBe(3);
    expect(await page.getByText('等待網路，尚未送出').count()).toBe(3);
    await page.reload().catch(() => {});
    await page.context().setOffline(false);
    await page.goto(`${server.url}/?lang=zh&theme=light`);
    await launcher(page).click();
    await shows(page, [GREETING['zh-TW'], '一', '收到：一', '二', '收到：二', '三', '收到：三']);
    expect(await page.locator('.banner').textContent()).toBe('');
  });

  test('that cuts the line again and again loses nothing and doubles nothing', async () => {
    const page = await begin();
    const said: string[] = [];
    for (let round = 1; round <= 5; round++) {
      server.cut();
      await say(page, `第 ${round} 則`);
      said.push(`第 ${round} 則`, `收到：第 ${round} 則`);
    }
    await shows(page, [GREETING['zh-TW'], ...said]);
  });

  test('that eats acknowledgements leaves each message there once', async () => {
    const page = await begin();
    server.deafen(true);
    await say(page, '只說一次');
    await until(() => server.received().some((frame) => frame.type === 'message' && frame.text === '只說一次'));
    server.deafen(false);
    server.cut();
    await shows(page, [GREETING['zh-TW'], '只說一次', '收到：只說一次']);
    expect(await waiting(page).count()).toBe(0);
  });

  test('brings what was said meanwhile, in order', async () => {
    const page = await begin();
    server.unreachable(true);
    server.cut();
    server.sayUnheard({ kind: 'text', text: '一' });
    server.sayUnheard({ kind: 'text', text: '二' });
    await page.getByText('連線中斷，正在重新連線。您打的字都會保留。').waitFor();
    server.unreachable(false);
    await shows(page, [GREETING['zh-TW'], '一', '二']);
  });

  test('that drops one change is noticed, and the change is fetched', async () => {
    const page = await begin();
    server.sayUnheard({ kind: 'text', text: '沒聽到的' });
    server.say({ kind: 'text', text: '聽到的' });
    await shows(page, [GREETING['zh-TW'], '沒聽到的', '聽到的']);
  });

  test('after which too much is missing makes it read the history, page by page', async () => {
    const page = await begin();
    server.mostReplayed(5);
    server.unreachable(true);
    server.cut();
    const missed = Array.from({ length: 8 }, (_, index) => `漏掉 ${index + 1}`);
    for (const text of missed) server.sayUnheard({ kind: 'text', text });
    server.unreachable(false);
    await shows(page, [GREETING['zh-TW'], ...missed]);
    server.say({ kind: 'text', text: '之後' });
    await shows(page, [GREETING['zh-TW'], ...missed, '之後']);
  });

  test('so long that the conversation expired ends in a new one that takes along what was typed', async () => {
    const page = await begin();
    server.unreachable(true);
    server.cut();
    await say(page, '還在嗎？');
    server.expire();
    server.unreachable(false);
    await page.getByText('先前的對話已過期，這是新的對話。').waitFor({ timeout: 15_000 });
    await shows(page, [GREETING['zh-TW'], '還在嗎？', '收到：還在嗎？']);
  });

  test('a server that refuses a message is quoted, and the message can be sent again', async () => {
    const page = await begin();
    server.refuseNext({ status: 503, detail: 'Busy.' });
    await say(page, '再試一次');
    await page.getByText('沒有送出：系統暫時忙不過來，請再試一次。').waitFor();
    await page.getByRole('button', { name: '重新傳送' }).click();
    await shows(page, [GREETING['zh-TW'], '再試一次', '收到：再試一次']);
  });
});

describe('files', () => {
  test('are picked, pasted or dropped, shown by both sides, and downloaded with the token', async () => {
    const page = await begin();
    await page.locator('input[type=file]').setInputFiles({ name: '照片.png', mimeType: 'image/png', buffer: PIXEL });
    const image = page.locator('.is-own .picture img');
    await image.waitFor();
    await until(async () => (await inChat(page, '.is-own .picture img', 'element.naturalWidth')) === 1);
    await inChat(
      page,
      'textarea[name=message]',
      `{
      const carrier = new DataTransfer();
      carrier.items.add(new File(['貼上'], '貼上.txt', { type: 'text/plain' }));
      element.dispatchEvent(new ClipboardEvent('paste', { clipboardData: carrier, bubbles: true, cancelable: true }));
    }`,
    );
    await page.locator('.is-own .file', { hasText: '貼上.txt' }).waitFor();
    await inChat(
      page,
      '.window',
      `{
      const carrier = new DataTransfer();
      carrier.items.add(new File(['放下'], '放下.txt', { type: 'text/plain' }));
      element.dispatchEvent(new DragEvent('drop', { dataTransfer: carrier, bubbles: true, cancelable: true }));
    }`,
    );
    const tile = page.locator('.is-own button.file', { hasText: '放下.txt' });
    await tile.waitFor();
    const [download] = await Promise.all([page.waitForEvent('download'), tile.click()]);
    expect(download.suggestedFilename()).toBe('放下.txt');
    expect(fs.readFileSync(await download.path(), 'utf8')).toBe('放下');
  });

  test('that are refused say why and can be sent again', async () => {
    const page = await begin();
    server.refuseUploads({ status: 415, detail: 'Not this kind.' });
    await page
      .locator('input[type=file]')
      .setInputFiles({ name: 'x.exe', mimeType: 'application/x-msdownload', buffer: PIXEL });
    await page.getByText('沒有送出：不支援這種檔案。').waitFor();
    server.refuseUploads(null);
    await page.getByRole('button', { name: '重新傳送' }).click();
    await page.locator('button.file', { hasText: 'x.exe' }).waitFor();
  });
});

describe('on the page', () => {
  test('what waits is counted and quoted beside the button, and the page hears of it', async () => {
    const page = await begin();
    await page.evaluate('window.heard = []; void window.Frontdesk.on("unread", (count) => window.heard.push(count))');
    await field(page).press('Escape');
    server.say({ kind: 'text', text: '週三 **12 點**後都能取。' }, AGENT);
    await page.getByRole('button', { name: '開啟客服對話，1 則未讀' }).waitFor();
    await page.getByText('小安：週三 12 點後都能取。').waitFor();
    server.say({ kind: 'text', text: '報末三碼就可以。' }, AGENT);
    await page.locator('.count', { hasText: '2' }).waitFor();
    await page.reload();
    await page.locator('.count', { hasText: '2' }).waitFor();
    await page.getByRole('button', { name: '關閉這則提示' }).click();
    expect(await page.locator('.teaser').isVisible()).toBe(false);
    await launcher(page).click();
    expect(await page.locator('.count').isVisible()).toBe(false);
    await until(() =>
      server.received().some((frame) => frame.type === 'seen' && frame.seq === server.current().changes.length),
    );
  });

  test('everything works by keyboard, and the focus comes back to where it was', async () => {
    const page = await visit();
    await launcher(page).focus();
    await page.keyboard.press('Enter');
    expect(await focused(page)).toContain('訊息');
    await page.keyboard.type('只用鍵盤');
    await page.keyboard.press('Enter');
    await shows(page, [GREETING['zh-TW'], '只用鍵盤', '收到：只用鍵盤']);
    const menu = page.getByRole('button', { name: '選單：語言、下載對話' });
    await menu.focus();
    await page.keyboard.press('ArrowDown');
    expect(await focused(page)).toContain('繁體中文');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Shanching Support' }).waitFor();
    expect(await field(page).getAttribute('placeholder')).toBe('Type a message…');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Escape');
    expect(await page.locator('.menu').isVisible()).toBe(false);
    expect(await page.locator('.window').isVisible()).toBe(true);
    await page.keyboard.press('Escape');
    expect(await page.locator('.window').isVisible()).toBe(false);
    expect(await focused(page)).toContain('Open the support chat');
  });

  test('Enter never sends while an input method composes', async () => {
    const page = await begin();
    await field(page).focus();
    const keyboard = await page.context().newCDPSession(page);
    await keyboard.send('Input.imeSetComposition', { text: 'ㄋㄧˇㄏㄠˇ', selectionStart: 6, selectionEnd: 6 });
    await page.keyboard.press('Enter');
    await keyboard.send('Input.insertText', { text: '你好' });
    expect(await texts(page)).toEqual([GREETING['zh-TW']]);
    await page.keyboard.press('Enter');
    await shows(page, [GREETING['zh-TW'], '你好', '收到：你好']);
  });

  test('what is being read stays where it is when something new comes', async () => {
    const page = await begin();
    for (let line = 1; line <= 30; line++) server.say({ kind: 'text', text: `第 ${line} 行` });
    await page.getByText('第 30 行').waitFor();
    await inChat(page, '.scroller', '{ element.scrollTop = 200; }');
    await until(async () => (await inChat(page, '.scroller', 'element.scrollTop')) === 200);
    server.say({ kind: 'text', text: '新的一行' });
    await page.getByRole('button', { name: '新訊息' }).click();
    await until(() => inChat(page, '.scroller', 'element.scrollHeight - element.scrollTop - element.clientHeight < 2'));
  });

  test("the page's styles do not reach in and ours do not reach out", async () => {
    const page = await visit({}, '/hostile');
    const HOST = `(() => { const { color, font, letterSpacing } = getComputedStyle(document.querySelector('#host')); return [color, font, letterSpacing].join(); })()`;
    const before = await page.evaluate(HOST);
    await launcher(page).click();
    await bubbles(page).first().waitFor();
    const look = await inChat(
      page,
      '.window h2',
      `{
      const style = getComputedStyle(element);
      return [style.fontSize, style.visibility, style.textTransform, style.letterSpacing, element.textContent];
    }`,
    );
    expect(look).toEqual(['16px', 'visible', 'none', 'normal', 'Care']);
    expect(await inChat(page, '.launcher', 'getComputedStyle(element).transform')).toBe('none');
    expect(await inChat(page, '.window', '[element.offsetWidth, element.offsetHeight]')).toEqual([380, 640]);
    expect(await page.evaluate(HOST)).toBe(before);
  });

  test('a question from the page stands in the field, ready to be sent', async () => {
    const page = await visit();
    await page.getByRole('button', { name: '詢問這一項' }).first().click();
    expect(await field(page).inputValue()).toBe('請問「細口手沖壺 600 ml」有現貨嗎？');
  });

  test('the conversation can be downloaded as a text', async () => {
    const page = await begin();
    await say(page, '寄到澎湖要多久？');
    await page.getByText('收到：寄到澎湖要多久？').waitFor();
    await page.getByRole('button', { name: '選單：語言、下載對話' }).click();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('menuitem', { name: '下載對話' }).click(),
    ]);
    expect(fs.readFileSync(await download.path(), 'utf8')).toMatch(
      /^山青選物客服 · 對話紀錄\n\n.* 機器人：您好，這裡是山青選物。\n.* 您：寄到澎湖要多久？\n.* 機器人：收到：寄到澎湖要多久？\n$/,
    );
  });

  test('on a phone the window is the whole screen and Tab stays inside', async () => {
    const page = await begin({ viewport: { width: 375, height: 740 }, hasTouch: true, isMobile: true });
    const box = '[element.offsetLeft, element.offsetTop, element.offsetWidth, element.offsetHeight]';
    expect(await inChat(page, '.window', box)).toEqual([0, 0, 375, 740]);
    expect(await page.locator('.window').getAttribute('aria-modal')).toBe('true');
    for (let stop = 0; stop < 12; stop++) {
      await page.keyboard.press('Tab');
      expect(await page.evaluate('document.activeElement.id')).toBe('frontdesk-chat');
    }
    const small = await inChat(
      page,
      '.window',
      `[...element.querySelectorAll('button, textarea')]
      .map((target) => target.getBoundingClientRect())
      .filter((box) => box.width > 0 && (box.width < 44 || box.height < 44)).length`,
    );
    expect(small).toBe(0);
  });
});

/** Runs an expression over the chat's `element` in the page: the tests' own types know no browser. */
function inChat<Result>(page: Page, selector: string, expression: string): Promise<Result> {
  return page.evaluate<Result>(`((element) => ${expression})(
    document.querySelector('#frontdesk-chat').shadowRoot.querySelector(${JSON.stringify(selector)}))`);
}

async function focused(page: Page): Promise<string> {
  return String(
    await page.evaluate(`(() => {
      const element = document.activeElement.shadowRoot?.activeElement ?? document.activeElement;
      return [element.getAttribute('aria-label'), element.textContent].join(' ');
    })()`),
  );
}

/** What the page shows that WCAG 2.2 AA or good practice forbids. */
async function faults(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  return page.evaluate<string[]>(`axe.run(document).then(({ violations }) =>
    violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ target, failureSummary }) => target + ' ' + failureSummary).join(' | ')))`);
}

/** Everything at once, as a conversation would bring it. */
function sayEverything(): void {
  const choices = [
    { id: 'q1', label: '查訂單' },
    { id: 'q2', label: '有適合送禮的嗎？' },
  ];
  const source = { kind: 'faq', id: 'f', title: '離島寄送與運費', url: 'https://example.com/faq' } as const;
  const card = {
    title: '對杯禮盒',
    subtitle: 'NT$980',
    text: '霧面釉，兩色一組，可微波。',
    links: [{ label: '看商品', url: 'https://example.com/cup' }],
    choices: [{ id: 'k1', label: '問這一項' }],
  };
  server.say({
    kind: 'text',
    text: '出貨後 **3 至 5 天**：\n\n- 運費 `160` 元\n- [說明](https://example.com/)\n\n1. 一\n2. 二',
    source,
  });
  server.say({ kind: 'carousel', text: '這三樣', cards: [card, { ...card, title: '細口手沖壺 600 ml' }, card] });
  server.say({ kind: 'card', ...card });
  server.say({
    kind: 'confirm',
    text: '要取消嗎？',
    confirm: { id: 'y', label: '取消訂單' },
    cancel: { id: 'n', label: '保留' },
    danger: true,
  });
  server.say({ kind: 'link', text: '看這裡', label: '打開訂單', url: 'https://example.com/o' });
  server.say({ kind: 'handoff_notice', text: '正在為您轉接客服人員。', phase: 'queued' });
  server.say(
    { kind: 'file', attachment: { id: 'u1', name: '退貨標籤 SQ-20931.pdf', type: 'application/pdf', bytes: 84_000 } },
    AGENT,
  );
  server.say({
    kind: 'form',
    text: '請留下聯絡方式。',
    submit: { id: 'form', label: '送出資料' },
    fields: [
      { name: 'email', label: '電子郵件', type: 'email', required: true },
      { name: 'reason', label: '原因', type: 'choice', required: false, options: [{ value: 'a', label: '尺寸不合' }] },
      { name: 'more', label: '說明', type: 'paragraph', required: false },
    ],
  });
  server.say(CSAT);
  server.say({ kind: 'quick_replies', text: '還需要什麼？', choices, source });
}

const SCREENS = [320, 375, 1440].flatMap((width) =>
  (['light', 'dark'] as const).flatMap((theme) => (['zh', 'en'] as const).map((lang) => [width, theme, lang] as const)),
);

test.each(SCREENS)('axe finds nothing at %i px, %s, %s, and nothing scrolls sideways', async (width, theme, lang) => {
  const page = await visit(
    { viewport: { width, height: 740 }, locale: lang === 'zh' ? 'zh-TW' : 'en-GB', hasTouch: width < 768 },
    `/?lang=${lang}&theme=${theme}`,
  );
  await launcher(page).click();
  await bubbles(page).first().waitFor();
  sayEverything();
  await page.locator('.form [type=submit]').click();
  await page.locator('.form [aria-invalid]').waitFor();
  expect(await faults(page)).toEqual([]);
  const wide =
    await page.evaluate(`[document.scrollingElement, document.querySelector('#frontdesk-chat').shadowRoot.querySelector('.scroller')]
    .filter((element) => element.scrollWidth > element.clientWidth + 1).length`);
  expect(wide).toBe(0);

  server.become('queued', { place: 3, waitSeconds: 240 });
  server.frame({ type: 'typing', author: 'agent' });
  await page.context().setOffline(true);
  await say(page, lang === 'zh' ? '大概中午會到' : 'Around noon');
  await page.locator('.meta.late').waitFor();
  await page.locator('.head-button').first().click();
  expect(await faults(page)).toEqual([]);

  await page.keyboard.press('Escape');
  await page.context().setOffline(false);
  await waiting(page).waitFor({ state: 'detached' });
  server.become('closed');
  await page.locator('.foot .wide').waitFor();
  expect(await faults(page)).toEqual([]);
  await page.keyboard.press('Escape');
  server.say({ kind: 'text', text: '週三中午 12 點後都能取。' }, AGENT);
  await page.locator('.teaser').waitFor();
  expect(await faults(page)).toEqual([]);
});

test('with reduced motion nothing moves, and in forced colours every message has an edge', async () => {
  const page = await begin({ reducedMotion: 'reduce', forcedColors: 'active' });
  server.frame({ type: 'typing', author: 'bot' });
  await page.locator('.typing').waitFor();
  const moving = await page.evaluate(`document.querySelector('#frontdesk-chat').shadowRoot.getAnimations()
    .filter((animation) => animation.effect.getComputedTiming().duration > 0).length`);
  expect(moving).toBe(0);
  expect(await inChat(page, '.msgs .bubble', 'getComputedStyle(element).borderTopWidth')).toBe('1px');
});
