import { useEffect, useRef } from 'react';
import type { Message } from '#core/conversation/conversation.schema.ts';
import type { ConversationDetail } from '#core/desk/desk.schema.ts';
import { Empty } from '../../components/empty.tsx';
import { Icon } from '../../components/icon.tsx';
import { dayHeading, duration, textLang } from '../../lib/format.ts';
import { useLocale, useWords } from '../../lib/locale.tsx';
import { useMe } from '../../lib/me.ts';
import { useNow } from '../../lib/now.ts';
import { useTools } from '../../lib/tools.tsx';
import { Time } from '../../components/time.tsx';
import { useUnsent } from './desk-live.tsx';
import type { Pressed } from './message-body.tsx';
import { MessageGroup, UnsentGroup } from './message-group.tsx';
import { NoteBox } from './note-box.tsx';
import type { ThreadData } from './thread-data.ts';
import { choiceLabels, chosenIds, reactionsOf, threadItems, type Happening, type ThreadItem } from './thread-items.ts';
import { useCustomerTyping } from './use-thread.ts';
import { useStuckScroll } from './use-stuck-scroll.ts';
import { threadWords } from './thread-words.ts';
import { reasonWords } from './words.ts';

const MINUTE_MS = 60_000;

type Props = {
  conversation: ConversationDetail;
  thread: ThreadData;
  onEarlier: () => void;
  loadingEarlier: boolean;
};

/** The conversation itself: messages, notes, and what happened to it, as a log that is read out as it grows. */
export function Thread({ conversation, thread, onEarlier, loadingEarlier }: Props) {
  const t = useWords(threadWords);
  const { id } = conversation;
  const unsent = useUnsent(id);
  const typing = useCustomerTyping(id);
  const box = useRef<HTMLDivElement>(null);
  const items = threadItems({ messages: thread.items, conversation, unsent });
  const pressed = { ids: chosenIds(thread.items), labels: choiceLabels(thread.items) };
  const reactions = reactionsOf(thread.items);
  const lastKey = `${items.at(-1)?.key} ${thread.head} ${unsent.length} ${typing}`;
  const { behind, toEnd, onScroll } = useStuckScroll(box, thread.from, lastKey);
  // Whoever writes wants to see what he wrote, wherever he was reading.
  const me = useMe()?.id;
  const written = `${unsent.at(-1)?.clientMessageId} ${conversation.notes.findLast(({ author }) => author.id === me)?.id}`;
  const before = useRef(written);
  useEffect(() => {
    if (before.current !== written && me !== undefined) toEnd();
    before.current = written;
  }, [written, me, toEnd]);
  useMarkRead(id, thread.items);
  useEffect(() => {
    // Whoever comes here from the list by keyboard reads on from here; the composer is the next stop.
    if (document.activeElement !== document.body) box.current?.focus({ preventScroll: true });
  }, []);
  return (
    <div className="thread-frame">
      <div className="scroll thread" ref={box} onScroll={onScroll} tabIndex={0} role="log" aria-label={t.messages}>
        <div className="fd-msgs">
          {thread.from > 0 && (
            <div className="text-center">
              <button type="button" className="btn btn-quiet btn-sm" onClick={onEarlier} disabled={loadingEarlier}>
                {t.earlier}
              </button>
            </div>
          )}
          {items.length === 0 && (
            <Empty icon="chat-dots" title={t.noMessages}>
              <p>{t.noMessagesWhat}</p>
            </Empty>
          )}
          {items.map((item) => (
            <Item key={item.key} item={item} conversation={conversation} pressed={pressed} reactions={reactions} />
          ))}
          <div className="fd-by typing-line" role="status">
            {typing && (
              <>
                <span className="fd-typing p-0" aria-hidden="true">
                  <i />
                  <i />
                  <i />
                </span>
                {t.typing(conversation.customer.name)}
              </>
            )}
          </div>
        </div>
      </div>
      {behind && (
        <button type="button" className="btn btn-outline-secondary btn-sm to-end" onClick={toEnd}>
          {t.newMessages}
        </button>
      )}
    </div>
  );
}

type ItemProps = {
  item: ThreadItem;
  conversation: ConversationDetail;
  pressed: Pressed;
  reactions: ReadonlyMap<number, 'up' | 'down'>;
};

function Item({ item, conversation, pressed, reactions }: ItemProps) {
  const { locale } = useLocale();
  const now = useNow(MINUTE_MS);
  switch (item.kind) {
    case 'day':
      return (
        <div className="fd-day">
          <time dateTime={item.at}>{dayHeading(new Date(item.at), now, locale)}</time>
        </div>
      );
    case 'happening':
      return <HappeningLine happening={item.happening} at={item.at} />;
    case 'notice':
      return <NoticeLine message={item.message} />;
    case 'note':
      return <NoteBox note={item.note} />;
    case 'messages':
      return (
        <MessageGroup messages={item.messages} conversation={conversation} pressed={pressed} reactions={reactions} />
      );
    default:
      return <UnsentGroup unsent={item.unsent} sessionId={conversation.id} />;
  }
}

/** What we told the customer about the conversation itself. */
function NoticeLine({ message }: { message: Message }) {
  if (!('text' in message.content) || message.content.text === undefined) return null;
  return (
    <div className="fd-system">
      <Icon name={message.content.kind === 'handoff_notice' ? 'headset' : 'chat-dots'} small />
      <span>
        <span lang={textLang(message.content.text)}>{message.content.text}</span> · <Time at={message.createdAt} />
      </span>
    </div>
  );
}

function HappeningLine({ happening: { handoff, what }, at }: { happening: Happening; at: string }) {
  const t = useWords(threadWords);
  const reasons = useWords(reasonWords);
  const { locale } = useLocale();
  const agent = handoff.agent?.name ?? '';
  const line = (): string => {
    if (what === 'asked') return t.handedOver(reasons[handoff.reason]);
    if (what === 'claimed') {
      if (handoff.reason === 'taken-over') return t.steppedIn(agent);
      return t.tookOver(agent, duration(Date.parse(at) - Date.parse(handoff.requestedAt), locale));
    }
    if (handoff.status === 'returned') return t.gaveBack(agent);
    if (handoff.status === 'withdrawn') return t.withdrew;
    return handoff.status === 'unattended' ? t.unattended : t.resolved(agent);
  };
  const icon = what === 'asked' ? 'robot' : what === 'claimed' ? 'headset' : 'check2';
  return (
    <div className="fd-system">
      <Icon name={icon} small />
      <span>
        <Named text={line()} name={agent} /> · <Time at={at} />
      </span>
    </div>
  );
}

/** A sentence with somebody's name in it, set apart. */
function Named({ text, name }: { text: string; name: string }) {
  const at = name === '' ? -1 : text.indexOf(name);
  if (at < 0) return text;
  return (
    <>
      {text.slice(0, at)}
      <b>{name}</b>
      {text.slice(at + name.length)}
    </>
  );
}

/** Tells the server how far the conversation was read, while the page is really looked at. */
function useMarkRead(sessionId: string, messages: readonly Message[]): void {
  const { live } = useTools();
  const seq = messages.findLast((message) => message.author.kind === 'customer')?.seq;
  useEffect(() => {
    if (seq === undefined) return undefined;
    const tell = (): void => {
      if (document.visibilityState === 'visible') live.send({ type: 'read', sessionId, seq });
    };
    tell();
    document.addEventListener('visibilitychange', tell);
    const leave = live.listen((frame) => frame.type === 'welcome' && tell());
    return () => {
      document.removeEventListener('visibilitychange', tell);
      leave();
    };
  }, [live, sessionId, seq]);
}
