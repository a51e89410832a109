import { OutboundContent } from '#core/conversation/content.schema.ts';
import type { Outgoing } from '../outbox.ts';
import type { OwnRow, TheirRow } from '../rows.ts';
import { messageOf } from '../testing/messages.ts';
import { WORDS } from '../words.ts';
import type { ViewContext } from './context.ts';
import { createFiles } from './files.ts';
import { problemOf } from './form.ts';
import { ownMessage, ownMeta, theirMessage } from './message.ts';

const said: Outgoing[] = [];
const skipped: number[] = [];
const context: ViewContext = {
  locale: () => 'zh-TW',
  words: () => WORDS['zh-TW'],
  now: () => new Date('2026-11-24T06:00:00Z'),
  send: (content) => said.push(content),
  resend: () => {},
  discard: () => {},
  skipRating: (seq) => skipped.push(seq),
  announce: () => {},
  files: createFiles({ download: async () => new Blob(['x']), words: () => WORDS['zh-TW'] }),
};
beforeEach(() => {
  said.length = skipped.length = 0;
  URL.createObjectURL = () => 'blob:x';
});

const choices = [
  { id: 'a', label: '查訂單' },
  { id: 'b', label: '退貨' },
];
const pdf = { id: 'u1', name: '退貨標籤.pdf', type: 'application/pdf', bytes: 84_000 };
const png = { id: 'u2', name: '照片.png', type: 'image/png', bytes: 84_000 };
const card = {
  title: '對杯禮盒',
  subtitle: 'NT$980',
  text: '霧面釉',
  image: { url: 'https://example.com/cup.png', alt: '兩個杯子' },
  links: [{ label: '看商品', url: 'https://example.com/cup' }],
  choices: [{ id: 'k1', label: '問這一項' }],
};
const source = { kind: 'faq', id: 'f', title: '離島寄送與運費', url: 'https://example.com/faq' } as const;

/** One of each kind, and what must stand there. The table is complete or does not compile. */
const EXAMPLES: Record<OutboundContent['kind'], [OutboundContent, string[]]> = {
  text: [{ kind: 'text', text: '**三天**到', source }, ['strong', '.source a[href="https://example.com/faq"]']],
  quick_replies: [{ kind: 'quick_replies', text: '需要什麼？', choices }, ['.replies[role=group] button:nth-child(2)']],
  card: [{ kind: 'card', ...card }, ['.card h3', '.card img[alt="兩個杯子"]', 'a.card-action', 'button.card-action']],
  carousel: [
    { kind: 'carousel', text: '這三樣', cards: [card, { ...card, title: '濾杯' }] },
    ['.cards[tabindex="0"] .card:nth-child(2)', '.pager button[disabled]'],
  ],
  image: [{ kind: 'image', attachment: png, caption: '尺寸表' }, ['.picture', '.text']],
  file: [{ kind: 'file', attachment: pdf }, ['button.file .sr']],
  form: [
    {
      kind: 'form',
      text: '聯絡方式',
      submit: { id: 'f1', label: '送出資料' },
      fields: [
        { name: 'email', label: '電子郵件', type: 'email', required: true },
        { name: 'why', label: '原因', type: 'choice', required: false, options: [{ value: 's', label: '尺寸' }] },
        { name: 'more', label: '說明', type: 'paragraph', required: false },
      ],
    },
    ['form label[for] + input[type=email][required]', 'select option[value=s]', 'textarea', 'button[type=submit]'],
  ],
  confirm: [
    { kind: 'confirm', text: '要取消嗎？', confirm: choices[0]!, cancel: choices[1]!, danger: true },
    ['.button.danger', '.button.outline'],
  ],
  link: [{ kind: 'link', text: '看這裡', label: '打開', url: 'https://example.com/o' }, ['a.button[rel*=noopener]']],
  handoff_notice: [{ kind: 'handoff_notice', text: '已轉接', phase: 'queued' }, ['.bubble']],
  system: [{ kind: 'system', text: '營業時間', topic: 'hours' }, ['.bubble']],
  csat: [
    {
      kind: 'csat',
      text: '如何？',
      comment: true,
      choices: [1, 2, 3, 4, 5].map((n) => ({ id: `s${n}`, label: `${n}` })),
    },
    ['fieldset legend', '[role=radiogroup] [role=radio]:nth-child(5)', 'label[for] + textarea'],
  ],
};

const rowOf = (content: OutboundContent, more: Partial<TheirRow> = {}): TheirRow => ({
  kind: 'theirs',
  message: messageOf(1, content),
  named: true,
  open: true,
  chosen: null,
  done: false,
  score: null,
  feedback: null,
  ...more,
});
const draw = (content: OutboundContent, more: Partial<TheirRow> = {}): HTMLElement => {
  const element = theirMessage(rowOf(content, more), context);
  document.body.replaceChildren(element);
  return element;
};
const press = (element: ParentNode, selector: string): void => element.querySelector<HTMLElement>(selector)!.click();

