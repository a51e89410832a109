import { ago, clockTime, fullTime } from '../lib/format.ts';
import { useLocale } from '../lib/locale.tsx';

/** A moment: by the clock, or how long ago when `now` is given. The full date is its tooltip. */
export function Time({ at, now, className }: { at: string; now?: Date; className?: string }) {
  const { locale } = useLocale();
  const date = new Date(at);
  return (
    <time dateTime={at} title={fullTime(date, locale)} className={className}>
      {now ? ago(date, now, locale) : clockTime(date)}
    </time>
  );
}
