import { ClientFrame } from '#core/conversation/protocol.schema.ts';

/** What came over a chat socket: a frame of the protocol, or what is wrong with it, in words for whoever wrote the client. */
export type ReadFrame = { kind: 'frame'; frame: ClientFrame } | { kind: 'fault'; detail: string };

const fault = (detail: string): ReadFrame => ({ kind: 'fault', detail });

export function readFrame(data: unknown, isBinary: boolean): ReadFrame {
  if (isBinary) return fault('Frames are JSON texts.');
  let json: unknown;
  try {
    json = JSON.parse(String(data));
  } catch {
    return fault('This frame is not JSON.');
  }
  const frame = ClientFrame.safeParse(json);
  if (frame.success) return { kind: 'frame', frame: frame.data };
  const [issue] = frame.error.issues;
  return fault(`${issue?.path.join('.') || 'frame'}: ${issue?.message ?? 'not a frame'}`);
}
