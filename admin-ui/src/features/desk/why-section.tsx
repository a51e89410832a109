import type { ConversationDetail } from '#core/desk/desk.schema.ts';
import { useWords } from '../../lib/locale.tsx';
import { contextWords } from './context-words.ts';
import { reasonWords } from './words.ts';

/** The rungs by which the bot finds out what is meant, from the cheapest to the last. */
const RUNGS = ['command', 'cache', 'classifier', 'model', 'fallback'] as const;
type RungName = (typeof RUNGS)[number];

const isRung = (value: string): value is RungName => RUNGS.some((rung) => rung === value);

/** How the bot understood the last message, and why it called a person. */
export function WhySection({ conversation: { understanding, handoff } }: { conversation: ConversationDetail }) {
  const t = useWords(contextWords);
  const reasons = useWords(reasonWords);
  if (!understanding) return null;
  const { rung, ranking, took } = understanding;
  const reason = handoff && handoff.reason !== 'taken-over' ? reasons[handoff.reason] : undefined;
  const upTo = isRung(rung) ? RUNGS.slice(0, RUNGS.indexOf(rung) + 1) : [];
  const time =
    took >= 1_000 ? t.seconds((took / 1_000).toFixed(1)) : took >= 1 ? t.milliseconds(String(Math.round(took))) : '';
  return (
    <section>
      <h3>
        {reason ? t.why : t.understood} {time && <small>{time}</small>}
      </h3>
      {ranking.map(({ intent, title, confidence }, at) => (
        <div key={intent} className={at === 0 ? 'intent top' : 'intent'}>
          <span className="fd-clip" title={title}>
            {title}
          </span>
          <span className="fd-meter" role="img" aria-label={t.confidence(title, confidence.toFixed(2))}>
            <i style={{ width: `${Math.round(confidence * 100)}%` }} />
          </span>
          <span className="fd-num text-end">{confidence.toFixed(2)}</span>
        </div>
      ))}
      <ol className="fd-plain rungs mt-2">
        {upTo.map((one) => {
          const decided = one === rung && !reason;
          const share = one === rung ? ranking[0]?.confidence.toFixed(2) : undefined;
          return (
            <li key={one} {...(decided ? { 'data-decided': true } : {})}>
              <span>{t[one]}</span>
              <span className="fd-num">{decided ? t.decided : (share ?? t.undecided)}</span>
            </li>
          );
        })}
        {reason && (
          <li data-decided>
            <span>{t.toPerson}</span>
            <span>{t.decided}</span>
            <small>{reason}</small>
          </li>
        )}
      </ol>
    </section>
  );
}
