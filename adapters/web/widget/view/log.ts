import type { Snapshot } from '../chat.ts';
import { dayKey, dayName, waitName } from '../format.ts';
import { rowsOf, type Row } from '../rows.ts';
import type { Status } from '../timeline.ts';
import type { ViewContext } from './context.ts';
import { attribute, fill, h, hidden } from './dom.ts';
import { icon, type IconName } from './icons.ts';
import { avatarOf, byLine, ownMessage, ownMeta, theirMessage, timeOf } from './message.ts';
import { richText } from './rich-text.ts';

/** Nearer than this to the end, in px, the log follows what comes; farther up, it stays with what is being read. */
const NEAR_END = 60;

export type Log = {
  element: HTMLElement;
  update(snapshot: Snapshot): void;
  toEnd(): void;
  /** The language changed: everything is drawn again. */
  redraw(): void;
};

type Drawn = { element: HTMLElement; stamp: string; meta: string };

/** The messages, and after them what is not said yet: the queue, answers being written, who types. */
export function createLog(context: ViewContext): Log {
  const list = h('div', { class: 'msgs', role: 'log', 'aria-relevant': 'additions' });
  const queue = h('div', { class: 'queue-place', role: 'status' });
  const typing = h('div', { class: 'typing-place', role: 'status' });
  const partials = h('div', { class: 'partials', 'aria-busy': 'true' });
  const skeleton = h(
    'div',
    { class: 'skeletons' },
    ...[70, 45, 60].map((width) => h('span', { class: `skeleton w${width}` })),
  );
  const inner = h('div', { class: 'inner' }, skeleton, list, partials, queue, typing);
  const scroller = h('div', { class: 'scroller', tabindex: 0, role: 'region' }, inner);
  const toEndButton = h('button', { type: 'button', class: 'to-end', hidden: true });
  const element = h('div', { class: 'log' }, scroller, toEndButton);
  const drawn = new Map<string, Drawn>();
  let queueStamp = '';
  let typingStamp = '';
  let partialsStamp = '';

  const nearEnd = (): boolean => scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < NEAR_END;
  /** Where the end was when we last stood there: farther up means that somebody went up. */
  let end: number | null = 0;
  /** The height of it all when we last looked: what loads collapses and grows, and nobody went up by that. */
  let height = 0;
  const stays = (): boolean =>
    nearEnd() || (end !== null && (scroller.scrollHeight !== height || scroller.scrollTop >= end - 1));
  const toEnd = (): void => {
    scroller.scrollTop = scroller.scrollHeight;
    end = scroller.scrollTop;
    height = scroller.scrollHeight;
    toEndButton.hidden = true;
  };
  toEndButton.addEventListener('click', () => {
    toEnd();
    scroller.focus();
  });
  scroller.addEventListener('scroll', () => {
    end = stays() ? scroller.scrollTop : null;
    height = scroller.scrollHeight;
    if (nearEnd()) toEndButton.hidden = true;
  });
  // A picture that loads late, or a window that shrinks for a keyboard, must not push the end out of sight.
  if (typeof ResizeObserver !== 'undefined') {
    const keep = new ResizeObserver(() => {
      if (stays()) toEnd();
    });
    keep.observe(inner);
    keep.observe(scroller);
  }

  const labels = (): void => {
    const words = context.words();
    attribute(scroller, 'aria-label', words.messages);
    attribute(list, 'aria-label', words.messages);
    fill(toEndButton, words.newMessages, icon('arrow-down', 'small'));
    fill(skeleton, ...skeleton.children, hidden(words.loading));
  };

  const drawRows = (rows: readonly Row[], offline: boolean): void => {
    const keep = new Set(rows.map((row) => row.key));
    for (const [key, old] of drawn)
      if (!keep.has(key)) {
        old.element.remove();
        drawn.delete(key);
      }
    let after: Element | null = null;
    for (const row of rows) {
      const now = drawRow(row, drawn.get(row.key), offline, context);
      drawn.set(row.key, now);
      const place: Element | null = after ? after.nextElementSibling : list.firstElementChild;
      if (place !== now.element) list.insertBefore(now.element, place);
      after = now.element;
    }
  };

  const drawTail = (snapshot: Snapshot): void => {
    const words = context.words();
    const { status } = snapshot;
    const queued = status.state === 'queued' ? queueText(status, context) : '';
    if (queued !== queueStamp) {
      queueStamp = queued;
      fill(queue, queued && h('div', { class: 'queue' }, icon('hourglass-split'), h('span', {}, queued)));
    }
    const author = snapshot.typing;
    const name = author === 'agent' ? status.agent : undefined;
    const typed = author ? `${author}:${name ?? ''}` : '';
    if (typed !== typingStamp) {
      typingStamp = typed;
      const who = { author: { kind: author ?? 'bot', ...(name ? { name } : {}) } } as const;
      fill(
        typing,
        author &&
          h(
            'div',
            { class: 'msg' },
            avatarOf(who),
            h(
              'div',
              { class: 'body' },
              byLine(who, context, words.typing),
              h('div', { class: 'bubble typing', 'aria-hidden': 'true' }, h('i'), h('i'), h('i')),
            ),
          ),
      );
    }
    const parts = [...snapshot.partials].map(([id, text]) => `${id}:${text}`).join('\n');
    if (parts !== partialsStamp) {
      partialsStamp = parts;
      const who = { author: { kind: 'bot' } } as const;
      fill(
        partials,
        ...[...snapshot.partials.values()].map((text) =>
          h(
            'div',
            { class: 'msg' },
            avatarOf(who),
            h(
              'div',
              { class: 'body' },
              byLine(who, context, words.typing),
              h('div', { class: 'bubble' }, richText(text, context.locale())),
            ),
          ),
        ),
      );
    }
  };

  labels();
  return {
    element,
    toEnd,
    update(snapshot) {
      const follow = stays();
      if (!follow) end = null;
      const before = drawn.size;
      const rows = rowsOf(snapshot);
      skeleton.hidden = !snapshot.loading;
      drawRows(rows, snapshot.trouble === 'offline' || snapshot.trouble === 'reconnecting');
      drawTail(snapshot);
      if (follow) toEnd();
      else if (drawn.size > before) toEndButton.hidden = false;
    },
    redraw() {
      labels();
      drawn.clear();
      fill(list);
      queueStamp = typingStamp = partialsStamp = '-';
    },
  };
}

