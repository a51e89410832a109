import { MAX_FILE } from '../uploads.ts';
import type { ViewContext } from './context.ts';
import { attribute, fill, h } from './dom.ts';
import { icon } from './icons.ts';

/** Longest message, in UTF-16 code units: the protocol's limit. */
export const MAX_TEXT = 8_000;
/** The remaining length is told from here on. */
const COUNT_FROM = MAX_TEXT - 500;
const TALLEST = 120;

export type Composer = {
  element: HTMLElement;
  input: HTMLTextAreaElement;
  /** Files from the picker, a paste or a drop. */
  take(files: readonly File[]): void;
  /** Words for the field, where nothing stands yet. */
  suggest(text: string): void;
  update(offline: boolean): void;
};

/**
 * Whether this key press sends. Never while an input method composes: Enter then chooses a word. Safari ends the
 * composition before it reports the key, and tells by key code 229 alone.
 */
export function sends(event: Pick<KeyboardEvent, 'key' | 'shiftKey' | 'isComposing' | 'keyCode'>): boolean {
  return event.key === 'Enter' && !event.shiftKey && !event.isComposing && event.keyCode !== 229;
}

/** Where the visitor writes. Keeps what is typed over reloads. */
export function createComposer(
  context: ViewContext,
  tools: {
    attach: (files: readonly File[]) => void;
    typing: () => void;
    draft: { read: () => string; write: (text: string) => void };
  },
): Composer {
  const note = h('p', { class: 'note', role: 'status' });
  const input = h('textarea', { rows: 1, name: 'message', autocomplete: 'off', enterkeyhint: 'send' });
  const picker = h('input', { type: 'file', multiple: true, hidden: true, tabindex: -1 });
  const attachButton = h('button', { type: 'button', class: 'tool', onclick: () => picker.click() }, icon('paperclip'));
  const sendButton = h('button', { type: 'submit', class: 'send' }, icon('send'));
  let composing = false;

  const grow = (): void => {
    // The empty field's own text may be long; it must not stretch it.
    input.style.height = '';
    if (input.value !== '') input.style.height = `${Math.min(input.scrollHeight + 2, TALLEST)}px`;
  };
  const tell = (text: string, fault = false): void => {
    attribute(note, 'data-fault', fault);
    if (note.textContent !== text) fill(note, text);
  };
  const count = (): void => {
    const { length } = input.value;
    if (length > MAX_TEXT) tell(context.words().tooLong(MAX_TEXT), true);
    else tell(length > COUNT_FROM ? context.words().left(MAX_TEXT - length) : '');
  };
  const submit = (): void => {
    const text = input.value.trim();
    if (text === '') return;
    if (text.length > MAX_TEXT) {
      count();
      return;
    }
    context.send({ kind: 'text', text });
    input.value = '';
    tools.draft.write('');
    grow();
    count();
    input.focus();
  };
  const take = (files: readonly File[]): void => {
    const words = context.words();
    const large = files.find((file) => file.size > MAX_FILE);
    const empty = files.find((file) => file.size === 0);
    const fault = large ? words.fileTooLarge(large.name) : empty ? words.fileEmpty(empty.name) : '';
    tell(fault, fault !== '');
    tools.attach(files.filter((file) => file.size > 0 && file.size <= MAX_FILE));
  };

  input.addEventListener('compositionstart', () => {
    composing = true;
  });
  input.addEventListener('compositionend', () => {
    composing = false;
  });
  input.addEventListener('keydown', (event) => {
    if (!sends(event) || composing) return;
    event.preventDefault();
    submit();
  });
  input.addEventListener('input', () => {
    grow();
    count();
    tools.draft.write(input.value);
    if (input.value.trim()) tools.typing();
  });
  input.addEventListener('paste', (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (files.length === 0) return;
    event.preventDefault();
    take(files);
  });
  picker.addEventListener('change', () => {
    take([...(picker.files ?? [])]);
    picker.value = '';
    input.focus();
  });

  const suggest = (text: string): void => {
    if (input.value.trim() === '') {
      input.value = text;
      tools.draft.write(text);
      grow();
    }
    input.focus();
  };

  input.value = tools.draft.read();
  const element = h(
    'form',
    {
      class: 'composer',
      onsubmit(event) {
        event.preventDefault();
        submit();
      },
    },
    note,
    h('div', { class: 'composer-row' }, attachButton, picker, input, sendButton),
  );
  return {
    element,
    input,
    take,
    suggest,
    update(offline) {
      const words = context.words();
      attribute(input, 'aria-label', words.input);
      attribute(input, 'placeholder', offline ? words.placeholderOffline : words.placeholder);
      attribute(picker, 'aria-label', words.attach);
      for (const [button, label] of [
        [attachButton, words.attach],
        [sendButton, words.send],
      ] as const) {
        attribute(button, 'aria-label', label);
        attribute(button, 'title', label);
      }
    },
  };
}
