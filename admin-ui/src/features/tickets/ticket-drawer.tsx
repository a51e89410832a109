import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { TICKET_MOVES, type Ticket, type TicketPriority, type TicketStatusName } from '#core/tickets/ticket.schema.ts';
import { ProblemBanner } from '../../components/banner.tsx';
import { Drawer } from '../../components/drawer.tsx';
import { Icon } from '../../components/icon.tsx';
import { Markdown } from '../../components/markdown.tsx';
import { CustomerAvatar } from '../../components/marks.tsx';
import { Loading, Skeleton } from '../../components/skeleton.tsx';
import { ago, fileSize } from '../../lib/format.ts';
import { useLocale, useWords } from '../../lib/locale.tsx';
import { useMe } from '../../lib/me.ts';
import { useNow } from '../../lib/now.ts';
import { paths } from '../../lib/paths.ts';
import { useTools } from '../../lib/tools.tsx';
import { saveUpload } from '../../lib/upload.ts';
import { useChangeTicket } from './api/change-ticket.ts';
import { ticketQuery } from './api/read-ticket.ts';
import { StatusChip } from './status-chip.tsx';
import { TicketHistory } from './ticket-history.tsx';
import { ticketWords } from './words.ts';

const PRIORITIES: readonly TicketPriority[] = ['low', 'normal', 'high', 'urgent'];
const STEPS: readonly TicketStatusName[] = ['pending', 'in_progress', 'resolved', 'closed'];
const NOBODY = '';

/** One ticket: how far it is, what it is about, what happened to it, and its moves. */
export function TicketDrawer({ id, onClose }: { id: string; onClose: () => void }) {
  const t = useWords(ticketWords);
  const { api } = useTools();
  const { data: ticket, error, refetch } = useQuery(ticketQuery(api, id));
  if (ticket) return <Loaded ticket={ticket} onClose={onClose} />;
  return (
    <Drawer title={t.title} onClose={onClose}>
      {error ? (
        <ProblemBanner error={error} onRetry={() => void refetch()} />
      ) : (
        <Loading>
          <div className="drawer-form d-grid gap-3">
            <Skeleton width="60%" height="1.25rem" />
            <Skeleton width="90%" />
            <Skeleton width="75%" />
          </div>
        </Loading>
      )}
    </Drawer>
  );
}

function Loaded({ ticket, onClose }: { ticket: Ticket; onClose: () => void }) {
  const t = useWords(ticketWords);
  const { locale } = useLocale();
  const now = useNow();
  const changing = useChangeTicket(ticket);
  const move = (status: TicketStatusName): void => changing.mutate({ status });
  return (
    <Drawer
      title={t.ticket(ticket.number)}
      state={<StatusChip status={ticket.status} />}
      onClose={onClose}
      {...(TICKET_MOVES[ticket.status].length > 0
        ? { foot: <Moves ticket={ticket} onMove={move} busy={changing.isPending} /> }
        : {})}
    >
      {changing.error && <ProblemBanner error={changing.error} />}
      <div className="ticket">
        <div className="ticket-main">
          <h3 className="ticket-subject">{ticket.subject}</h3>
          <div className="fd-row fd-sm fd-muted flex-wrap">
            <span className="fd-fill">{t.createdAt(ago(new Date(ticket.createdAt), now, locale))}</span>
            {ticket.sessionId && (
              <Link className="btn btn-outline-secondary btn-sm" to={paths.desk(ticket.sessionId)}>
                <Icon name="chat-dots" />
                {t.openConversation}
              </Link>
            )}
          </div>
          <Steps status={ticket.status} />
          <h3>{t.description}</h3>
          <div className="lead-text">
            <Markdown text={ticket.description} />
          </div>
          <Attachments ticket={ticket} />
          <h3>{t.history}</h3>
          <TicketHistory ticket={ticket} />
        </div>
        <Properties ticket={ticket} onChange={changing.mutate} busy={changing.isPending} />
      </div>
    </Drawer>
  );
}

/** Where the ticket stands among the four steps. */
function Steps({ status }: { status: TicketStatusName }) {
  const t = useWords(ticketWords);
  const at = STEPS.indexOf(status);
  return (
    <ol className="fd-plain steps" aria-label={t.progress}>
      {STEPS.map((step, index) => (
        <li
          key={step}
          className={index < at ? 'done' : index === at ? 'now' : ''}
          {...(index === at ? { 'aria-current': 'step' as const } : {})}
        >
          <span>{index < at ? <Icon name="check2" small /> : index + 1}</span>
          {t[step]}
        </li>
      ))}
    </ol>
  );
}

