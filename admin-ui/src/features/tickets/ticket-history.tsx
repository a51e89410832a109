import type { Ticket } from '#core/tickets/ticket.schema.ts';
import { Icon, type IconName } from '../../components/icon.tsx';
import { Time } from '../../components/time.tsx';
import { useWords } from '../../lib/locale.tsx';
import { useNow } from '../../lib/now.ts';
import { ticketWords } from './words.ts';

type Event = Ticket['history'][number];

const ICONS: Readonly<Record<Event['what'], IconName>> = {
  created: 'plus-lg',
  status: 'arrow-right',
  priority: 'flag',
  assignee: 'person-plus',
  subject: 'pencil',
  description: 'pencil',
  tags: 'tags',
};

/** What happened to a ticket, the oldest first. */
export function TicketHistory({ ticket }: { ticket: Ticket }) {
  const now = useNow();
  return (
    <ol className="fd-plain act">
      {ticket.history.map((event) => (
        <li key={`${event.at} ${event.what} ${event.to}`}>
          <span className="dot">
            <Icon name={ICONS[event.what]} />
          </span>
          <Sentence event={event} /> <Time at={event.at} now={now} />
        </li>
      ))}
    </ol>
  );
}

function Sentence({ event: { what, by: whom, from, to } }: { event: Event }) {
  const t = useWords(ticketWords);
  const by = whom === 'bot' ? t.bot : whom;
  // Statuses and priorities are words of ours; anything else stays as it was written.
  const name = (value: string | null): string => {
    const known: Readonly<Record<string, string | undefined>> = {
      pending: t.pending,
      in_progress: t.in_progress,
      resolved: t.resolved,
      closed: t.closed,
      low: t.low,
      normal: t.normal,
      high: t.high,
      urgent: t.urgent,
    };
    return (value !== null && known[value]) || (value ?? '—');
  };
  switch (what) {
    case 'created':
      return t.created(by);
    case 'status':
      return t.statusChanged(by, name(from), name(to));
    case 'priority':
      return t.priorityChanged(by, name(from), name(to));
    case 'assignee':
      return to === null ? t.unassignedBy(by) : t.assigned(by, to);
    case 'subject':
      return t.changed(by, t.whatSubject);
    case 'description':
      return t.changed(by, t.whatDescription);
    default:
      return t.changed(by, t.whatTags);
  }
}
