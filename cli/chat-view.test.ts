import { viewContent } from './chat-view.ts';

const choice = (id: string, label: string): { id: string; label: string } => ({ id, label });

test('an answer shows where it was quoted from', () => {
  const source = { kind: 'faq' as const, id: '1', title: '退貨政策', url: 'https://shop.example/returns' };
  expect(viewContent({ kind: 'text', text: '七天內可退貨。', source }).lines).toEqual([
    '七天內可退貨。',
    '  (退貨政策, https://shop.example/returns)',
  ]);
});

test('buttons are numbered, whatever carries them', () => {
  const quick = viewContent({
    kind: 'quick_replies',
    text: 'Which?',
    choices: [choice('a', 'One'), choice('b', 'Two')],
  });
  expect(quick.lines).toEqual(['Which?', '  1. One', '  2. Two']);
  expect(quick.choices.map(({ id }) => id)).toEqual(['a', 'b']);
  const confirm = viewContent({
    kind: 'confirm',
    text: 'Sure?',
    confirm: choice('y', 'Yes'),
    cancel: choice('n', 'No'),
    danger: true,
  });
  expect(confirm.lines).toEqual(['Sure?', '  1. Yes', '  2. No']);
});

test('the buttons of several cards are counted through', () => {
  const { lines, choices } = viewContent({
    kind: 'carousel',
    cards: [
      { title: 'Tea', choices: [choice('t', 'Buy tea')] },
      {
        title: 'Coffee',
        subtitle: 'dark',
        links: [{ label: 'More', url: 'https://shop.example/c' }],
        choices: [choice('c', 'Buy coffee')],
      },
    ],
  });
  expect(lines).toEqual(['Tea', 'Coffee', 'dark', '  More: https://shop.example/c', '  1. Buy tea', '  2. Buy coffee']);
  expect(choices.map(({ id }) => id)).toEqual(['t', 'c']);
});

test.each([
  [{ kind: 'link', text: 'Here:', label: 'Track', url: 'https://x.example' }, ['Here:', 'Track: https://x.example']],
  [{ kind: 'system', text: '客服時間已結束', topic: 'hours' }, ['客服時間已結束']],
  [{ kind: 'handoff_notice', text: '真人客服即將為您服務', phase: 'queued' }, ['真人客服即將為您服務']],
  [
    { kind: 'file', attachment: { id: '1', name: '發票.pdf', type: 'application/pdf', bytes: 9 }, caption: '您的發票' },
    ['[發票.pdf]', '您的發票'],
  ],
  [
    {
      kind: 'form',
      text: 'Your order',
      fields: [{ name: 'number', label: 'Number', type: 'text', required: true }],
      submit: choice('s', 'Send'),
    },
    ['Your order', '  Number: ____', '  1. Send'],
  ],
  [
    { kind: 'csat', text: '滿意嗎？', choices: [1, 2, 3, 4, 5].map((n) => choice(`r${n}`, `${n}`)), comment: true },
    ['滿意嗎？', ...[1, 2, 3, 4, 5].map((n) => `  ${n}. ${n}`)],
  ],
  [
    { kind: 'voice', attachment: { id: '1', name: 'a.ogg', type: 'audio/ogg', bytes: 9 }, transcript: 'hi' },
    ['[a.ogg]', 'hi'],
  ],
  [{ kind: 'action', id: 'a1', label: 'Yes' }, ['Yes']],
  [{ kind: 'command', name: 'agent' }, ['/agent']],
  [{ kind: 'location', latitude: 25.03, longitude: 121.56 }, ['25.03, 121.56']],
  [{ kind: 'contact', name: 'Anna' }, ['Anna']],
  [{ kind: 'rating', score: 5, comment: '很好' }, ['5/5', '很好']],
  [{ kind: 'reaction', to: 3, value: 'up' }, ['+1']],
  [{ kind: 'form', id: 'f', values: { number: '7' } }, ['number: 7']],
] as const)('%j is shown in words', (content, lines) => {
  expect(viewContent(structuredClone(content) as Parameters<typeof viewContent>[0]).lines).toEqual(lines);
});
