import type { ReactNode } from 'react';
import type { Message } from '#core/conversation/conversation.schema.ts';
import type { ConversationDetail } from '#core/desk/desk.schema.ts';
import { Icon, type IconName } from '../../components/icon.tsx';
import { AgentAvatar, BotAvatar, CustomerAvatar } from '../../components/marks.tsx';
import { problemText } from '../../components/problem-text.ts';
import { sharedWords } from '../../components/shared-words.ts';
import { Time } from '../../components/time.tsx';
import { fileSize, textLang } from '../../lib/format.ts';
import { useWords } from '../../lib/locale.tsx';
import { useMe } from '../../lib/me.ts';
import { useResend } from './api/resend.ts';
import { useDesk } from './desk-live.tsx';
import { MessageBody, type Pressed } from './message-body.tsx';
import type { Unsent } from './outbox.ts';
import { threadWords } from './thread-words.ts';

type Props = {
  messages: readonly Message[];
  conversation: ConversationDetail;
  pressed: Pressed;
  reactions: ReadonlyMap<number, 'up' | 'down'>;
};

/** What one author said in a row: a mark, a name, the bubbles, and below them how far they came. */
export function MessageGroup({ messages, conversation, pressed, reactions }: Props) {
  const shared = useWords(sharedWords);
  const t = useWords(threadWords);
  const first = messages[0]!;
  const { kind } = first.author;
  const name =
    first.author.name ??
    (kind === 'customer' ? conversation.customer.name : kind === 'agent' ? shared.colleague : t.bot);
  const mark =
    kind === 'customer' ? (
      <CustomerAvatar name={name} small />
    ) : kind === 'agent' ? (
      <AgentAvatar name={name} small />
    ) : (
      <BotAvatar />
    );
  const failed = messages.some((message) => message.delivery === 'failed');
  const side = kind === 'customer' ? 'fd-msg-customer' : `fd-msg-${kind === 'agent' ? 'agent' : 'bot'} fd-msg-out`;
  return (
    <Said className={failed ? `${side} fd-msg-failed` : side} mark={mark} name={name} at={first.createdAt}>
      {messages.map((message, at) => (
        <div key={message.id} className="said">
          <MessageBody message={message} pressed={pressed} />
          <Verdict value={reactions.get(message.seq)} />
          {kind !== 'customer' && (
            <DeliveryLine
              message={message}
              conversation={conversation}
              quiet={kind === 'bot' || kind === 'system' || at < messages.length - 1}
            />
          )}
        </div>
      ))}
    </Said>
  );
}

function Said({
  className,
  mark,
  name,
  at,
  children,
}: {
  className: string;
  mark: ReactNode;
  name: string;
  at: string;
  children: ReactNode;
}) {
  return (
    <article className={`fd-msg ${className}`}>
      {mark}
      <div className="fd-body">
        <div className="fd-by">
          <b>{name}</b>
          <Time at={at} />
        </div>
        {children}
      </div>
    </article>
  );
}

function Verdict({ value }: { value: 'up' | 'down' | undefined }) {
  const t = useWords(threadWords);
  if (!value) return null;
  return (
    <div className="fd-meta">
      <Icon name={value === 'up' ? 'hand-thumbs-up' : 'hand-thumbs-down'} small />
      <span>{value === 'up' ? t.helped : t.notHelped}</span>
    </div>
  );
}

type Mark = { text: string; icon: IconName };

/** How far a message of ours came. `quiet`: only what somebody should look at is said. */
function DeliveryLine({
  message,
  conversation,
  quiet,
}: {
  message: Message;
  conversation: ConversationDetail;
  quiet: boolean;
}) {
  const t = useWords(threadWords);
  const shared = useWords(sharedWords);
  const resend = useResend(conversation.id);
  if (message.delivery === 'failed')
    return (
      <Failure
        cause={resend.error ? problemText(resend.error, shared) : t.notDelivered(shared[conversation.channel])}
        onRetry={() => resend.mutate(message.seq)}
        retrying={resend.isPending}
      />
    );
  const read = message.delivery === 'read' || conversation.seen >= message.seq;
  const marks: Readonly<Record<string, Mark | undefined>> = {
    pending: { text: t.sending, icon: 'clock' },
    sent: { text: t.sent, icon: 'check2' },
    delivered: { text: t.delivered, icon: 'check2' },
    uncertain: { text: t.uncertain, icon: 'exclamation-triangle-fill' },
    cancelled: { text: t.cancelled, icon: 'x-lg' },
  };
  const mark = read ? { text: t.read, icon: 'check2-all' as const } : marks[message.delivery ?? 'sent'];
  const worthSaying = message.delivery === 'uncertain' || message.delivery === 'cancelled';
  if (!message.editedAt && (!mark || (quiet && !worthSaying))) return null;
  return (
    <div className="fd-meta">
      {message.editedAt && <span>{t.edited}</span>}
      {mark && (!quiet || worthSaying) && (
        <>
          <span>{mark.text}</span>
          <Icon name={mark.icon} small />
        </>
      )}
    </div>
  );
}

function Failure({
  cause,
  onRetry,
  retrying,
  onDrop,
}: {
  cause: string;
  onRetry: () => void;
  retrying: boolean;
  onDrop?: () => void;
}) {
  const t = useWords(threadWords);
  return (
    <div className="fd-failed" role="alert">
      <Icon name="exclamation-triangle-fill" small />
      <span>{cause}</span>
      <button type="button" className="btn btn-outline-danger btn-sm" onClick={onRetry} disabled={retrying}>
        <Icon name="arrow-repeat" />
        {t.resend}
      </button>
      {onDrop && (
        <button type="button" className="btn btn-quiet btn-sm" onClick={onDrop}>
          {t.drop}
        </button>
      )}
    </div>
  );
}

/** What this agent sent and the server does not have yet, or refused. */
export function UnsentGroup({ unsent, sessionId }: { unsent: readonly Unsent[]; sessionId: string }) {
  const me = useMe();
  const name = me?.name ?? '';
  return (
    <Said className="fd-msg-agent fd-msg-out" mark={<AgentAvatar name={name} small />} name={name} at={unsent[0]!.at}>
      {unsent.map((one) => (
        <UnsentMessage key={one.clientMessageId} unsent={one} sessionId={sessionId} />
      ))}
    </Said>
  );
}

function UnsentMessage({
  unsent: { clientMessageId, draft, problem },
  sessionId,
}: {
  unsent: Unsent;
  sessionId: string;
}) {
  const t = useWords(threadWords);
  const shared = useWords(sharedWords);
  const { outbox } = useDesk();
  return (
    <div className={problem === undefined ? 'said' : 'said fd-msg-failed'}>
      <div className="fd-bubble">
        {'text' in draft ? (
          <p className="as-written" lang={textLang(draft.text)}>
            {draft.text}
          </p>
        ) : (
          <span className="fd-file">
            <Icon name="file-earmark" />
            <span>
              {draft.file.name}
              <small>{fileSize(draft.file.size)}</small>
            </span>
          </span>
        )}
      </div>
      {problem === undefined ? (
        <div className="fd-meta">
          <span>{t.sending}</span>
          <Icon name="clock" small />
        </div>
      ) : (
        <Failure
          cause={t.notSent(problemText(problem, shared))}
          onRetry={() => outbox.retry(sessionId, clientMessageId)}
          retrying={false}
          onDrop={() => outbox.drop(sessionId, clientMessageId)}
        />
      )}
    </div>
  );
}