test.each(Object.entries(EXAMPLES))('%s is drawn whole', (_kind, [content, parts]) => {
  expect(OutboundContent.safeParse(content).error).toBeUndefined();
  const drawn = draw(content);
  for (const part of parts) expect([part, drawn.querySelector(part) !== null]).toEqual([part, true]);
});

test('a kind that this version does not know, and one that breaks its schema, say so', () => {
  for (const content of [{ kind: 'hologram' }, { kind: 'carousel' }, { kind: 'text' }])
    expect(draw(content as OutboundContent).textContent).toContain('這裡無法顯示這則訊息。');
});

test('addresses that lead elsewhere than the web are not followed', () => {
  const evil = 'javascript:alert(1)';
  const drawn = draw({ kind: 'link', text: 'x', label: '打開', url: evil });
  expect(drawn.querySelector('a')).toBeNull();
  expect(draw({ kind: 'card', title: 'x', image: { url: evil, alt: '' } }).querySelector('img')).toBeNull();
  expect(draw({ kind: 'text', text: 'x', source: { ...source, url: evil } }).querySelector('.source a')).toBeNull();
});

test('a button says its id and its label', () => {
  press(draw(EXAMPLES.quick_replies[0]), '.reply');
  press(draw(EXAMPLES.card[0]), 'button.card-action');
  press(draw(EXAMPLES.confirm[0]), '.button.danger');
  expect(said).toEqual([
    { kind: 'action', id: 'a', label: '查訂單' },
    { kind: 'action', id: 'k1', label: '問這一項' },
    { kind: 'action', id: 'a', label: '查訂單' },
  ]);
});

test('answered, the buttons of a question are gone and a card shows what was pressed', () => {
  expect(draw(EXAMPLES.quick_replies[0], { open: false }).querySelector('.reply')).toBeNull();
  expect(draw(EXAMPLES.confirm[0], { open: false }).querySelector('.button')).toBeNull();
  expect(
    draw(EXAMPLES.card[0], { open: false, chosen: 'k1' }).querySelector('button.card-action[disabled]'),
  ).not.toBeNull();
});

test('a form names its faults beside the fields and focuses the first; mended, it is sent without empty answers', () => {
  const drawn = draw(EXAMPLES.form[0]);
  press(drawn, '[type=submit]');
  const email = drawn.querySelector<HTMLInputElement>('input')!;
  expect(document.activeElement).toBe(email);
  expect(email.getAttribute('aria-invalid')).toBe('true');
  expect(document.getElementById(email.getAttribute('aria-describedby')!)?.textContent).toBe('請填寫這一欄。');
  email.value = 'an@example.com';
  email.dispatchEvent(new Event('change'));
  expect(email.hasAttribute('aria-invalid')).toBe(false);
  press(drawn, '[type=submit]');
  expect(said).toEqual([{ kind: 'form', id: 'f1', values: { email: 'an@example.com' } }]);
  expect(draw(EXAMPLES.form[0], { done: true }).querySelector('form')).toBeNull();
});

test.each([
  ['email', 'an@example.com', true],
  ['email', 'an@example', false],
  ['phone', '0912-345-678', true],
  ['phone', '+886 2 2345 6789 #12', true],
  ['phone', 'call me', false],
  ['number', '1,280.5', true],
  ['number', '-3', true],
  ['number', 'three', false],
  ['date', '2026-11-24', true],
  ['date', 'tomorrow', false],
  ['text', 'anything', true],
] as const)('an answer of type %s: %s, right: %s', (type, value, right) => {
  expect(problemOf({ type, required: true }, value, WORDS.en) === null).toBe(right);
});

test('an optional answer may be left out', () => {
  expect(problemOf({ type: 'email', required: false }, '', WORDS.en)).toBeNull();
});

test('stars are chosen by press and by arrow keys, and none is none', () => {
  const drawn = draw(EXAMPLES.csat[0]);
  const stars = [...drawn.querySelectorAll<HTMLElement>('[role=radio]')];
  press(drawn, '.button.primary');
  expect(drawn.querySelector('.fault')?.textContent).toBe('請先選擇 1 到 5 顆星。');
  stars[2]!.click();
  stars[2]!.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight' }));
  expect(stars.map((star) => [star.getAttribute('aria-checked'), star.tabIndex])).toEqual([
    ['false', -1],
    ['false', -1],
    ['false', -1],
    ['true', 0],
    ['false', -1],
  ]);
  expect(document.activeElement).toBe(stars[3]);
  drawn.querySelector('textarea')!.value = ' 很快 ';
  press(drawn, '.button.primary');
  expect(said).toEqual([{ kind: 'rating', score: 4, comment: '很快' }]);
});

test("without a question of the server's the stars ask our own", () => {
  const drawn = draw({ kind: 'csat', text: '', comment: true, choices: [] });
  expect(drawn.querySelector('legend')?.textContent).toBe('這次的服務如何？');
});

