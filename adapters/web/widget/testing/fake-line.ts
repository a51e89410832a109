import type { ClientFrame, ServerFrame } from '#core/conversation/protocol.schema.ts';
import type { Socket } from '../connection.ts';

/** The sockets that a client opened, as the server's end of the line. */
export type FakeLine = {
  open: () => Socket;
  /** Every socket so far. */
  readonly opened: number;
  /** The newest socket is accepted, and its hello is read. */
  accept(): ClientFrame;
  /** Accepts and welcomes at once. */
  welcome(frame?: Partial<Extract<ServerFrame, { type: 'welcome' }>>): ClientFrame;
  tell(...frames: (ServerFrame | object)[]): void;
  tellRaw(data: unknown): void;
  close(code?: number): void;
  /** What the client said on the newest socket, without hello and typing. */
  heard(): ClientFrame[];
  readonly closedByClient: boolean;
};

export function createFakeLine(): FakeLine {
  type End = { socket: EventTarget & Socket & { readyState: number }; said: ClientFrame[]; closed: boolean };
  const ends: End[] = [];
  const last = (): End => {
    const end = ends.at(-1);
    if (!end) throw new Error('No socket was opened.');
    return end;
  };
  const line: FakeLine = {
    open() {
      const end: End = {
        said: [],
        closed: false,
        socket: Object.assign(new EventTarget() as EventTarget & Socket, {
          readyState: 0,
          send: (data: unknown) => void end.said.push(JSON.parse(data as string) as ClientFrame),
          close() {
            end.closed = true;
            end.socket.readyState = 3;
          },
        }),
      };
      ends.push(end);
      return end.socket;
    },
    get opened() {
      return ends.length;
    },
    accept() {
      const end = last();
      end.socket.readyState = 1;
      end.socket.dispatchEvent(new Event('open'));
      return end.said[0]!;
    },
    welcome(frame = {}) {
      const hello = line.accept();
      line.tell({ type: 'welcome', sessionId: 's', state: 'bot', head: 0, heartbeatSeconds: 25, ...frame });
      return hello;
    },
    tell: (...frames) => frames.forEach((frame) => line.tellRaw(JSON.stringify(frame))),
    tellRaw: (data) => void last().socket.dispatchEvent(new MessageEvent('message', { data })),
    close(code = 1006) {
      last().socket.readyState = 3;
      last().socket.dispatchEvent(Object.assign(new Event('close'), { code }));
    },
    heard: () => last().said.filter((frame) => frame.type !== 'hello'),
    get closedByClient() {
      return last().closed;
    },
  };
  return line;
}