/** Draws a row, or only what changed of it: a mark under an own message must not make a reader hear the message again. */
function drawRow(row: Row, old: Drawn | undefined, offline: boolean, context: ViewContext): Drawn {
  const meta = row.kind === 'own' ? `${row.status}|${offline}|${row.refusal?.status}|${row.waits}` : '';
  const element = old?.element ?? h('div', { class: `row is-${row.kind}`, 'data-seq': seqOf(row) });
  const settled = row.kind === 'own' && row.waits === null && old?.meta.endsWith('|null') === false;
  const files = row.kind === 'own' && 'attachment' in row.content;
  if (!old || old.stamp !== row.stamp || (settled && files)) {
    if (row.kind === 'own')
      fill(element, ownMessage(row, context), h('div', { class: 'own-meta', 'aria-live': 'off' }));
    else fill(element, drawBody(row, context));
  }
  if (row.kind === 'own' && (!old || old.meta !== meta || old.stamp !== row.stamp || settled)) {
    const place = element.querySelector('.own-meta');
    if (place) fill(place, ownMeta(row, offline, context));
    attribute(element, 'data-status', row.status);
  }
  return { element, stamp: row.stamp, meta };
}

function drawBody(row: Exclude<Row, { kind: 'own' }>, context: ViewContext): HTMLElement {
  const words = context.words();
  switch (row.kind) {
    case 'day':
      return h(
        'div',
        { class: 'day' },
        h('time', { datetime: dayKey(row.at) }, dayName(row.at, context.now(), context.locale())),
      );
    case 'expired':
      return systemLine('clock', [words.expired]);
    case 'state': {
      const time = timeOf(new Date(row.line.at), context);
      if (row.line.state === 'agent') {
        const [name, rest] = words.joined(row.line.agent ?? words.person);
        return systemLine('headset', [h('b', {}, name), rest, ' · ', time]);
      }
      if (row.line.state === 'closed') return systemLine('check2', [words.ended, ' · ', time]);
      return systemLine('robot', [words.leftChat, ' · ', time]);
    }
    case 'notice': {
      const text = richText(row.content.text, context.locale());
      return systemLine(noticeIcon(row.content), [text, timeOf(new Date(row.message.createdAt), context)]);
    }
    default:
      return theirMessage(row, context);
  }
}

const systemLine = (name: IconName, parts: readonly (Node | string)[]): HTMLElement =>
  h('div', { class: 'system' }, icon(name, 'small'), h('span', { class: 'system-text' }, ...parts));

function noticeIcon(content: Extract<Row, { kind: 'notice' }>['content']): IconName {
  if (content.kind === 'handoff_notice') return content.phase === 'queued' ? 'hourglass-split' : 'headset';
  const icons = {
    queue: 'hourglass-split',
    hours: 'clock',
    closing: 'clock',
    closed: 'check2',
    ticket: 'file-earmark',
    busy: 'exclamation-circle',
  } as const;
  return icons[content.topic];
}

function queueText(status: Status, context: ViewContext): string {
  const words = context.words();
  if (status.place === undefined) return words.queue;
  const wait = status.waitSeconds === undefined ? '' : words.queueWait(waitName(status.waitSeconds, context.locale()));
  return words.queuePlace(status.place - 1) + wait + words.stop;
}

const seqOf = (row: Row): string | undefined =>
  row.kind === 'theirs' || row.kind === 'notice' ? String(row.message.seq) : undefined;
