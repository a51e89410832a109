import type { Message } from '#core/conversation/conversation.schema.ts';

/** What an agent sends: a text, or a file that is uploaded first. */
export type Draft = { readonly text: string } | { readonly file: File };

/** A message of ours that the server does not have yet, or has refused (`problem`). */
export type Unsent = {
  readonly clientMessageId: string;
  readonly draft: Draft;
  readonly at: string;
  readonly problem: unknown;
};

/** What was sent from this page and is not in the conversation yet. A failed message stays until it is sent again or dropped. */
export type Outbox = {
  send: (sessionId: string, draft: Draft) => void;
  retry: (sessionId: string, clientMessageId: string) => void;
  drop: (sessionId: string, clientMessageId: string) => void;
  /** The conversation has the message. */
  arrived: (sessionId: string, clientMessageId: string) => void;
  of: (sessionId: string) => readonly Unsent[];
  subscribe: (onChange: () => void) => () => void;
};

const NONE: readonly Unsent[] = [];

type Tools = {
  post: (sessionId: string, clientMessageId: string, draft: Draft) => Promise<Message>;
  onSent: (sessionId: string, message: Message) => void;
  newId: () => string;
  now: () => number;
};

/** Messages of one conversation go out one after another, in the order in which they were written. */
export function createOutbox({ post, onSent, newId, now }: Tools): Outbox {
  const unsent = new Map<string, readonly Unsent[]>();
  const lanes = new Map<string, Promise<void>>();
  const listeners = new Set<() => void>();

  function put(sessionId: string, next: readonly Unsent[]): void {
    unsent.set(sessionId, next);
    listeners.forEach((listener) => listener());
  }
  const of = (sessionId: string): readonly Unsent[] => unsent.get(sessionId) ?? NONE;
  const without = (sessionId: string, id: string): readonly Unsent[] =>
    of(sessionId).filter((one) => one.clientMessageId !== id);

  async function deliver(sessionId: string, id: string): Promise<void> {
    const mine = of(sessionId).find((one) => one.clientMessageId === id);
    if (!mine || mine.problem !== undefined) return;
    try {
      const message = await post(sessionId, id, mine.draft);
      put(sessionId, without(sessionId, id));
      onSent(sessionId, message);
    } catch (problem) {
      put(
        sessionId,
        of(sessionId).map((one) => (one.clientMessageId === id ? { ...one, problem } : one)),
      );
    }
  }

  const queue = (sessionId: string, id: string): void => {
    lanes.set(
      sessionId,
      (lanes.get(sessionId) ?? Promise.resolve()).then(() => deliver(sessionId, id)),
    );
  };

  return {
    send(sessionId, draft) {
      const clientMessageId = newId();
      const at = new Date(now()).toISOString();
      put(sessionId, [...of(sessionId), { clientMessageId, draft, at, problem: undefined }]);
      queue(sessionId, clientMessageId);
    },
    retry(sessionId, id) {
      put(
        sessionId,
        of(sessionId).map((one) => (one.clientMessageId === id ? { ...one, problem: undefined } : one)),
      );
      queue(sessionId, id);
    },
    drop: (sessionId, id) => put(sessionId, without(sessionId, id)),
    arrived(sessionId, id) {
      if (of(sessionId).some((one) => one.clientMessageId === id)) put(sessionId, without(sessionId, id));
    },
    of,
    subscribe(onChange) {
      listeners.add(onChange);
      return () => listeners.delete(onChange);
    },
  };
}
