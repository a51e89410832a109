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
  type End = { socket: Socket & { readyState: number }; said: ClientFrame[]; closed: boolean };
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
        socket: {
          readyState: 0,
          onopen: null,
          onmessage: null,
          onclose: null,
          send: (data) => void end.said.push(JSON.parse(String(data)) as ClientFrame),
          close() {
            end.closed = true;
            end.socket.readyState = 3;
          },
        },
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
      end.socket.onopen?.(new Event('open'));
      return end.said[0]!;
    },
    welcome(frame = {}) {
      const hello = line.accept();
      line.tell({ type: 'welcome', sessionId: 's', state: 'bot', head: 0, heartbeatSeconds: 25, ...frame });
      return hello;
    },
    tell: (...frames) => frames.forEach((frame) => line.tellRaw(JSON.stringify(frame))),
    tellRaw: (data) => last().socket.onmessage?.(new MessageEvent('message', { data })),
    close(code = 1006) {
      last().socket.readyState = 3;
      last().socket.onclose?.(Object.assign(new Event('close'), { code }) as CloseEvent);
    },
    heard: () => last().said.filter((frame) => frame.type !== 'hello'),
    get closedByClient() {
      return last().closed;
    },
  };
  return line;
}
