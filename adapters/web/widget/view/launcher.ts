import type { Snapshot } from '../chat.ts';
import { plainText } from '../markdown.ts';
import type { TimelineEntry } from '../timeline.ts';
import { foreignLang, type Words } from '../words.ts';
import type { ViewContext } from './context.ts';
import { attribute, fill, h } from './dom.ts';
import { icon } from './icons.ts';

export type Launcher = {
  element: HTMLElement;
  button: HTMLButtonElement;
  update(snapshot: Snapshot, open: boolean): void;
  /** A word of welcome beside the button, while nothing else stands there. */
  invite(text: string): void;
  /** The invitation or message beside the button is not wanted. */
  dismiss(): void;
};

const LONGEST_TEASER = 140;

/** The round button in the page's corner, how much waits to be read, and the newest of it in a bubble. */
export function createLauncher(context: ViewContext, tools: { toggle: () => void }): Launcher {
  const count = h('span', { class: 'count', hidden: true });
  const face = h('span', { class: 'launcher-face' }, icon('chat-dots'));
  const button = h(
    'button',
    { type: 'button', class: 'launcher', 'aria-expanded': 'false', onclick: tools.toggle },
    face,
    count,
  );
  const words = h('button', { type: 'button', class: 'teaser-text', onclick: tools.toggle });
  const away = h('button', { type: 'button', class: 'teaser-close' }, icon('x'));
  const teaser = h('div', { class: 'teaser', hidden: true, role: 'status' }, words, away);
  const element = h('div', { class: 'corner' }, teaser, button);
  let invitation = '';
  let dismissed = 0;
  let shown: number | null = null;
  let isOpen = false;

  const draw = (text: string): void => {
    teaser.hidden = text === '' || isOpen;
    if (words.textContent !== text) {
      fill(words, text);
      attribute(words, 'lang', foreignLang(text, context.locale()));
    }
  };
  const dismiss = (): void => {
    if (shown !== null) dismissed = shown;
    invitation = '';
    draw('');
  };
  away.addEventListener('click', () => {
    dismiss();
    button.focus();
  });

  return {
    element,
    button,
    dismiss,
    invite(text) {
      invitation = text;
      if (shown === null) draw(text);
    },
    update(snapshot, open) {
      isOpen = open;
      const texts = context.words();
      const waiting = snapshot.unread.length;
      const label = open ? texts.close : waiting > 0 ? texts.openUnread(waiting) : texts.open;
      attribute(button, 'aria-label', label);
      attribute(button, 'title', label);
      attribute(button, 'aria-expanded', String(open));
      attribute(away, 'aria-label', texts.dismiss);
      attribute(away, 'title', texts.dismiss);
      fill(face, icon(open ? 'chevron-down' : 'chat-dots'));
      count.hidden = open || waiting === 0;
      fill(count, waiting > 99 ? '99+' : String(waiting));
      const newest = snapshot.unread.at(-1);
      shown = newest?.kind === 'message' && newest.message.seq > dismissed ? newest.message.seq : null;
      draw(shown !== null && newest ? teaserText(newest, texts) : waiting === 0 ? invitation : '');
    },
  };
}

/** The speaker and the first words of a message. */
function teaserText(entry: TimelineEntry, words: Words): string {
  if (entry.kind !== 'message') return '';
  const { author, content } = entry.message;
  const said =
    'text' in content && content.text
      ? plainText(content.text)
      : 'caption' in content && content.caption
        ? plainText(content.caption)
        : 'title' in content && content.title
          ? content.title
          : content.kind === 'image'
            ? words.image
            : words.file;
  const short = said.length > LONGEST_TEASER ? `${said.slice(0, LONGEST_TEASER).trimEnd()}…` : said;
  return words.speaks(author.name ?? (author.kind === 'agent' ? words.person : words.bot)) + short;
}
