import { Link } from 'react-router';
import type { ConversationSummary } from '#core/desk/desk.schema.ts';
import { Icon } from '../../components/icon.tsx';
import { CustomerAvatar } from '../../components/marks.tsx';
import { Time } from '../../components/time.tsx';
import { textLang } from '../../lib/format.ts';
import { useLocale, useWords } from '../../lib/locale.tsx';
import { WaitChip } from './wait-chip.tsx';
import { waitSince } from './waiting.ts';
import { deskWords, reasonWords } from './words.ts';

type Props = { conversation: ConversationSummary; to: string; open: boolean; now: Date };

/** A row of the desk's list: who, since when, what was said last and by whom, and what is the matter. */
export function ConversationRow({ conversation, to, open, now }: Props) {
  const t = useWords(deskWords);
  const { customer, channel, state, last } = conversation;
  // What customers say to the bot needs nobody; a solid count is for what does.
  const unread = state === 'queued' || state === 'agent' ? conversation.unread : 0;
  const classes = ['conv', open ? 'is-open' : '', unread > 0 ? 'is-unread' : ''].filter(Boolean).join(' ');
  return (
    <Link className={classes} to={to} aria-current={open ? 'true' : undefined}>
      <CustomerAvatar name={customer.name} channel={channel} />
      <span className="fd-fill">
        <span className="fd-row">
          <span className="conv-name fd-clip">{customer.name}</span>
          <When conversation={conversation} now={now} />
        </span>
        <span className="fd-row">
          <span className="conv-last fd-clip">
            <Speaker by={last?.by} />
            {last && <span lang={textLang(last.text)}>{last.text}</span>}
          </span>
          {unread > 0 && (
            <span className="fd-count">
              <span aria-hidden="true">{unread}</span>
              <span className="visually-hidden">{t.unread(unread)}</span>
            </span>
          )}
        </span>
        <Chips conversation={conversation} now={now} />
      </span>
    </Link>
  );
}

/** Since when the customer waits, or when the last message came. */
function When({
  conversation: { state, handoff, last, createdAt },
  now,
}: {
  conversation: ConversationSummary;
  now: Date;
}) {
  const t = useWords(deskWords);
  if (state !== 'queued' || !handoff) return <Time at={last?.at ?? createdAt} now={now} className="conv-time" />;
  const { waited, level } = waitSince(handoff.requestedAt, now);
  return <span className={`conv-time is-${level}`}>{waited === 0 ? t.justNow : t.waits(waited)}</span>;
}

/** A sign when one of us wrote the last line. */
function Speaker({ by }: { by: 'customer' | 'bot' | 'agent' | 'system' | undefined }) {
  const t = useWords(deskWords);
  if (by !== 'bot' && by !== 'agent') return null;
  return (
    <>
      <Icon name={by === 'bot' ? 'robot' : 'reply'} small />
      <span className="visually-hidden">{t.weWrote}</span>{' '}
    </>
  );
}

function Chips({ conversation, now }: { conversation: ConversationSummary; now: Date }) {
  const t = useWords(deskWords);
  const reasons = useWords(reasonWords);
  const { locale } = useLocale();
  const { state, handoff, agent, topic, ticket, mood } = conversation;
  const asked = handoff && handoff.reason !== 'taken-over' ? reasons[handoff.reason] : undefined;
  return (
    <span className="conv-chips">
      {state === 'queued' && handoff && <WaitChip requestedAt={handoff.requestedAt} now={now} />}
      {state === 'agent' && agent && (
        <span className="fd-chip" data-state="agent">
          <Icon name="person-fill" />
          {agent.name}
        </span>
      )}
      {state === 'bot' && (
        <span className="fd-chip" data-state="bot">
          <Icon name="robot" />
          {t.stateBot}
        </span>
      )}
      {state === 'closed' && (
        <span className="fd-chip" data-state="closed">
          <Icon name="check2" />
          {ticket ? t.chip(t.stateClosed, ticket) : t.stateClosed}
        </span>
      )}
      {mood === 'angry' && state !== 'closed' && (
        <span className="fd-chip" data-sla="breached">
          <Icon name="emoji-frown" />
          {t.angry}
        </span>
      )}
      {state === 'queued' && (topic ?? asked) && (
        <span className="fd-chip may-shrink">
          <span className="fd-clip">{topic ?? asked}</span>
        </span>
      )}
      {conversation.locale !== locale && <span className="fd-chip">{conversation.locale === 'en' ? 'EN' : '中'}</span>}
    </span>
  );
}
