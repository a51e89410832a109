import { Icon } from '../../components/icon.tsx';
import { useWords } from '../../lib/locale.tsx';
import { waitSince } from './waiting.ts';
import { deskWords } from './words.ts';

/** How much of the waiting time is left, or by how much it is over. */
export function WaitChip({ requestedAt, now }: { requestedAt: string; now: Date }) {
  const t = useWords(deskWords);
  const { left, level } = waitSince(requestedAt, now);
  return (
    <span className="fd-chip" data-sla={level}>
      <Icon name={level === 'breached' ? 'exclamation-triangle-fill' : 'clock'} />
      {level === 'breached' ? t.over(-left) : t.left(left)}
    </span>
  );
}
