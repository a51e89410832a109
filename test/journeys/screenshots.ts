import fs from 'node:fs';
import path from 'node:path';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { offerSharedServices } from '../support/shared-services.ts';
import { button, chat, openHouse, reply, say, thread } from './support.ts';

// Takes the README's pictures of a real conversation: `node cli/node24.mjs test/journeys/screenshots.ts [folder]`. With a
// folder it also takes both languages, both themes and a phone's width there, to be looked at.

const IMAGES = path.resolve(import.meta.dirname, '../../docs/images');
const AN = { email: 'an@shop.test', name: '小安' };
const WIDE: BrowserContextOptions = { viewport: { width: 1440, height: 900 } };
const PHONE: BrowserContextOptions = { viewport: { width: 375, height: 812 }, hasTouch: true, isMobile: true };
const LOCALES = ['zh-TW', 'en-US'] as const;

/** Customers who are there already when the picture is taken, and what they say. */
const OTHERS: readonly { locale: 'zh-TW' | 'en'; lines: readonly string[] }[] = [
  { locale: 'zh-TW', lines: ['生日點數什麼時候會進來？'] },
  { locale: 'en', lines: ['Do you ship to Singapore?', 'And to Okinawa?'] },
  { locale: 'zh-TW', lines: ['你們到底在搞什麼 都三天了還沒出貨！！', '找真人', '訂單 SQ-20451'] },
  { locale: 'en', lines: ['I need 40 gift boxes for our company', 'I want to talk to a person'] },
  { locale: 'zh-TW', lines: ['我要找真人', '刷了兩次卡，其中一筆可以取消嗎？'] },
];

const services = await offerSharedServices();
const house = await openHouse([AN]);
try {
  for (const other of OTHERS) await talk(other);
  const sessionId = await takeReadmePictures();
  const folder = process.argv[2];
  if (folder !== undefined) await takeAll(folder, sessionId);
} finally {
  await house.close();
  await services.stop();
}

async function talk({ locale, lines }: (typeof OTHERS)[number]): Promise<void> {
  const { sessionId, sessionToken } = await post('/chat/sessions', { locale });
  for (const text of lines) await post('/chat/message', { sessionId, text }, sessionToken);
}

