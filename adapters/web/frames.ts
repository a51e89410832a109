import type { WebSocket } from 'ws';
import type { ServerFrame } from '#core/conversation/protocol.schema.ts';
import { CLOSE } from '#core/conversation/protocol.schema.ts';

/** Above this a client does not keep up: what may be lost is not sent to it any more. */
const CONGESTED_BYTES = 256 * 1024;
/** Above this it is sent away; it resumes from its last `seq`. */
const TOO_SLOW_BYTES = 1024 * 1024;

/** Frames that may be lost. */
const LOSSY = new Set<ServerFrame['type']>(['typing', 'delta', 'seen']);

/** Sends a frame, unless the client is too slow for it. Calls `sent` once it has left this process. */
export function sendFrame(socket: WebSocket, frame: ServerFrame, sent?: () => void): void {
  if (socket.readyState !== socket.OPEN) return;
  if (socket.bufferedAmount > TOO_SLOW_BYTES) {
    socket.close(CLOSE.tooSlow, 'too slow');
    return;
  }
  if (LOSSY.has(frame.type) && socket.bufferedAmount > CONGESTED_BYTES) return;
  const text = JSON.stringify(frame);
  if (sent) socket.send(text, (error) => error ?? sent());
  else socket.send(text);
}
