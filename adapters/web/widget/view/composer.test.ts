import { MAX_TEXT as WIRE_MAX_TEXT } from '#core/conversation/content.schema.ts';
import type { Outgoing } from '../outbox.ts';
import { WORDS } from '../words.ts';
import { createComposer, MAX_TEXT, sends, type Composer } from './composer.ts';
import type { ViewContext } from './context.ts';

function setUp(draft = ''): {
  composer: Composer;
  said: Outgoing[];
  files: File[];
  kept: () => string;
  note: () => string;
} {
  const said: Outgoing[] = [];
  const files: File[] = [];
  let kept = draft;
  const context = {
    locale: () => 'zh-TW',
    words: () => WORDS['zh-TW'],
    send: (content: Outgoing) => said.push(content),
  } as unknown as ViewContext;
  const composer = createComposer(context, {
    attach: (added) => files.push(...added),
    typing: () => {},
    draft: { read: () => kept, write: (text) => (kept = text) },
  });
  document.body.replaceChildren(composer.element);
  return { composer, said, files, kept: () => kept, note: () => composer.element.querySelector('.note')!.textContent };
}

function type(composer: Composer, text: string): void {
  composer.input.value = text;
  composer.input.dispatchEvent(new Event('input'));
}
function press(composer: Composer, how: KeyboardEventInit & { keyCode?: number } = {}): KeyboardEvent {
  const event = new KeyboardEvent('keydown', { key: 'Enter', cancelable: true, bubbles: true, ...how });
  composer.input.dispatchEvent(event);
  return event;
}

test("our limit is the protocol's", () => {
  expect(MAX_TEXT).toBe(WIRE_MAX_TEXT);
});

test('Enter sends and empties the field; the draft is gone too', () => {
  const { composer, said, kept } = setUp();
  type(composer, '  寄到澎湖要多久？ ');
  expect(press(composer).defaultPrevented).toBe(true);
  expect(said).toEqual([{ kind: 'text', text: '寄到澎湖要多久？' }]);
  expect([composer.input.value, kept()]).toEqual(['', '']);
});

test('Shift and Enter begin a new line', () => {
  const { composer, said } = setUp();
  type(composer, 'one');
  expect(press(composer, { shiftKey: true }).defaultPrevented).toBe(false);
  expect(said).toEqual([]);
});

test('an Enter that belongs to an input method never sends, as each browser tells it', () => {
  const { composer, said } = setUp();
  type(composer, 'ㄋㄧㄏㄠ');
  composer.input.dispatchEvent(new CompositionEvent('compositionstart'));
  press(composer, { isComposing: true });
  press(composer);
  composer.input.dispatchEvent(new CompositionEvent('compositionend'));
  press(composer, { keyCode: 229 });
  expect(said).toEqual([]);
  type(composer, '你好');
  press(composer);
  expect(said).toEqual([{ kind: 'text', text: '你好' }]);
});

test.each([
  [{ key: 'Enter', shiftKey: false, isComposing: false, keyCode: 13 }, true],
  [{ key: 'Enter', shiftKey: true, isComposing: false, keyCode: 13 }, false],
  [{ key: 'Enter', shiftKey: false, isComposing: true, keyCode: 13 }, false],
  [{ key: 'Enter', shiftKey: false, isComposing: false, keyCode: 229 }, false],
  [{ key: 'Process', shiftKey: false, isComposing: true, keyCode: 229 }, false],
  [{ key: 'a', shiftKey: false, isComposing: false, keyCode: 65 }, false],
])('%j sends: %s', (event, sent) => {
  expect(sends(event)).toBe(sent);
});

test('nothing but blanks is not sent', () => {
  const { composer, said } = setUp();
  type(composer, ' \n ');
  press(composer);
  expect(said).toEqual([]);
});

test('a text beyond the limit is kept and says how long it may be', () => {
  const { composer, said, note } = setUp();
  type(composer, 'x'.repeat(MAX_TEXT - 10));
  expect(note()).toBe('還可輸入 10 字');
  type(composer, 'x'.repeat(MAX_TEXT + 1));
  press(composer);
  expect(said).toEqual([]);
  expect(composer.input.value).toHaveLength(MAX_TEXT + 1);
  expect(note()).toBe('訊息超過上限 8000 字，請縮短或分成幾則。');
});

test('what was typed is there after a reload', () => {
  const { composer, kept } = setUp('打到一半');
  expect(composer.input.value).toBe('打到一半');
  type(composer, '打到一半的字');
  expect(kept()).toBe('打到一半的字');
});

test('a suggestion fills an empty field and never overwrites', () => {
  const { composer } = setUp();
  composer.suggest('有現貨嗎？');
  composer.suggest('另一句');
  expect(composer.input.value).toBe('有現貨嗎？');
});

test('files that are too large or empty are named and left out, the others go up', () => {
  const { composer, files, note } = setUp();
  const large = new File(['x'], 'film.mp4');
  Object.defineProperty(large, 'size', { value: 20 * 1024 * 1024 + 1 });
  composer.take([new File(['x'], 'a.pdf'), large]);
  expect(files.map((file) => file.name)).toEqual(['a.pdf']);
  expect(note()).toBe('「film.mp4」超過 20 MB，請改傳較小的檔案。');
  composer.take([new File([], 'b.txt')]);
  expect(note()).toBe('「b.txt」是空的檔案，無法傳送。');
  expect(files).toHaveLength(1);
});
