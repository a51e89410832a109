import { AN, summary, ZHE } from '../../../testing/fixtures.ts';
import { belongs, inGroups, layOver } from './lists.ts';
import { createRecents } from './recents.ts';

const waiting = (conversation: Parameters<typeof belongs>[1]): boolean => belongs('waiting', conversation, AN.id);
const names = (rows: readonly { customer: { name: string } }[]): string[] => rows.map(({ customer }) => customer.name);

test('news go over what was fetched before them, never over what was fetched after', () => {
  const recents = createRecents();
  recents.put(summary(1, { name: 'old news', waited: 1 }));
  const page = { items: [summary(1, { name: 'fetched', waited: 1 })], since: recents.mark() };
  expect(names(layOver([page], recents.all(), waiting))).toEqual(['fetched']);
  recents.put(summary(1, { name: 'news', waited: 1 }));
  expect(names(layOver([page], recents.all(), waiting))).toEqual(['news']);
});

test('news bring what belongs to a list and take away what left it', () => {
  const recents = createRecents();
  const page = { items: [summary(1, { waited: 1 })], since: recents.mark() };
  recents.put(summary(2, { waited: 0 }));
  recents.put(summary(1, { state: 'agent', agent: ZHE }));
  expect(names(layOver([page], recents.all(), waiting))).toEqual(['顧客2']);
});

test('a conversation that ended while the line was down is gone after the next fetch', () => {
  const recents = createRecents();
  recents.put(summary(1, { waited: 1 }));
  expect(layOver([{ items: [], since: recents.mark() }], recents.all(), waiting)).toEqual([]);
});

test('a conversation stands in one group only, however many lists hold it', () => {
  const mine = summary(1, { state: 'agent' });
  const others = [summary(3, { state: 'agent', agent: ZHE }), summary(2), summary(4, { state: 'closed' })];
  const groups = inGroups([mine, mine, ...others, summary(5, { waited: 2 }), summary(6, { waited: 7 })], AN.id);
  expect(names(groups.waiting)).toEqual(['顧客6', '顧客5']);
  expect(names(groups.mine)).toEqual(['顧客1']);
  expect(names(groups.others)).toEqual(['顧客2', '顧客3', '顧客4']);
});
