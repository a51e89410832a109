import { z } from 'zod';
import { Change, ClientMessageId, ConversationState } from './conversation.schema.ts';
import { MAX_TEXT } from './content.schema.ts';

/** Version of the web chat's WebSocket protocol (`docs/websocket.md`). */
export const PROTOCOL = 1;

/** Close codes of the chat socket. */
export const CLOSE = { restart: 1012, tooSlow: 1013, policy: 1008, token: 4401, origin: 4403, noHello: 4408 } as const;

/** Frames that the customer's client sends; `hello` comes first. */
export const ClientFrame = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('hello'),
    token: z.string().max(200),
    after: z.number().int().nonnegative(),
    protocol: z.literal(PROTOCOL),
  }),
  z.object({
    type: z.literal('message'),
    clientMessageId: ClientMessageId,
    text: z.string().min(1).max(MAX_TEXT).optional(),
    action: z
      .string()
      .regex(/^[\w-]{1,20}$/)
      .optional(),
    uploadId: z.string().max(64).optional(),
    rating: z.object({ score: z.number().int().min(1).max(5), comment: z.string().max(2_000).optional() }).optional(),
    /** A form's answers; `id` is its `submit.id`. */
    form: z
      .object({
        id: z.string().regex(/^[\w-]{1,20}$/),
        values: z.record(z.string().max(40), z.string().max(3_000)),
      })
      .optional(),
    /** Whether an answer helped; `to` is its `seq`. */
    reaction: z.object({ to: z.number().int().positive(), value: z.enum(['up', 'down']) }).optional(),
  }),
  z.object({ type: z.literal('typing') }),
  z.object({ type: z.literal('seen'), seq: z.number().int().nonnegative() }),
]);
export type ClientFrame = z.infer<typeof ClientFrame>;

const WireProblem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  detail: z.string(),
  retryAfter: z.number().optional(),
});

/** Frames that the server sends. Those of `Change` carry the next `seq`; the others may be lost. */
export const ServerFrame = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('welcome'),
    sessionId: z.uuid(),
    state: ConversationState,
    head: z.number().int(),
    heartbeatSeconds: z.number().int(),
    agent: z.object({ name: z.string() }).optional(),
  }),
  z.object({ type: z.literal('reset'), head: z.number().int() }),
  z.object({ type: z.literal('accepted'), clientMessageId: z.string(), seq: z.number().int() }),
  z.object({ type: z.literal('refused'), clientMessageId: z.string(), problem: WireProblem }),
  ...Change.options,
  z.object({ type: z.literal('delta'), replyId: z.string(), text: z.string() }),
  z.object({ type: z.literal('typing'), author: z.enum(['bot', 'agent', 'customer']) }),
  z.object({ type: z.literal('seen'), seq: z.number().int() }),
  z.object({ type: z.literal('slowDown'), retryMs: z.number().int() }),
  z.object({ type: z.literal('goAway'), afterMs: z.number().int() }),
  z.object({ type: z.literal('error'), problem: WireProblem }),
]);
export type ServerFrame = z.infer<typeof ServerFrame>;
