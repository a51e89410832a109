import type { Locale } from '#core/conversation/content.schema.ts';
import type { Chat } from './chat.ts';
import { inLanguage, type Settings, type Theme } from './settings.ts';
import type { Store } from './storage.ts';
import type { Timers } from './timers.ts';
import { transcriptOf } from './transcript.ts';
import type { ViewContext } from './view/context.ts';
import { attribute, fill, h } from './view/dom.ts';
import { createFiles } from './view/files.ts';
import { createLauncher } from './view/launcher.ts';
import { createWindow, PHONE } from './view/window.ts';
import { LANG, localeOf, WORDS } from './words.ts';

/** What a page can hear: the window opened or closed, the number of unread messages changed. */
type WidgetEvents = { open: undefined; close: undefined; unread: number };

/** `window.Frontdesk`: what a page can do with the chat. */
export type Widget = {
  open(): void;
  close(): void;
  toggle(): void;
  isOpen(): boolean;
  /** Opens with these words in the field, ready to be sent or changed; what stood there stays. */
  ask(text: string): void;
  /** Returns how to stop listening. `unread` tells the number at once. */
  on<Name extends keyof WidgetEvents>(name: Name, listener: (value: WidgetEvents[Name]) => void): () => void;
  setLocale(locale: string): void;
  setTheme(theme: Theme): void;
};

const LOCALE = 'locale';
const DRAFT = 'draft';
const INVITED = 'invited';

