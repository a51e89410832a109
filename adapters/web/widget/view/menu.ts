import type { Locale } from '#core/conversation/content.schema.ts';
import { LANG } from '../words.ts';
import type { ViewContext } from './context.ts';
import { attribute, fill, h, link } from './dom.ts';
import { icon } from './icons.ts';

export type Menu = { button: HTMLButtonElement; element: HTMLElement; update(): void; close(): boolean };

const LANGUAGES: readonly { locale: Locale; name: string }[] = [
  { locale: 'zh-TW', name: '繁體中文' },
  { locale: 'en', name: 'English' },
];

/** The window's menu: language, download, privacy. */
export function createMenu(
  context: ViewContext,
  tools: { setLocale: (locale: Locale) => void; download: () => void; privacy: string | null },
): Menu {
  const button = h(
    'button',
    {
      type: 'button',
      class: 'head-button',
      'aria-haspopup': 'menu',
      'aria-expanded': 'false',
      'aria-controls': 'menu',
    },
    icon('three-dots'),
  );
  const element = h('div', { class: 'menu', role: 'menu', id: 'menu', hidden: true });

  const items = (): HTMLElement[] => [...element.querySelectorAll<HTMLElement>('[role^=menuitem]')];
  const close = (): boolean => {
    if (element.hidden) return false;
    element.hidden = true;
    attribute(button, 'aria-expanded', 'false');
    button.focus();
    return true;
  };
  const open = (last = false): void => {
    element.hidden = false;
    attribute(button, 'aria-expanded', 'true');
    items()
      .at(last ? -1 : 0)
      ?.focus();
  };
  const item = (role: string, checked: boolean | null, run: () => void, ...children: Node[]): HTMLElement =>
    h(
      'button',
      {
        type: 'button',
        role,
        tabindex: -1,
        'aria-checked': checked === null ? undefined : String(checked),
        onclick: () => {
          close();
          run();
        },
      },
      ...children,
    );
  const draw = (): void => {
    const words = context.words();
    attribute(button, 'aria-label', words.menu);
    attribute(button, 'title', words.menu);
    attribute(element, 'aria-label', words.menu);
    const privacy =
      tools.privacy &&
      link(tools.privacy, { role: 'menuitem', tabindex: -1 }, icon('shield-check'), h('span', {}, words.privacy));
    fill(
      element,
      h(
        'div',
        { role: 'group', 'aria-label': words.language },
        h('p', { class: 'menu-title', 'aria-hidden': 'true' }, words.language),
        ...LANGUAGES.map(({ locale, name }) => {
          const chosen = context.locale() === locale;
          const face = chosen ? icon('check2') : h('span', { class: 'icon' });
          const label = h('span', { lang: LANG[locale] }, name);
          return item('menuitemradio', chosen, () => tools.setLocale(locale), face, label);
        }),
      ),
      item('menuitem', null, tools.download, icon('download'), h('span', {}, words.transcript)),
      privacy,
    );
  };

  button.addEventListener('click', () => {
    if (!close()) open();
  });
  button.addEventListener('keydown', (event) => {
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
    event.preventDefault();
    open(event.key === 'ArrowUp');
  });
  element.addEventListener('keydown', (event) => {
    const all = items();
    const at = all.indexOf(event.target as HTMLElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key];
    if (event.key === 'Tab') close();
    if (to === undefined) return;
    event.preventDefault();
    all.at(to % all.length)?.focus();
  });
  element.addEventListener('focusout', (event) => {
    const to = event.relatedTarget;
    if (!element.hidden && to instanceof Node && !element.contains(to) && to !== button) {
      element.hidden = true;
      attribute(button, 'aria-expanded', 'false');
    }
  });
  draw();
  return { button, element, update: draw, close };
}
