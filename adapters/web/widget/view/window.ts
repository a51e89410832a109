import type { Locale } from '#core/conversation/content.schema.ts';
import type { Chat, Snapshot } from '../chat.ts';
import { createComposer } from './composer.ts';
import type { ViewContext } from './context.ts';
import { attribute, fill, h } from './dom.ts';
import { icon, mark } from './icons.ts';
import { createLog } from './log.ts';
import { createMenu } from './menu.ts';

export type ChatWindow = {
  element: HTMLElement;
  update(snapshot: Snapshot): void;
  /** The language changed. */
  redraw(snapshot: Snapshot): void;
  /** Puts the focus where one begins. */
  enter(): void;
  /** Words for the field, where nothing stands yet. */
  suggest(text: string): void;
  /** Escape closes what is innermost; true: that was not the window itself. */
  escape(): boolean;
};

/** On such a screen the window is the whole screen. */
export const PHONE = '(max-width: 767.98px)';

/** The window: its head, its banner, the log, and where one writes. */
export function createWindow(
  context: ViewContext,
  chat: Chat,
  tools: {
    title: () => string;
    subtitle: () => string | null;
    close: () => void;
    setLocale: (locale: Locale) => void;
    download: () => void;
    privacy: string | null;
    draft: { read: () => string; write: (text: string) => void };
  },
): ChatWindow {
  const title = h('h2', { id: 'title' });
  const subtitle = h('p', { id: 'subtitle' });
  const menu = createMenu(context, tools);
  const closeButton = h('button', { type: 'button', class: 'head-button', onclick: tools.close }, icon('chevron-down'));
  const banner = h('div', { class: 'banner', role: 'status' });
  const log = createLog(context);
  const composer = createComposer(context, {
    attach: (files) => chat.attach(files),
    typing: () => chat.typing(),
    draft: tools.draft,
  });
  const startNew = h('button', {
    type: 'button',
    class: 'button outline wide',
    onclick: () => {
      chat.startNew();
      composer.input.focus();
    },
  });
  const foot = h('div', { class: 'foot' }, composer.element, startNew);
  const drop = h('div', { class: 'drop', hidden: true, 'aria-hidden': 'true' });
  const element = h(
    'section',
    { class: 'window', role: 'dialog', 'aria-labelledby': 'title', 'aria-describedby': 'subtitle', tabindex: -1 },
    h(
      'div',
      { class: 'head' },
      mark(),
      h('div', { class: 'grow' }, title, subtitle),
      menu.button,
      closeButton,
      menu.element,
    ),
    banner,
    log.element,
    foot,
    drop,
  );
  receiveDrops(element, drop, (files) => composer.take(files));
  keepInside(element);
  let trouble: string | null = '-';

  const label = (): void => {
    const words = context.words();
    fill(title, tools.title());
    attribute(closeButton, 'aria-label', words.close);
    attribute(closeButton, 'title', words.close);
    fill(startNew, words.startNew);
    fill(drop, icon('paperclip'), words.drop);
    menu.update();
  };

  const update = (snapshot: Snapshot): void => {
    const words = context.words();
    const { status } = snapshot;
    const closed = status.state === 'closed';
    const text = {
      bot: tools.subtitle() ?? words.subtitleBot,
      queued: words.subtitleQueued,
      agent: words.subtitleAgent(status.agent ?? words.person),
      closed: words.subtitleClosed,
    }[status.state];
    if (subtitle.textContent !== text) fill(subtitle, text);
    if (snapshot.trouble !== trouble) {
      trouble = snapshot.trouble;
      const says = {
        offline: words.offline,
        reconnecting: words.reconnecting,
        busy: words.busy,
        refused: words.notAllowed,
      };
      fill(banner, ...(snapshot.trouble ? [icon('wifi-off'), h('span', {}, says[snapshot.trouble])] : []));
      attribute(banner, 'data-tone', snapshot.trouble === 'refused' ? 'error' : undefined);
    }
    composer.update(snapshot.trouble === 'offline' || snapshot.trouble === 'reconnecting');
    const hadFocus = closed && !composer.element.hidden && composer.element.contains(activeIn(element));
    composer.element.hidden = closed;
    startNew.hidden = !closed;
    // The field under the fingers went away: the keyboard must not be left nowhere.
    if (hadFocus) startNew.focus();
    log.update(snapshot);
  };

  label();
  return {
    element,
    update,
    redraw(snapshot) {
      label();
      trouble = '-';
      log.redraw();
      update(snapshot);
    },
    enter() {
      log.toEnd();
      const touch = typeof matchMedia === 'function' && matchMedia('(pointer: coarse)').matches;
      // By touch the keyboard would cover what one came to read.
      if (touch) element.focus();
      else if (composer.element.hidden) startNew.focus();
      else composer.input.focus();
    },
    suggest: (text) => composer.suggest(text),
    escape: () => menu.close(),
  };
}

function activeIn(element: Element): Element | null {
  const root = element.getRootNode();
  return root instanceof ShadowRoot ? root.activeElement : document.activeElement;
}

function receiveDrops(element: HTMLElement, veil: HTMLElement, take: (files: readonly File[]) => void): void {
  element.addEventListener('dragover', (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    veil.hidden = false;
  });
  element.addEventListener('dragleave', (event) => {
    if (!(event.relatedTarget instanceof Node && element.contains(event.relatedTarget))) veil.hidden = true;
  });
  element.addEventListener('drop', (event) => {
    veil.hidden = true;
    if (!hasFiles(event)) return;
    event.preventDefault();
    take([...(event.dataTransfer?.files ?? [])]);
  });
}

const hasFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') ?? false;

const FOCUSABLE = 'button, [href], input, select, textarea, [tabindex]';

/** Where the window is the whole screen, Tab goes round inside: behind it there is nothing to see. */
function keepInside(element: HTMLElement): void {
  element.addEventListener('keydown', (event) => {
    if (event.key !== 'Tab' || !matchMedia(PHONE).matches) return;
    const stops = [...element.querySelectorAll<HTMLElement>(FOCUSABLE)].filter(
      (stop) => stop.tabIndex >= 0 && stop.getClientRects().length > 0 && !stop.hasAttribute('disabled'),
    );
    const [first, last] = [stops[0], stops.at(-1)];
    const now = activeIn(element);
    if (event.shiftKey ? now === first || now === element : now === last) {
      event.preventDefault();
      (event.shiftKey ? last : first)?.focus();
    }
  });
}