/** The chat on a page: everything of it lives in one shadow root. */
export function mountWidget(tools: {
  page: Window;
  settings: Settings;
  store: Store;
  timers: Timers;
  styles: string;
  /** Made with the language that the visitor has chosen. */
  chat: (locale: () => Locale) => Chat;
}): Widget {
  const { page, settings, store } = tools;
  const { document } = page;
  const pageLocale = (): Locale => localeOf(document.documentElement.lang) ?? localeOf(page.navigator.language) ?? 'en';
  let locale = localeOf(store.read(LOCALE)) ?? settings.locale ?? pageLocale();
  let theme = settings.theme;
  let open = false;
  const listeners = new Map<keyof WidgetEvents, Set<(value: never) => void>>();
  const tell = <Name extends keyof WidgetEvents>(name: Name, value: WidgetEvents[Name]): void => {
    for (const listener of listeners.get(name) ?? []) (listener as (value: WidgetEvents[Name]) => void)(value);
  };

  const host = document.createElement('div');
  host.id = 'frontdesk-chat';
  const shadow = host.attachShadow({ mode: 'open' });
  dress(shadow, tools.styles, page);

  const chat = tools.chat(() => locale);
  const announcer = h('div', { class: 'sr', role: 'status' });
  const words = () => WORDS[locale];
  const context: ViewContext = {
    locale: () => locale,
    words,
    now: () => new Date(tools.timers.now()),
    send: (content) => chat.send(content),
    resend: (id) => chat.resend(id),
    discard: (id) => chat.discard(id),
    skipRating: (seq) => chat.skipRating(seq),
    announce: (text) => fill(announcer, text),
    files: createFiles({ download: (id) => chat.download(id), words }),
  };
  const title = (): string => inLanguage(settings.titles, locale) ?? words().title;
  const launcher = createLauncher(context, { toggle: () => toggle() });
  const chatWindow = createWindow(context, chat, {
    title,
    subtitle: () => inLanguage(settings.subtitles, locale),
    close: () => close(),
    setLocale(next) {
      store.write(LOCALE, next);
      speak(next);
    },
    download: () => saveText(transcriptOf(chat.snapshot().entries, title(), locale)),
    privacy: settings.privacy,
    draft: {
      read: () => store.read(DRAFT) ?? '',
      write: (text) => (text ? store.write(DRAFT, text) : store.remove(DRAFT)),
    },
  });
  chatWindow.element.hidden = true;
  const root = h('div', { class: 'root' }, chatWindow.element, launcher.element, announcer);
  shadow.append(root);

  let unread = -1;
  const update = (): void => {
    const snapshot = chat.snapshot();
    launcher.update(snapshot, open);
    if (open) chatWindow.update(snapshot);
    if (snapshot.unread.length !== unread) {
      unread = snapshot.unread.length;
      tell('unread', unread);
    }
  };
  const speak = (next: Locale): void => {
    locale = next;
    attribute(root, 'lang', LANG[locale]);
    chatWindow.redraw(chat.snapshot());
    update();
  };
  const dark = page.matchMedia('(prefers-color-scheme: dark)');
  const paint = (): void => attribute(host, 'data-theme', theme === 'auto' ? (dark.matches ? 'dark' : 'light') : theme);
  const phone = page.matchMedia(PHONE);
  const fit = (): void => attribute(chatWindow.element, 'aria-modal', phone.matches ? 'true' : undefined);
  const look = (): void => chat.attend(open && document.visibilityState === 'visible');

  const show = (): void => {
    if (open) return;
    open = true;
    chatWindow.element.hidden = false;
    attribute(root, 'data-open', true);
    launcher.dismiss();
    store.write(INVITED, 'yes');
    chat.open();
    look();
    update();
    chatWindow.enter();
    tell('open', undefined);
  };
  const close = (): void => {
    if (!open) return;
    open = false;
    chatWindow.element.hidden = true;
    attribute(root, 'data-open', false);
    look();
    update();
    launcher.button.focus();
    tell('close', undefined);
  };
  const toggle = (): void => (open ? close() : show());

  root.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || event.isComposing || !open) return;
    event.stopPropagation();
    if (!chatWindow.escape()) close();
  });
  chat.onChange(update);
  dark.addEventListener('change', paint);
  phone.addEventListener('change', fit);
  document.addEventListener('visibilitychange', look);
  page.addEventListener('online', () => chat.network(true));
  page.addEventListener('offline', () => chat.network(false));
  if (!page.navigator.onLine) chat.network(false);

  // Pages that switch their language in place say so here.
  new MutationObserver(() => {
    if (!settings.locale && !store.read(LOCALE) && pageLocale() !== locale) speak(pageLocale());
  }).observe(document.documentElement, { attributeFilter: ['lang'] });

  paint();
  fit();
  speak(locale);
  document.body.append(host);
  const invitation = inLanguage(settings.invitations, locale);
  if (invitation && !store.read(INVITED))
    tools.timers.after(settings.inviteAfterMs, () => {
      if (!store.read(INVITED)) launcher.invite(inLanguage(settings.invitations, locale) ?? invitation);
    });

  return {
    open: show,
    close,
    toggle,
    isOpen: () => open,
    ask(text) {
      show();
      chatWindow.suggest(text);
    },
    on(name, listener) {
      const all = listeners.get(name) ?? new Set();
      listeners.set(name, all);
      all.add(listener);
      if (name === 'unread') (listener as (value: number) => void)(Math.max(unread, 0));
      return () => void all.delete(listener);
    },
    setLocale(tag) {
      const next = localeOf(tag);
      if (!next) return;
      store.remove(LOCALE);
      speak(next);
    },
    setTheme(next) {
      theme = next;
      paint();
    },
  };
}

/** A constructed sheet needs no leave of the page's content security policy; a style element is for browsers without it. */
function dress(shadow: ShadowRoot, styles: string, page: Window): void {
  const { CSSStyleSheet: Sheet } = page as Window & typeof globalThis;
  if ('adoptedStyleSheets' in shadow && 'replaceSync' in Sheet.prototype) {
    const sheet = new Sheet();
    sheet.replaceSync(styles);
    shadow.adoptedStyleSheets = [sheet];
    return;
  }
  shadow.append(h('style', {}, styles));
}

function saveText(text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: 'text/plain;charset=utf-8' }));
  h('a', { href: address, download: 'chat.txt' }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
