import { waitSince } from './waiting.ts';

const asked = '2026-11-23T05:00:00.000Z';
const after = (minutes: number): Date => new Date(Date.parse(asked) + minutes * 60_000);

test('a wait turns amber at four fifths of the limit and brick after it', () => {
  expect(waitSince(asked, after(7.9))).toEqual({ waited: 7, left: 3, level: 'ok' });
  expect(waitSince(asked, after(8))).toEqual({ waited: 8, left: 2, level: 'soon' });
  expect(waitSince(asked, after(10.5))).toEqual({ waited: 10, left: 0, level: 'soon' });
  expect(waitSince(asked, after(11))).toEqual({ waited: 11, left: -1, level: 'breached' });
});

test('a clock behind the server shows no negative wait', () => {
  expect(waitSince(asked, after(-1)).waited).toBe(0);
});
