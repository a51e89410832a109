import type { Delivery, Message } from '#core/conversation/conversation.schema.ts';

/** The part of a conversation that this page has: its messages in order, all between `from` (exclusive) and `head`. */
export type ThreadData = {
  readonly items: readonly Message[];
  readonly from: number;
  /** The newest change that is known: where the live line goes on after a break. */
  readonly head: number;
};

const inOrder = (items: Iterable<Message>): Message[] => [...items].sort((a, b) => a.seq - b.seq);

/** A fetched stretch put into what is there already; frames that came while it was fetched stay. */
export function withStretch(known: ThreadData | undefined, fetched: ThreadData): ThreadData {
  if (!known) return fetched;
  const bySeq = new Map(known.items.map((message) => [message.seq, message]));
  for (const message of fetched.items) bySeq.set(message.seq, message);
  return {
    items: inOrder(bySeq.values()),
    from: Math.min(known.from, fetched.from),
    head: Math.max(known.head, fetched.head),
  };
}

/** A new message, or one that changed: `seq` is the change's own number, `message.seq` the message's place. */
export function withMessage(known: ThreadData, seq: number, message: Message): ThreadData {
  const others = known.items.filter((one) => one.seq !== message.seq && one.id !== message.id);
  return { ...known, items: inOrder([...others, message]), head: Math.max(known.head, seq) };
}

export function withDelivery(known: ThreadData, seq: number, delivery: Delivery): ThreadData {
  return { ...known, items: known.items.map((one) => (one.seq === seq ? { ...one, delivery } : one)) };
}
