import type { WebSocket } from 'ws';
import { tooMany, conflict } from '#core/errors.ts';
import { sendFrame } from './frames.ts';
import { wireProblem } from './problem-frame.ts';

/** A socket that holds so many bytes back. */
function socketWith(bufferedAmount: number, readyState = 1) {
  const sent: string[] = [];
  const closed: number[] = [];
  let fails = false;
  const socket = {
    OPEN: 1,
    readyState,
    bufferedAmount,
    send: (text: string, done?: (error?: Error) => void) => {
      sent.push(text);
      done?.(fails ? new Error('gone') : undefined);
    },
    close: (code: number) => void closed.push(code),
  } as unknown as WebSocket;
  return { socket, sent, closed, failing: () => (fails = true) };
}
const reset = { type: 'reset', head: 1 } as const;
const typing = { type: 'typing', author: 'bot' } as const;

test('a frame is told to have left once it has, and not when it could not', () => {
  const line = socketWith(0);
  let left = 0;
  sendFrame(line.socket, reset, () => left++);
  line.failing();
  sendFrame(line.socket, reset, () => left++);
  sendFrame(line.socket, reset);
  expect(left).toBe(1);
  expect(line.sent).toHaveLength(3);
});

test('to a client that does not keep up only what may not be lost is sent', () => {
  const line = socketWith(300 * 1024);
  sendFrame(line.socket, typing);
  sendFrame(line.socket, reset);
  expect(line.sent).toEqual([JSON.stringify(reset)]);
});

test('a client that is far behind is sent away: it resumes where it was', () => {
  const line = socketWith(2 * 1024 * 1024);
  sendFrame(line.socket, reset);
  expect(line.sent).toEqual([]);
  expect(line.closed).toEqual([1013]);
});

test('nothing is sent to a socket that is closing', () => {
  const line = socketWith(0, 2);
  sendFrame(line.socket, reset);
  expect(line.sent).toEqual([]);
});

test('a problem is told as over HTTP, with the time to wait where there is one', () => {
  expect(wireProblem(conflict('This conversation has ended.'))).toEqual({
    type: '/problems/conflict',
    title: 'Conflict',
    status: 409,
    detail: 'This conversation has ended.',
  });
  expect(wireProblem(tooMany('Wait.', 5))).toMatchObject({ status: 429, retryAfter: 5 });
});