test('a rating can be skipped; given, it shows its stars', () => {
  press(draw(EXAMPLES.csat[0]), '.button.quiet');
  expect(skipped).toEqual([1]);
  expect(draw(EXAMPLES.csat[0], { done: true }).querySelector('.rating')).toBeNull();
  expect(draw(EXAMPLES.csat[0], { done: true, score: 4 }).querySelectorAll('.given [data-on]')).toHaveLength(4);
});

test('an answer can be called helpful or not', () => {
  const drawn = draw(EXAMPLES.text[0], { feedback: 'ask' });
  press(drawn, '[aria-label="沒有幫助"]');
  expect(said).toEqual([{ kind: 'reaction', to: 1, value: 'down' }]);
  expect(draw(EXAMPLES.text[0], { feedback: 'down' }).textContent).toContain('謝謝您的回饋。');
});

test('a deleted message leaves a line, an edited one says so', () => {
  const deleted = { ...messageOf(1, 'secret'), deletedAt: '2026-11-24T05:41:00.000Z' };
  expect(theirMessage({ ...rowOf(EXAMPLES.text[0]), message: deleted }, context).textContent).toContain(
    '這則訊息已刪除',
  );
  expect(theirMessage({ ...rowOf(EXAMPLES.text[0]), message: deleted }, context).textContent).not.toContain('secret');
  const edited = { ...messageOf(1, 'new'), editedAt: '2026-11-24T05:41:00.000Z' };
  expect(theirMessage({ ...rowOf(EXAMPLES.text[0]), message: edited }, context).textContent).toContain('已編輯');
});

test('a speaker who is not named above is named to screen readers', () => {
  expect(draw(EXAMPLES.text[0], { named: false }).querySelector('.sr')?.textContent).toBe('機器人：');
});

const ownRow = (content: OwnRow['content'], more: Partial<OwnRow> = {}): OwnRow => ({
  kind: 'own',
  waits: null,
  content,
  at: new Date(2026, 10, 24, 13, 59),
  status: 'none',
  refusal: null,
  deleted: false,
  edited: false,
  label: null,
  form: null,
  ...more,
});

test('every kind of own message is drawn', () => {
  const EXAMPLE: [OwnRow, string][] = [
    [ownRow({ kind: 'text', text: '你好' }), '你好'],
    [ownRow({ kind: 'action', id: 'a' }, { label: '查訂單' }), '查訂單'],
    [ownRow({ kind: 'image', attachment: png }, { waits: 'u2' }), '照片.png'],
    [ownRow({ kind: 'file', attachment: pdf }), '退貨標籤.pdfPDF · 84 kB下載'],
    [ownRow({ kind: 'voice', attachment: pdf }), '退貨標籤.pdf'],
    [ownRow({ kind: 'location', latitude: 24.1, longitude: 120.6 }), '24.1, 120.6'],
    [ownRow({ kind: 'contact', name: '安', phone: '0912' }), '安 · 0912'],
    [ownRow({ kind: 'form', id: 'f', values: { email: 'a@b.tw' } }), 'email'],
    [ownRow({ kind: 'form', id: 'f', values: {} }), '表單已送出'],
    [ownRow({ kind: 'command', name: 'start' }), '這裡無法顯示這則訊息。'],
    [ownRow({ kind: 'text', text: 'x' }, { deleted: true }), '這則訊息已刪除'],
  ];
  for (const [row, text] of EXAMPLE) expect(ownMessage(row, context).textContent).toContain(text);
});

const meta = (more: Partial<OwnRow>, offline = false): string =>
  ownMeta(ownRow({ kind: 'text', text: 'x' }, more), offline, context)?.textContent ?? '';

test('an own message says how far it came, and why it did not', () => {
  expect(meta({ status: 'none' })).toBe('');
  expect(meta({ status: 'delivered' })).toBe('已送達 13:59');
  expect(meta({ status: 'read' })).toBe('已讀 13:59');
  expect(meta({ status: 'waiting' })).toBe('傳送中');
  expect(meta({ status: 'waiting' }, true)).toBe('等待網路，尚未送出');
  expect(meta({ status: 'uploading' })).toBe('檔案上傳中');
  const why = (status: number): string => meta({ status: 'refused', refusal: { status, detail: 'Server words.' } });
  expect([0, 409, 413, 415, 429, 503, 422].map(why)).toEqual([
    '沒有送出：上傳時連線中斷，檔案還在，可以重新傳送。重新傳送不傳了',
    '沒有送出：這段對話已結束。重新傳送不傳了',
    '沒有送出：檔案或訊息太大。重新傳送不傳了',
    '沒有送出：不支援這種檔案。重新傳送不傳了',
    '沒有送出：訊息太密集，請稍候再傳。重新傳送不傳了',
    '沒有送出：系統暫時忙不過來，請再試一次。重新傳送不傳了',
    '沒有送出：Server words.重新傳送不傳了',
  ]);
});
