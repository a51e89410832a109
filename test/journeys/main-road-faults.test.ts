import type { Page } from 'playwright-core';
import {
  button,
  chat,
  chatTexts,
  eventually,
  openHouse,
  reply,
  say,
  thread,
  threadTexts,
  type House,
} from './support.ts';

import.meta.jest.setTimeout(240_000);

const MEI = { email: 'mei@shop.test', name: '小美' };

let house: House;

beforeAll(async () => {
  house = await openHouse([MEI]);
});
afterAll(() => house?.close());

/** A customer, and an agent who has her conversation, each at a screen of their own. */
async function talk(): Promise<{ customer: Page; agent: Page }> {
  const customer = await house.visit('/?lang=zh');
  await say(customer, '我要找真人');
  const agent = await house.sit(MEI);
  await agent.getByRole('link', { name: /要求真人/ }).click();
  await button(agent, '接手').click();
  await chat(customer).getByText('小美 已加入對話').waitFor();
  return { customer, agent };
}

/** Everything that customer and agent said, as a screen shows it: it begins with “開始”. */
const sinceStart = async (texts: Promise<string[]>): Promise<string[]> => {
  const all = await texts;
  const start = all.indexOf('開始');
  return start < 0 ? [] : all.slice(start);
};
async function bothShow({ customer, agent }: { customer: Page; agent: Page }, said: string[]): Promise<void> {
  await eventually(() => sinceStart(chatTexts(customer)), said);
  await eventually(() => sinceStart(threadTexts(agent)), said);
}

/** Sends again what could not go out, in the order in which it was written. */
async function sendAgain(agent: Page, texts: readonly string[]): Promise<void> {
  for (const text of texts) {
    const failed = thread(agent).locator('.said', { hasText: text });
    await failed.getByRole('button', { name: '重新傳送' }).click();
    await failed.getByText(/^(已送出|已送達|已讀)/).waitFor();
  }
}

test('offline for a while on either side and on both: every message is there once and in order', async () => {
  const { customer, agent } = await talk();
  const said = ['開始', '我在'];
  await say(customer, '開始');
  await thread(agent).getByText('開始', { exact: true }).waitFor();
  await reply(agent, '我在');
  await bothShow({ customer, agent }, said);

  await customer.context().setOffline(true);
  await customer.getByText('目前沒有網路').waitFor();
  await reply(agent, '一、蓋子今天寄出');
  await say(customer, '二、好的');
  await say(customer, '三、會收運費嗎');
  await customer.getByText('等待網路，尚未送出').nth(1).waitFor();
  await customer.context().setOffline(false);
  said.push('一、蓋子今天寄出', '二、好的', '三、會收運費嗎');
  await bothShow({ customer, agent }, said);

  await agent.context().setOffline(true);
  await reply(agent, '五、不收運費');
  await reply(agent, '六、週三會到');
  await thread(agent).getByText('未送出').nth(1).waitFor();
  await say(customer, '四、還在嗎');
  await agent.context().setOffline(false);
  await thread(agent).getByText('四、還在嗎').waitFor();
  await sendAgain(agent, ['五、不收運費', '六、週三會到']);
  said.push('四、還在嗎', '五、不收運費', '六、週三會到');
  await bothShow({ customer, agent }, said);

  await Promise.all([customer.context().setOffline(true), agent.context().setOffline(true)]);
  await customer.getByText('目前沒有網路').waitFor();
  await say(customer, '七、太好了');
  await reply(agent, '八、還有別的事嗎');
  await thread(agent).getByText('未送出').waitFor();
  await customer.context().setOffline(false);
  await customer.getByText('目前沒有網路').waitFor({ state: 'detached' });
  await agent.context().setOffline(false);
  await thread(agent).getByText('七、太好了').waitFor();
  await sendAgain(agent, ['八、還有別的事嗎']);
  said.push('七、太好了', '八、還有別的事嗎');
  await bothShow({ customer, agent }, said);

  // What the screens say is what the server has: read anew, it is the same.
  await Promise.all([customer.reload(), agent.reload()]);
  await customer.getByRole('button', { name: /^開啟客服對話/ }).click();
  await bothShow({ customer, agent }, said);
});

test('the server killed and started in between: both come back by themselves, nothing is missing or there twice', async () => {
  const { customer, agent } = await talk();
  const shopper = await house.visit('/?lang=zh');
  const said = ['開始', '我在', '剛剛送出就斷了'];
  await say(customer, '開始');
  await thread(agent).getByText('開始', { exact: true }).waitFor();
  await reply(agent, '我在');
  await bothShow({ customer, agent }, said.slice(0, 2));

  await say(customer, '剛剛送出就斷了');
  await house.kill();
  await customer.getByText('連線中斷').waitFor();
  await agent.getByText('即時連線中斷').first().waitFor();
  await say(customer, '斷線時寫的');
  await reply(agent, '斷線時回的');
  await thread(agent).getByText('未送出').waitFor();
  await say(shopper, '寄到澎湖要運費嗎');
  await house.start();

  said.push('斷線時寫的');
  await thread(agent).getByText('斷線時寫的').waitFor();
  await sendAgain(agent, ['斷線時回的']);
  said.push('斷線時回的');
  await bothShow({ customer, agent }, said);
  await customer.getByText('連線中斷').waitFor({ state: 'detached' });
  await agent.getByText('即時連線中斷').first().waitFor({ state: 'detached' });

  // And the bot answers what was asked while it was dead, once.
  await chat(shopper).getByText('運費 160 元').waitFor();
  await say(shopper, '寄到日本要多久');
  await chat(shopper).getByText('寄到日本運費 380 元').waitFor();
  const texts = (await chatTexts(shopper)).slice(1).map((text) => text.slice(0, 8));
  expect(texts).toEqual(['寄到澎湖要運費嗎', '寄送澎湖、金門、', '寄到日本要多久', '寄到日本運費 3']);
});

test('two tabs of one customer stay in step', async () => {
  const one = await house.visit('/?lang=zh');
  const two = await house.openTab(one.context());
  const greeting = await chatTexts(one);
  await eventually(() => chatTexts(two), greeting);
  await say(one, '寄到澎湖要運費嗎');
  await chat(two).getByText('運費 160 元').waitFor();
  await button(two, '有幫助').click();
  await chat(one).getByText('很高興').waitFor();
  await say(two, '可以刷卡分期嗎');
  await chat(one).getByText('單筆滿 3,000 元可分 3 期或 6 期').waitFor();
  const said = (await chatTexts(one)).map((text) => text.slice(0, 8));
  expect(said.slice(1, 4)).toEqual(['寄到澎湖要運費嗎', '寄送澎湖、金門、', '有幫助']);
  expect(said).toHaveLength(greeting.length + 6);
  await eventually(async () => (await chatTexts(two)).map((text) => text.slice(0, 8)), said);
});