async function post(route: string, body: object, token?: string): Promise<{ sessionId: string; sessionToken: string }> {
  const response = await fetch(house.url + route, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...(token ? { Authorization: `Bearer ${token}` } : {}) },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${route}: ${await response.text()}`);
  return (await response.json()) as { sessionId: string; sessionToken: string };
}

/** Returns the conversation that stands in the desk's picture. */
async function takeReadmePictures(): Promise<string> {
  const shopper = await house.visit('/?lang=zh&theme=light', WIDE);
  await say(shopper, '寄到澎湖要多久？');
  await chat(shopper).getByText('運費 160 元').waitFor();
  await picture(shopper, path.join(IMAGES, 'widget.png'));

  const customer = await house.visit('/?lang=zh&theme=light', WIDE);
  await say(customer, '收到的手沖壺破了');
  await button(customer, '我沒有訂單編號').waitFor();
  await say(customer, 'SQ-20451');
  await button(customer, '略過照片').waitFor();
  await customer
    .locator('input[type=file]')
    .setInputFiles({ name: '壺蓋.jpg', mimeType: 'image/jpeg', buffer: await drawLid(shopper) });
  await chat(customer).getByText('好的。').waitFor();
  await say(customer, '我直接找真人好了');
  await customer.getByText('正在為您找客服人員').first().waitFor();

  const desk = await house.sit(AN, '/admin/', WIDE);
  await desk.getByRole('link', { name: /商品破損/ }).click();
  await button(desk, '接手').click();
  await chat(customer).getByText('小安 已加入對話').waitFor();
  await reply(desk, '您好，我是小安。新的壺蓋今天從台中倉寄出，週三前會到。');
  await chat(customer).getByText('新的壺蓋今天').waitFor();
  await button(desk, '備註').click();
  await desk.getByRole('textbox', { name: /備註$/ }).fill('台中倉剩 6 個，已請倉儲保留 1 個。');
  await button(desk, '存備註').click();
  await thread(desk).getByText('台中倉剩 6 個').waitFor();
  await say(customer, '太好了！可以改到門市自取嗎？');
  await thread(desk).getByText('改到門市自取').waitFor();
  await button(desk, '建立工單').click();
  const drawer = desk.getByRole('dialog', { name: '建立工單' });
  await drawer.getByLabel('主旨').fill('手沖壺壺蓋破損，補寄壺蓋');
  await drawer.getByLabel('優先').selectOption('high');
  await drawer.getByRole('button', { name: '建立工單' }).click();
  await drawer.waitFor({ state: 'detached' });
  await desk.getByRole('link', { name: /補寄壺蓋/ }).waitFor();
  await button(desk, '回覆').click();
  await desk.getByRole('textbox', { name: /^回覆/ }).fill('可以的，週三中午 12 點後到台中門市報手機末三碼就能取。');
  await picture(desk, path.join(IMAGES, 'desk.png'));
  return new URL(desk.url()).pathname.split('/').at(-1)!;
}

/** The pages in both languages and themes, on a desk and on a phone. */
async function takeAll(folder: string, sessionId: string): Promise<void> {
  fs.mkdirSync(folder, { recursive: true });
  const places = {
    desk: '/admin/desk',
    conversation: `/admin/desk/${sessionId}`,
    tickets: '/admin/tickets',
    faqs: '/admin/faqs',
  };
  for (const [size, screen] of Object.entries({ 1440: WIDE, 375: PHONE }))
    for (const colorScheme of ['light', 'dark'] as const)
      for (const locale of LOCALES) {
        const look = { ...screen, colorScheme, locale };
        const lang = locale === 'zh-TW' ? 'zh' : 'en';
        const name = (what: string): string => path.join(folder, `${what}-${size}-${colorScheme}-${lang}.png`);
        const shopper = await house.visit(`/?lang=${lang}`, look);
        await say(shopper, lang === 'zh' ? '寄到澎湖要多久？' : 'Do you ship to Singapore?');
        await chat(shopper)
          .getByText(lang === 'zh' ? '運費 160 元' : 'NT$420')
          .waitFor();
        await picture(shopper, name('widget'));
        await shopper.context().close();
        const agent = await house.sit(AN, '/admin/', look);
        for (const [what, place] of Object.entries(places)) {
          await agent.goto(house.url + place);
          await agent.getByRole('main').waitFor();
          await picture(agent, name(what));
        }
        await agent.context().close();
      }
}

async function picture(page: Page, file: string): Promise<void> {
  await page.waitForLoadState('networkidle');
  await page.evaluate('document.fonts.ready.then(() => undefined)');
  await page.screenshot({ path: file, animations: 'disabled', caret: 'hide' });
  process.stdout.write(`${file} ${Math.round(fs.statSync(file).size / 1000)} kB\n`);
}

/** A photo that nobody had to take: a lid with a crack. */
async function drawLid(page: Page): Promise<Buffer> {
  const drawn = await page.evaluate<string>(`(() => {
    const canvas = Object.assign(document.createElement('canvas'), { width: 480, height: 300 });
    const pen = canvas.getContext('2d');
    pen.fillStyle = '#e6ebe9';
    pen.fillRect(0, 0, 480, 300);
    const oval = (y, rx, ry, colour) => {
      pen.fillStyle = colour;
      pen.beginPath();
      pen.ellipse(240, y, rx, ry, 0, 0, 7);
      pen.fill();
    };
    oval(170, 165, 72, '#7d8a86');
    oval(158, 150, 60, '#a9b4b0');
    oval(130, 34, 18, '#5b6a65');
    pen.strokeStyle = '#2f3a36';
    pen.lineWidth = 5;
    pen.stroke(new Path2D('M318 118 l18 20 l-14 16 l24 18 l-10 22'));
    return canvas.toDataURL('image/jpeg', 0.8);
  })()`);
  return Buffer.from(drawn.split(',')[1]!, 'base64');
}
