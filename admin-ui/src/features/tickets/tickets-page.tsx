import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useNavigate, useParams } from 'react-router';
import type { Ticket, TicketStatusName } from '#core/tickets/ticket.schema.ts';
import { ProblemBanner } from '../../components/banner.tsx';
import { Empty } from '../../components/empty.tsx';
import { Region } from '../../components/region.tsx';
import { SearchBox } from '../../components/search-box.tsx';
import { sharedWords } from '../../components/shared-words.ts';
import { TableSkeleton } from '../../components/table-skeleton.tsx';
import { Time } from '../../components/time.tsx';
import { useDensity } from '../../lib/density.ts';
import { textLang } from '../../lib/format.ts';
import { useWords } from '../../lib/locale.tsx';
import { useNow } from '../../lib/now.ts';
import { usePageTitle } from '../../lib/page-title.ts';
import { paths } from '../../lib/paths.ts';
import { useSettled } from '../../lib/settled.ts';
import { useTools } from '../../lib/tools.tsx';
import { ticketsQuery, type TicketListFilter } from './api/list-tickets.ts';
import { PriorityMark } from './priority-mark.tsx';
import { StatusChip } from './status-chip.tsx';
import { TicketDrawer } from './ticket-drawer.tsx';
import './tickets.css';
import { ticketWords } from './words.ts';

const STATUSES: readonly TicketStatusName[] = ['pending', 'in_progress', 'resolved', 'closed'];
type View = 'all' | 'mine' | 'unassigned';
const VIEWS: Readonly<Record<View, TicketListFilter['assignee']>> = { all: '', mine: 'me', unassigned: 'none' };

/** All tickets, and beside them the open one. */
export function TicketsPage() {
  const t = useWords(ticketWords);
  const { id } = useParams();
  const navigate = useNavigate();
  const [q, setQ] = useState('');
  const [view, setView] = useState<View>('all');
  const [status, setStatus] = useState<TicketStatusName | ''>('');
  usePageTitle(t.title);
  useDensity('compact');
  return (
    <main className="listed" data-open={id !== undefined}>
      <h1 className="visually-hidden">{t.title}</h1>
      <section className="list-pane" aria-label={t.list}>
        <header className="fd-page-head">
          <h2>{t.title}</h2>
        </header>
        <div className="fd-toolbar mb-2">
          <SearchBox label={t.search} hint={t.searchHint} value={q} onChange={setQ} />
          <select
            className="form-select"
            aria-label={t.status}
            value={status}
            onChange={(event) => setStatus(event.target.value as TicketStatusName | '')}
          >
            <option value="">{t.anyStatus}</option>
            {STATUSES.map((one) => (
              <option key={one} value={one}>
                {t[one]}
              </option>
            ))}
          </select>
        </div>
        <div className="fd-tabs mb-3" role="group" aria-label={t.views}>
          {(Object.keys(VIEWS) as View[]).map((one) => (
            <button key={one} type="button" aria-pressed={one === view} onClick={() => setView(one)}>
              {t[one]}
            </button>
          ))}
        </div>
        <TicketTable filter={useSettled({ q, status, assignee: VIEWS[view] })} openId={id} />
      </section>
      {id !== undefined && (
        <Region key={id}>
          <TicketDrawer id={id} onClose={() => void navigate(paths.tickets())} />
        </Region>
      )}
    </main>
  );
}

function TicketTable({ filter, openId }: { filter: TicketListFilter; openId: string | undefined }) {
  const t = useWords(ticketWords);
  const shared = useWords(sharedWords);
  const { api } = useTools();
  const { data, error, refetch, hasNextPage, fetchNextPage } = useInfiniteQuery(ticketsQuery(api, filter));
  const tickets = data?.pages.flatMap((page) => page.items);
  const now = useNow();
  if (error && !tickets) return <ProblemBanner error={error} onRetry={() => void refetch()} />;
  if (tickets?.length === 0)
    return (
      <Empty icon="ticket-perforated" title={t.none}>
        <p>{t.noneWhat}</p>
      </Empty>
    );
  return (
    <>
      <div className="fd-panel overflow-hidden">
        {tickets ? (
          <table className="table table-hover tickets">
            <thead>
              <tr>
                <th scope="col">{t.number}</th>
                <th scope="col">{t.subject}</th>
                <th scope="col">{t.status}</th>
                <th scope="col">{t.priority}</th>
                <th scope="col">{t.assignee}</th>
                <th scope="col" className="text-end">
                  {t.updated}
                </th>
              </tr>
            </thead>
            <tbody>
              {tickets.map((ticket) => (
                <TicketRow key={ticket.id} ticket={ticket} open={ticket.id === openId} now={now} />
              ))}
            </tbody>
          </table>
        ) : (
          <TableSkeleton />
        )}
      </div>
      {hasNextPage && (
        <button type="button" className="btn btn-outline-secondary btn-sm mt-3" onClick={() => void fetchNextPage()}>
          {shared.loadMore}
        </button>
      )}
    </>
  );
}

function TicketRow({ ticket, open, now }: { ticket: Ticket; open: boolean; now: Date }) {
  const t = useWords(ticketWords);
  return (
    <tr data-open={open}>
      <td className="fd-muted number">{ticket.number}</td>
      <td className="subject">
        <Link to={paths.tickets(ticket.id)} lang={textLang(ticket.subject)} aria-current={open ? 'true' : undefined}>
          {ticket.subject}
        </Link>
        <div className="row-sub">
          <span className="only-small">{ticket.number}</span>
          {ticket.requester.name}
        </div>
      </td>
      <td className="status">
        <StatusChip status={ticket.status} />
      </td>
      <td className="wide">
        <PriorityMark priority={ticket.priority} />
      </td>
      <td className={ticket.assignee ? 'wide' : 'wide fd-muted'}>{ticket.assignee?.name ?? t.nobody}</td>
      <td className="text-end updated">
        <Time at={ticket.updatedAt} now={now} />
      </td>
    </tr>
  );
}