function Moves({ ticket, onMove, busy }: { ticket: Ticket; onMove: (to: TicketStatusName) => void; busy: boolean }) {
  const t = useWords(ticketWords);
  const names: Readonly<Record<TicketStatusName, string>> = {
    pending: t.toPending,
    in_progress: ticket.status === 'resolved' ? t.reopen : t.toInProgress,
    resolved: t.toResolved,
    closed: t.toClosed,
  };
  const moves = TICKET_MOVES[ticket.status];
  // What usually comes next: the step after this one.
  const next = STEPS[STEPS.indexOf(ticket.status) + 1];
  return (
    <>
      {moves
        .filter((move) => move !== next)
        .map((move) => (
          <button
            key={move}
            type="button"
            className="btn btn-outline-secondary"
            onClick={() => onMove(move)}
            disabled={busy}
          >
            {names[move]}
          </button>
        ))}
      <span className="fd-fill" />
      {next && (
        <button type="button" className="btn btn-primary" onClick={() => onMove(next)} disabled={busy}>
          {names[next]}
        </button>
      )}
    </>
  );
}

type PropertiesProps = {
  ticket: Ticket;
  onChange: (change: { priority?: TicketPriority; assigneeId?: string | null }) => void;
  busy: boolean;
};

function Properties({ ticket, onChange, busy }: PropertiesProps) {
  const t = useWords(ticketWords);
  const me = useMe();
  const other = ticket.assignee && ticket.assignee.id !== me?.id ? ticket.assignee : undefined;
  return (
    <div className="ticket-side">
      <div className="field">
        <label className="form-label" htmlFor="assignee">
          {t.assignee}
        </label>
        <select
          id="assignee"
          className="form-select"
          value={ticket.assignee?.id ?? NOBODY}
          disabled={busy}
          onChange={(event) => onChange({ assigneeId: event.target.value === NOBODY ? null : event.target.value })}
        >
          <option value={NOBODY}>{t.nobody}</option>
          {me && <option value={me.id}>{t.me(me.name)}</option>}
          {other && <option value={other.id}>{other.name}</option>}
        </select>
      </div>
      <div className="field">
        <label className="form-label" htmlFor="priority">
          {t.priority}
        </label>
        <select
          id="priority"
          className="form-select"
          value={ticket.priority}
          disabled={busy}
          onChange={(event) => onChange({ priority: event.target.value as TicketPriority })}
        >
          {PRIORITIES.map((one) => (
            <option key={one} value={one}>
              {t[one]}
            </option>
          ))}
        </select>
      </div>
      {ticket.tags.length > 0 && (
        <div className="field">
          <div className="form-label">{t.tags}</div>
          <div className="fd-row flex-wrap gap-1">
            {ticket.tags.map((tag) => (
              <span key={tag} className="fd-chip">
                {tag}
              </span>
            ))}
          </div>
        </div>
      )}
      <h3>{t.customer}</h3>
      <div className="fd-row mb-2">
        <CustomerAvatar name={ticket.requester.name} />
        <div className="fd-strong">{ticket.requester.name}</div>
      </div>
      <dl className="fd-facts">
        {ticket.requester.email && (
          <>
            <dt>{t.email}</dt>
            <dd>{ticket.requester.email}</dd>
          </>
        )}
        <dt>{t.category}</dt>
        <dd>
          {ticket.category === 'general' || ticket.category === 'conversation' ? t[ticket.category] : ticket.category}
        </dd>
      </dl>
    </div>
  );
}

function Attachments({ ticket: { attachments } }: { ticket: Ticket }) {
  const t = useWords(ticketWords);
  const { api } = useTools();
  if (attachments.length === 0) return null;
  return (
    <>
      <h3>{t.attachments}</h3>
      <ul className="fd-plain d-grid gap-2">
        {attachments.map((file) => (
          <li key={file.id}>
            <button type="button" className="fd-file" onClick={() => void saveUpload(api, file)}>
              <Icon name="file-earmark" />
              <span>
                {file.name}
                <small>{fileSize(file.bytes)}</small>
              </span>
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}
