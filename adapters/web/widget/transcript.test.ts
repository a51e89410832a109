import type { InboundContent, OutboundContent } from '#core/conversation/content.schema.ts';
import { messageOf, stateOf } from './testing/messages.ts';
import { transcriptOf } from './transcript.ts';
import type { TimelineEntry } from './timeline.ts';

const said = (content: InboundContent | OutboundContent | string, own = false): string => {
  const message = messageOf(1, content, own ? { kind: 'customer' } : { kind: 'agent', name: '小安' });
  return transcriptOf([{ kind: 'message', message }], 'T', 'zh-TW')
    .split('\n')[2]!
    .replace(/^\S+ \S+ /, '');
};

test('a transcript has one line for each message, in order, and none for what only reports', () => {
  const entries: TimelineEntry[] = [
    { kind: 'message', message: messageOf(1, 'Hello') },
    { kind: 'state', line: { seq: 2, state: 'agent', at: stateOf(2, 'agent').at } },
    { kind: 'message', message: messageOf(3, 'Hi', { kind: 'customer' }) },
    { kind: 'message', message: { ...messageOf(4, 'secret'), deletedAt: '2026-11-24T05:41:00.000Z' } },
  ];
  expect(transcriptOf(entries, 'Support', 'en').replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d/g, 'AT')).toBe(
    'Support · Chat transcript\n\nAT Bot: Hello\nAT You: Hi\nAT Bot: This message was deleted\n',
  );
});

test('every kind of message has words', () => {
  const attachment = { id: 'u', name: 'a.pdf', type: 'application/pdf', bytes: 1 };
  const card = { title: '對杯', subtitle: 'NT$980' };
  expect(said({ kind: 'text', text: '三天', source: { kind: 'faq', id: 'f', title: '運費' } })).toBe(
    '小安：三天（資料來源：運費）',
  );
  expect(said({ kind: 'card', ...card })).toBe('小安：對杯 · NT$980');
  expect(said({ kind: 'carousel', cards: [card, card] })).toBe('小安：對杯 · 對杯');
  expect(said({ kind: 'file', attachment, caption: '標籤' })).toBe('小安：a.pdf · 標籤');
  expect(said({ kind: 'link', text: '看', label: '打開', url: 'https://example.com' })).toBe(
    '小安：看 打開 https://example.com',
  );
  expect(said({ kind: 'action', id: 'a', label: '查訂單' }, true)).toBe('您：查訂單');
  expect(said({ kind: 'command', name: 'start' }, true)).toBe('您：/start');
  expect(said({ kind: 'rating', score: 4, comment: '快' }, true)).toBe('您：您的評分：4 顆星 快');
  expect(said({ kind: 'reaction', to: 1, value: 'up' }, true)).toBe('您：有幫助');
  expect(said({ kind: 'location', latitude: 1, longitude: 2 }, true)).toBe('您：1, 2');
  expect(said({ kind: 'contact', name: '安', phone: '0912' }, true)).toBe('您：安 · 0912');
  expect(said({ kind: 'form', id: 'f', values: { email: 'a@b.tw' } }, true)).toBe('您：email: a@b.tw');
});
