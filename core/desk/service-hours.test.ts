import { serviceTime, type ServiceHours } from './service-hours.ts';

const HOUR = 60;
/** Monday to Friday 09:00–18:00, Saturday 10:00–14:00. */
const WEEK: ServiceHours = {
  kind: 'weekly',
  spans: [
    ...[1, 2, 3, 4, 5].map((day) => ({ day, from: 9 * HOUR, to: 18 * HOUR })),
    { day: 6, from: 10 * HOUR, to: 14 * HOUR },
  ],
};
/** 2026-06-01 is a Monday; Taipei is eight hours ahead of UTC. */
const at = (utc: string) => serviceTime(WEEK, 'Asia/Taipei', new Date(utc));

test('within a span it is open, its first minute included and its last one not', () => {
  expect(at('2026-06-01T01:00:00Z')).toEqual({ open: true, opensAt: null });
  expect(at('2026-06-01T09:59:59Z')).toEqual({ open: true, opensAt: null });
  expect(at('2026-06-01T10:00:00Z').open).toBe(false);
});

test('when it is closed, the next opening is told to the minute, whatever the seconds', () => {
  expect(at('2026-06-01T00:59:59.900Z').opensAt).toBe('2026-06-01T01:00:00.000Z');
  expect(at('2026-06-01T10:00:30Z').opensAt).toBe('2026-06-02T01:00:00.000Z');
  expect(at('2026-06-05T10:00:00Z').opensAt).toBe('2026-06-06T02:00:00.000Z');
  expect(at('2026-06-06T06:00:00Z').opensAt).toBe('2026-06-08T01:00:00.000Z');
});

test('with one span a week the next opening may be a week away', () => {
  const hours: ServiceHours = { kind: 'weekly', spans: [{ day: 1, from: 9 * HOUR, to: 10 * HOUR }] };
  const { opensAt } = serviceTime(hours, 'UTC', new Date('2026-06-01T10:00:00Z'));
  expect(opensAt).toBe('2026-06-08T09:00:00.000Z');
});

test('always is always; no span at all is never', () => {
  const now = new Date('2026-06-01T03:00:00Z');
  expect(serviceTime({ kind: 'always' }, 'UTC', now)).toEqual({ open: true, opensAt: null });
  expect(serviceTime({ kind: 'weekly', spans: [] }, 'UTC', now)).toEqual({ open: false, opensAt: null });
});
