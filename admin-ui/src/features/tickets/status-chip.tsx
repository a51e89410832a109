import type { TicketStatusName } from '#core/tickets/ticket.schema.ts';
import { useWords } from '../../lib/locale.tsx';
import { ticketWords } from './words.ts';

/** Where a ticket stands; its colour says who acts next. */
export function StatusChip({ status }: { status: TicketStatusName }) {
  const t = useWords(ticketWords);
  if (status === 'resolved')
    return (
      <span className="fd-chip" data-tone="good">
        {t.resolved}
      </span>
    );
  const state = { pending: 'waiting', in_progress: 'agent', closed: 'closed' }[status];
  return (
    <span className="fd-chip" data-state={state}>
      {t[status]}
    </span>
  );
}
