/** When people answer, in the installation's time zone; minutes since midnight, days from 0 (Sunday). */
export type ServiceHours =
  | { kind: 'always' }
  | { kind: 'weekly'; spans: readonly { day: number; from: number; to: number }[] };

const DAY_MINUTES = 1_440;
const WEEK_DAYS = 7;

/** Weekday and minute of a moment in a time zone. */
function localMinute(at: Date, timeZone: string): { day: number; minute: number } {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(at);
  const part = (type: string): string => parts.find((one) => one.type === type)?.value ?? '';
  return {
    day: ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'].indexOf(part('weekday')),
    minute: Number(part('hour')) * 60 + Number(part('minute')),
  };
}

/** Whether it is service time, and if not, when the next one begins (ISO 8601); null when there is none at all. */
export function serviceTime(
  hours: ServiceHours,
  timeZone: string,
  now: Date,
): { open: boolean; opensAt: string | null } {
  if (hours.kind === 'always') return { open: true, opensAt: null };
  const { day, minute } = localMinute(now, timeZone);
  if (hours.spans.some((span) => span.day === day && span.from <= minute && minute < span.to))
    return { open: true, opensAt: null };
  const waits = hours.spans.map((span) => {
    const ahead = (span.day - day + WEEK_DAYS) % WEEK_DAYS;
    const wait = ahead * DAY_MINUTES + span.from - minute;
    return wait > 0 ? wait : wait + WEEK_DAYS * DAY_MINUTES;
  });
  if (!waits.length) return { open: false, opensAt: null };
  // From the full minute: seconds of the clock must not shift the hour that is told.
  const minuteStart = Math.floor(now.getTime() / 60_000) * 60_000;
  return { open: false, opensAt: new Date(minuteStart + Math.min(...waits) * 60_000).toISOString() };
}
