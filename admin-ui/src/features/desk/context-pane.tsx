import { useEffect, useRef, type ReactNode } from 'react';
import { Link } from 'react-router';
import type { ConversationDetail } from '#core/desk/desk.schema.ts';
import { Icon } from '../../components/icon.tsx';
import { ChannelMark } from '../../components/marks.tsx';
import { sharedWords } from '../../components/shared-words.ts';
import { Loading, Skeleton } from '../../components/skeleton.tsx';
import { day, textLang } from '../../lib/format.ts';
import { useLocale, useWords } from '../../lib/locale.tsx';
import { useMe } from '../../lib/me.ts';
import { useNow } from '../../lib/now.ts';
import { paths } from '../../lib/paths.ts';
import { useReturnFocus } from '../../lib/return-focus.ts';
import { whoHasIt } from './ownership.ts';
import { useConversation } from './use-thread.ts';
import { WhySection } from './why-section.tsx';
import { contextWords } from './context-words.ts';

/** `open`: on narrow pages, where it lies over the conversation or stands in its place. */
type Props = { sessionId: string; open: boolean; onInsert: (text: string) => void; onClose: () => void };

/** What helps to answer: the customer, why the bot did what it did, answers, tickets, earlier conversations. */
export function ContextPane({ sessionId, open, onInsert, onClose }: Props) {
  const back = useRef<HTMLButtonElement>(null);
  useReturnFocus(open);
  useEffect(() => {
    if (open) back.current?.focus();
  }, [open]);
  const t = useWords(contextWords);
  const { conversation } = useConversation(sessionId);
  const me = useMe()?.id;
  const mine = conversation !== undefined && whoHasIt(conversation, me) === 'me';
  return (
    <aside className="ctx" aria-label={t.title} onKeyDown={(event) => event.key === 'Escape' && onClose()}>
      <header className="pane-head">
        <button
          type="button"
          ref={back}
          className="btn btn-quiet btn-icon only-without-context"
          aria-label={t.backToThread}
          title={t.backToThread}
          onClick={onClose}
        >
          <Icon name="arrow-left" />
        </button>
        <h2 className="fd-fill">{t.title}</h2>
      </header>
      <div className="scroll" tabIndex={0} role="group" aria-label={t.customerData}>
        {conversation ? (
          <>
            <Customer conversation={conversation} />
            <WhySection conversation={conversation} />
            <Suggestions conversation={conversation} onInsert={mine ? onInsert : undefined} />
            <Tickets tickets={conversation.tickets} />
            <Earlier earlier={conversation.earlier} />
          </>
        ) : (
          <Loading>
            <div className="d-grid gap-3 p-3">
              <Skeleton width="80%" />
              <Skeleton width="60%" />
              <Skeleton width="70%" />
            </div>
          </Loading>
        )}
      </div>
    </aside>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

function Customer({ conversation: { locale, contact, collected } }: { conversation: ConversationDetail }) {
  const t = useWords(contextWords);
  const shared = useWords(sharedWords);
  const slots = Object.entries(collected);
  // Names of the shipped flows; a flow of one's own shows the name that it gave.
  const names: Readonly<Record<string, string>> = {
    order: t.order,
    problem: t.problem,
    email: t.email,
    phone: t.phone,
    note: t.note,
    files: t.files,
    ticket: t.ticket,
  };
  return (
    <>
      <section>
        <dl className="fd-facts">
          <Fact name={t.language}>{locale === 'en' ? shared.en : shared.zhTW}</Fact>
          {contact.name && <Fact name={t.name}>{contact.name}</Fact>}
          {contact.email && <Fact name={t.email}>{contact.email}</Fact>}
          {contact.phone && <Fact name={t.phone}>{contact.phone}</Fact>}
          {contact.identities.length > 0 && (
            <Fact name={t.identities}>
              {contact.identities.map((one) => (
                <span key={`${one.channel} ${one.label}`} className="fd-row identity">
                  <ChannelMark channel={one.channel} />
                  <span className="fd-fill">{one.label}</span>
                </span>
              ))}
            </Fact>
          )}
          {contact.page && (
            <Fact name={t.page}>
              {/^https?:/.test(contact.page.url) ? (
                <a href={contact.page.url} target="_blank" rel="noreferrer noopener">
                  {contact.page.title || contact.page.url}
                </a>
              ) : (
                contact.page.title || contact.page.url
              )}
            </Fact>
          )}
        </dl>
      </section>
      {slots.length > 0 && (
        <section>
          <h3>{t.collected}</h3>
          <dl className="fd-facts">
            {slots.map(([name, value]) => (
              <Fact key={name} name={names[name] ?? name}>
                {value}
              </Fact>
            ))}
          </dl>
        </section>
      )}
    </>
  );
}

type SuggestionsProps = { conversation: ConversationDetail; onInsert: ((text: string) => void) | undefined };

function Suggestions({ conversation: { suggestions }, onInsert }: SuggestionsProps) {
  const t = useWords(contextWords);
  if (suggestions.length === 0) return null;
  return (
    <section>
      <h3>{t.suggestions}</h3>
      {suggestions.map((one) => (
        <div key={one.id} className="faq-row">
          <Link className="faq-title" to={paths.faqs(one.id)} lang={textLang(one.question)}>
            {one.question}
          </Link>
          <p lang={textLang(one.answer)}>{one.answer}</p>
          {onInsert && (
            <button type="button" className="btn btn-outline-secondary btn-sm" onClick={() => onInsert(one.answer)}>
              {t.insert}
            </button>
          )}
        </div>
      ))}
    </section>
  );
}

/** How the state of a ticket is coloured: who acts next. */
const TICKET_STATE: Readonly<Record<string, { state?: string; tone?: string }>> = {
  pending: { state: 'waiting' },
  in_progress: { state: 'agent' },
  resolved: { tone: 'good' },
  closed: { state: 'closed' },
};

function Tickets({ tickets }: { tickets: ConversationDetail['tickets'] }) {
  const t = useWords(contextWords);
  const names: Readonly<Record<string, string>> = {
    pending: t.pending,
    in_progress: t.in_progress,
    resolved: t.resolved,
    closed: t.closed,
  };
  const open = tickets.filter((one) => one.status === 'pending' || one.status === 'in_progress').length;
  return (
    <section>
      <h3>
        {t.tickets} {open > 0 && <small>{t.openTickets(open)}</small>}
      </h3>
      {tickets.length === 0 && <p className="fd-muted">{t.noTickets}</p>}
      {tickets.map(({ id, number, subject, status }) => (
        <Link key={id} className="link-row" to={paths.tickets(id)}>
          <span className="fd-num">{number}</span>
          <span className="fd-fill fd-clip">{subject}</span>
          <span className="fd-chip" data-state={TICKET_STATE[status]?.state} data-tone={TICKET_STATE[status]?.tone}>
            {names[status] ?? status}
          </span>
        </Link>
      ))}
    </section>
  );
}

function Earlier({ earlier }: { earlier: ConversationDetail['earlier'] }) {
  const t = useWords(contextWords);
  const { locale } = useLocale();
  const now = useNow();
  const ends: Readonly<Record<string, string>> = { agent: t.byAgent, open: t.stillOpen };
  return (
    <section className="border-0">
      <h3>
        {t.earlier} {earlier.length > 0 && <small>{t.earlierCount(earlier.length)}</small>}
      </h3>
      {earlier.length === 0 && <p className="fd-muted">{t.noEarlier}</p>}
      {earlier.map(({ id, topic, endedBy, at }) => (
        <Link key={id} className="link-row" to={paths.desk(id)}>
          <time dateTime={at}>{day(new Date(at), now, locale)}</time>
          <span className="fd-fill fd-clip">
            {topic ?? t.general} · {ends[endedBy] ?? t.byBot}
          </span>
        </Link>
      ))}
    </section>
  );
}
