import type { TicketPriority } from '#core/tickets/ticket.schema.ts';
import { useWords } from '../../lib/locale.tsx';
import { ticketWords } from './words.ts';

/** How urgent a ticket is: one to three bars, and the word. */
export function PriorityMark({ priority }: { priority: TicketPriority }) {
  const t = useWords(ticketWords);
  return (
    <span className="priority" data-priority={priority}>
      <i aria-hidden="true">
        <b />
      </i>
      {t[priority]}
    </span>
  );
}
