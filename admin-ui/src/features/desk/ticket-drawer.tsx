import { useState, type FormEvent } from 'react';
import type { ConversationDetail } from '#core/desk/desk.schema.ts';
import type { TicketPriority } from '#core/tickets/ticket.schema.ts';
import { ProblemBanner } from '../../components/banner.tsx';
import { Drawer } from '../../components/drawer.tsx';
import { sharedWords } from '../../components/shared-words.ts';
import { useWords } from '../../lib/locale.tsx';
import { useOpenTicket } from './api/open-ticket.ts';
import { composerWords } from './composer-words.ts';

const PRIORITIES: readonly TicketPriority[] = ['low', 'normal', 'high', 'urgent'];
const LONGEST_SUBJECT = 200;
const LONGEST_DESCRIPTION = 8_000;

type Props = { conversation: ConversationDetail; onClose: () => void; onFiled: (number: string) => void };

/** Files a ticket about the open conversation. */
export function TicketDrawer({ conversation, onClose, onFiled }: Props) {
  const t = useWords(composerWords);
  const shared = useWords(sharedWords);
  const filing = useOpenTicket(conversation.id);
  const [subject, setSubject] = useState('');
  const [description, setDescription] = useState('');
  const [priority, setPriority] = useState<TicketPriority>('normal');
  const [missing, setMissing] = useState(false);

  function file(event: FormEvent): void {
    event.preventDefault();
    if (subject.trim() === '') {
      setMissing(true);
      return;
    }
    const described = description.trim();
    filing.mutate(
      { subject: subject.trim(), priority, ...(described ? { description: described } : {}) },
      { onSuccess: ({ number }) => onFiled(number) },
    );
  }

  return (
    <Drawer
      modal
      title={t.ticketTitle}
      onClose={onClose}
      foot={
        <>
          <span className="fd-xs fd-muted">{t.ticketFor(conversation.customer.name)}</span>
          <span className="fd-fill" />
          <button type="button" className="btn btn-quiet" onClick={onClose}>
            {shared.cancel}
          </button>
          <button type="submit" form="ticket-form" className="btn btn-primary" disabled={filing.isPending}>
            {t.fileTicket}
          </button>
        </>
      }
    >
      {filing.error && <ProblemBanner error={filing.error} />}
      <form id="ticket-form" className="drawer-form" onSubmit={file} noValidate>
        <div className="field">
          <label className="form-label" htmlFor="ticket-subject">
            {t.subject}
          </label>
          <input
            id="ticket-subject"
            className={missing ? 'form-control is-invalid' : 'form-control'}
            value={subject}
            maxLength={LONGEST_SUBJECT}
            required
            aria-invalid={missing}
            aria-describedby="ticket-subject-fault"
            onChange={(event) => {
              setSubject(event.target.value);
              setMissing(false);
            }}
          />
          <div id="ticket-subject-fault" className="invalid-feedback" aria-live="polite">
            {missing && t.subjectMissing}
          </div>
        </div>
        <div className="field">
          <label className="form-label" htmlFor="ticket-description">
            {t.description} <small>{t.descriptionLeft}</small>
          </label>
          <textarea
            id="ticket-description"
            className="form-control"
            rows={6}
            maxLength={LONGEST_DESCRIPTION}
            value={description}
            onChange={(event) => setDescription(event.target.value)}
          />
        </div>
        <div className="field">
          <label className="form-label" htmlFor="ticket-priority">
            {t.priority}
          </label>
          <select
            id="ticket-priority"
            className="form-select"
            value={priority}
            onChange={(event) => setPriority(event.target.value as TicketPriority)}
          >
            {PRIORITIES.map((one) => (
              <option key={one} value={one}>
                {t[one]}
              </option>
            ))}
          </select>
        </div>
      </form>
    </Drawer>
  );
}
