import type { Author, ChannelName } from '#core/conversation/conversation.schema.ts';
import type { Locale, OutboundContent } from '#core/conversation/content.schema.ts';

/** A message of ours, ready for a platform. */
export type OutgoingMessage = {
  /** The place on the platform that it goes to, as the adapter named it when the conversation began. */
  conversationKey: string;
  /** Which of the channel's connections (bot, workspace) the conversation is held on. */
  connection: string;
  content: OutboundContent;
  seq: number;
  /** The same at every attempt: what a platform that can be asked is asked for. ASCII, at most 50 characters. */
  idempotencyKey: string;
  locale: Locale;
  author: Author;
  /** By the database's clock; where to begin looking for it. */
  firstAttemptAt: Date;
};

/**
 * What came of one attempt. An adapter never tries again by itself and never throws for what the platform says: trying again
 * is decided in one place.
 */
export type SendResult =
  /** It is there, and the platform calls it so. */
  | { kind: 'sent'; platformId: string }
  /** It cannot have arrived: no name, no connection, or refused for now. `retryAfterMs`: how long the platform wants to be left alone. */
  | { kind: 'not-sent'; error: string; retryAfterMs?: number }
  /** It may have arrived: no answer, a broken connection after the request had left, or an error of the platform's own. */
  | { kind: 'uncertain'; error: string }
  /** It will never be taken: this message; anything in this conversation; anything on this connection until somebody mends it. */
  | { kind: 'rejected'; permanentFor: 'message' | 'conversation' | 'connection'; error: string };

/** What a platform that can be asked says of a message whose fate is unknown. */
export type Reconciled = { kind: 'sent'; platformId: string } | { kind: 'absent' } | { kind: 'unknown'; error: string };

/** The sending half of a channel: one call for one message. */
export type ChannelAdapter = {
  readonly channel: ChannelName;
  /** Ends at once when `signal` does; what is known by then is the result. */
  send(message: OutgoingMessage, signal: AbortSignal): Promise<SendResult>;
  /** Looks for the message by its idempotency key. `absent` only when it is certain: asking twice is the adapter's part. */
  reconcile?(message: OutgoingMessage, signal: AbortSignal): Promise<Reconciled>;
};

/** Codes of errors that happen before the first byte of a request leaves. */
const BEFORE_SENDING = new Set([
  'ENOTFOUND',
  'EAI_AGAIN',
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);

/**
 * What an error thrown by `fetch` (or a client on top of it) says about the message: only what is known to have failed before
 * anything left is `not-sent`; everything else, our own time limit included, is `uncertain`.
 */
export function resultOfError(error: unknown): SendResult {
  const chain = causesOf(error);
  const { code, message } = chain.at(-1)!;
  const said = message || code || 'Something that is no error was thrown.';
  return chain.some((one) => BEFORE_SENDING.has(one.code))
    ? { kind: 'not-sent', error: said }
    : { kind: 'uncertain', error: said };
}

/** How deep causes are followed: two are usual. */
const DEEPEST = 5;

/** What may stand on an error. It need not be of our own realm's `Error`, so it is looked at instead of asked for its class. */
type ErrorLike = { code?: unknown; message?: unknown; cause?: unknown; errors?: readonly unknown[] };

const word = (value: unknown): string => (typeof value === 'string' ? value : '');

/** An error and its causes. When several addresses were tried, the last one speaks for all. */
function causesOf(error: unknown): { code: string; message: string }[] {
  const chain: { code: string; message: string }[] = [];
  for (let next = error; next !== undefined && next !== null && chain.length < DEEPEST;) {
    const one: ErrorLike = typeof next === 'object' ? next : { message: next };
    chain.push({ code: word(one.code), message: word(one.message) });
    next = Array.isArray(one.errors) ? one.errors.at(-1) : one.cause;
  }
  return chain.length ? chain : [{ code: '', message: '' }];
}
