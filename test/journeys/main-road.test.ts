import { button, chat, chatTexts, openHouse, reply, say, thread, type House } from './support.ts';

import.meta.jest.setTimeout(180_000);

const MEI = { email: 'mei@shop.test', name: '小美' };
const ZHE = { email: 'zhe@shop.test', name: '阿哲' };
/** A small green picture. */
const PHOTO = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

let house: House;

beforeAll(async () => {
  house = await openHouse([MEI, ZHE]);
});
afterAll(() => house?.close());

test('a question in Chinese is answered from the right FAQ, which stands under it', async () => {
  const page = await house.visit('/?lang=zh');
  await say(page, '寄到澎湖要運費嗎');
  await chat(page).getByText('運費 160 元，單筆滿 2,500 元免運').waitFor();
  await chat(page).getByText('資料來源：寄到離島要多久、運費多少？').waitFor();
  await button(page, '有幫助').click();
  await chat(page).getByText('很高興').waitFor();
});

test('a question in English is answered from the right FAQ, and so is the next one that leans on it', async () => {
  const page = await house.visit('/?lang=en', { locale: 'en-GB' });
  await say(page, 'Do you ship to Singapore?');
  await chat(page).getByText('Yes. 5 to 8 working days, NT$420 flat; duties are paid on delivery.').waitFor();
  await chat(page).getByText('Source: Do you ship to Singapore?').waitFor();
  await say(page, 'And to Okinawa?');
  await chat(page).getByText('Okinawa costs NT$380 flat').waitFor();
});

test('a broken cup becomes one ticket with its photo, its number is told, and agents have it', async () => {
  const page = await house.visit('/?lang=zh');
  await say(page, '收到的杯子破了');
  await button(page, '我沒有訂單編號').waitFor();
  await say(page, 'SQ-20451');
  await button(page, '略過照片').waitFor();
  const photo = { name: '杯子.png', mimeType: 'image/png', buffer: PHOTO };
  await page.locator('input[type=file]').setInputFiles(photo);
  await chat(page).getByRole('img', { name: '杯子.png' }).waitFor();
  await chat(page).getByText('好的。請留下 email 或電話').waitFor();
  await say(page, 'amy@example.com');
  await chat(page).getByText('訂單 SQ-20451，附件 1 個，回覆到 amy@example.com').waitFor();
  await button(page, '送出').click();
  const told = chat(page).getByText(/工單 T-\d+ 已經建立/);
  const [number = ''] = /T-\d+/.exec(await told.innerText()) ?? [];
  await say(page, '送出');
  await chat(page).getByText('不會重複送出').waitFor();

  const desk = await house.sit(MEI, '/admin/tickets');
  const row = desk.getByRole('row', { name: number });
  await row.getByText('收到的杯子破了').waitFor();
  await row.getByRole('link').first().click();
  const ticket = desk.getByRole('region', { name: `工單 ${number}` });
  await ticket.getByText('杯子.png').waitFor();
  await ticket.getByText('amy@example.com', { exact: true }).waitFor();
  expect(await desk.getByRole('row', { name: /收到的杯子破了/ }).count()).toBe(1);
  // What the ticket came from is one step away.
  await ticket.getByRole('link', { name: '開啟對話' }).click();
  await thread(desk).getByRole('img', { name: '杯子.png' }).waitFor();
});

test('“我要找真人” brings a person; the bot is silent while she has it, and goes on when she hands it back', async () => {
  const customer = await house.visit('/?lang=zh');
  await say(customer, '我要找真人');
  await customer.getByText('正在為您找客服人員。下一位就是您').waitFor();
  const [mei, zhe] = await Promise.all([house.sit(MEI), house.sit(ZHE)]);
  const waiting = mei.getByRole('region', { name: '對話清單' }).getByRole('link', { name: /要求真人/ });
  await waiting.click();
  await zhe.goto(house.url + new URL(mei.url()).pathname);
  await button(zhe, '接手').waitFor();
  await button(mei, '接手').click();

  // What one does the other sees; and the customer hears who it is.
  await zhe.getByText('小美 正在處理這段對話').waitFor();
  await customer.getByText('小美 為您服務').waitFor();
  await chat(customer).getByText('小美 已加入對話').waitFor();

  await say(customer, '茶壺的蓋子可以補寄嗎');
  await thread(mei).getByText('茶壺的蓋子可以補寄嗎').waitFor();
  await reply(mei, '可以的，今天就寄出。');
  await chat(customer).getByText('可以的，今天就寄出。').waitFor();
  // A question that the bot could answer is hers too.
  await say(customer, '寄到澎湖要運費嗎');
  await thread(zhe).getByText('寄到澎湖要運費嗎').waitFor();
  await reply(mei, '補寄不收運費。');
  await chat(customer).getByText('補寄不收運費。').waitFor();

  await button(mei, '交還機器人').click();
  await chat(customer).getByText('小美 已經把對話交回來').waitFor();
  await say(customer, '可以刷卡分期嗎');
  await chat(customer).getByText('單筆滿 3,000 元可分 3 期或 6 期').waitFor();
  const said = (await chatTexts(customer)).map((text) => text.slice(0, 10));
  expect(said.slice(said.indexOf('茶壺的蓋子可以補寄嗎'))).toEqual([
    '茶壺的蓋子可以補寄嗎',
    '可以的，今天就寄出。',
    '寄到澎湖要運費嗎',
    '補寄不收運費。',
    '小美 已經把對話交回',
    '可以刷卡分期嗎',
    '可以，單筆滿 3,0',
  ]);

  // At the end the customer says how it was.
  await button(mei, '接手').click();
  await button(mei, '結案…').click();
  await mei.getByRole('alertdialog').getByRole('button', { name: '結案', exact: true }).click();
  await customer.getByRole('radio', { name: '5 顆星' }).click();
  await button(customer, '送出').click();
  await customer.getByRole('img', { name: '您的評分：5 顆星' }).waitFor();
});
