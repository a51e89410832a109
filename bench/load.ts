import { randomUUID } from 'node:crypto';
import { WebSocket } from 'ws';
import type { ServerFrame } from '#core/conversation/protocol.schema.ts';

/** One answered question. `ms`: from sending to the first reply that names it. */
export type Answer = { ms: number; title: string | undefined };

/** What went wrong, counted by the seq of every frame and by what each reply says it answers. */
export type Faults = { lost: number; duplicated: number; outOfOrder: number; wrong: number; refused: number };

export const noFaults = (): Faults => ({ lost: 0, duplicated: 0, outOfOrder: 0, wrong: 0, refused: 0 });

/** A customer: one conversation over one socket, with a ledger of everything that was sent and seen. */
export type Customer = {
  ask(text: string): Promise<Answer>;
  /** Sends without waiting; the promises are in the order of sending. */
  askMany(texts: readonly string[]): Promise<Answer>[];
  close(): void;
};

type Pending = {
  text: string;
  sent: number;
  seq: number | undefined;
  answered: boolean;
  resolve: (answer: Answer) => void;
};

const PATIENCE_MS = 30_000;

/** Opens a conversation, or joins the given one, and keeps the ledger in `faults`. */
export async function openCustomer(base: string, faults: Faults): Promise<Customer> {
  const begun = await fetch(`${base}/chat/sessions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ locale: 'zh-TW' }),
  });
  if (begun.status !== 201) throw new Error(`POST /chat/sessions: ${begun.status} ${await begun.text()}`);
  const { sessionId, sessionToken, replies } = (await begun.json()) as {
    sessionId: string;
    sessionToken: string;
    replies: { seq: number }[];
  };
  let cursor = replies.at(-1)?.seq ?? 0;
  const pending = new Map<string, Pending>();
  const bySeq = new Map<number, Pending>();
  const socket = new WebSocket(`${base.replace('http', 'ws')}/ws/chat/${sessionId}`, { perMessageDeflate: false });
  await new Promise<void>((resolve, reject) => {
    socket.on('open', () =>
      socket.send(JSON.stringify({ type: 'hello', token: sessionToken, after: cursor, protocol: 1 })),
    );
    socket.once('message', () => resolve());
    socket.once('error', reject);
  });

  function settle(one: Pending, answer: Answer): void {
    if (one.seq !== undefined) bySeq.delete(one.seq);
    one.answered = true;
    one.resolve(answer);
  }

  function place(one: Pending, seq: number): void {
    if (one.seq !== undefined && one.seq !== seq) faults.duplicated++;
    one.seq = seq;
    if (!one.answered) bySeq.set(seq, one);
  }

  socket.on('message', (data) => {
    const frame = JSON.parse((data as Buffer).toString('utf8')) as ServerFrame;
    if (frame.type === 'accepted') {
      // It may come before the message itself, when the server just then reads what a socket missed.
      const one = pending.get(frame.clientMessageId);
      if (one) place(one, frame.seq);
      return;
    }
    if (frame.type === 'refused') {
      faults.refused++;
      const one = pending.get(frame.clientMessageId);
      pending.delete(frame.clientMessageId);
      if (one) settle(one, { ms: performance.now() - one.sent, title: undefined });
      return;
    }
    if (!('seq' in frame) || frame.type === 'seen') return;
    if (frame.seq <= cursor) faults.duplicated++;
    else if (frame.seq !== cursor + 1) faults.outOfOrder++;
    cursor = frame.seq;
    if (frame.type !== 'reply') return;
    const { message } = frame;
    if (message.author.kind === 'customer') {
      // Own messages come back with their place, in the order in which they were sent.
      const one = pending.get(message.clientMessageId ?? '');
      if (!one) faults.duplicated++;
      else {
        if (!('text' in message.content) || message.content.text !== one.text) faults.wrong++;
        place(one, message.seq);
        pending.delete(message.clientMessageId ?? '');
      }
      return;
    }
    for (const seq of message.inReplyTo) {
      const one = bySeq.get(seq);
      if (one)
        settle(one, {
          ms: performance.now() - one.sent,
          title: 'source' in message.content ? message.content.source?.title : undefined,
        });
    }
  });

  function send(text: string): Promise<Answer> {
    return new Promise((resolve) => {
      const clientMessageId = randomUUID();
      const late = setTimeout(() => {
        faults.lost++;
        resolve({ ms: PATIENCE_MS, title: undefined });
      }, PATIENCE_MS);
      pending.set(clientMessageId, {
        text,
        sent: performance.now(),
        seq: undefined,
        answered: false,
        resolve: (answer) => {
          clearTimeout(late);
          resolve(answer);
        },
      });
      socket.send(JSON.stringify({ type: 'message', clientMessageId, text }));
    });
  }

  return {
    ask: send,
    askMany: (texts) => texts.map(send),
    close: () => socket.terminate(),
  };
}

/** Opens many customers, some at a time. */
export async function openCustomers(base: string, count: number, faults: Faults): Promise<Customer[]> {
  const customers: Customer[] = [];
  while (customers.length < count)
    customers.push(
      ...(await Promise.all(
        Array.from({ length: Math.min(50, count - customers.length) }, () => openCustomer(base, faults)),
      )),
    );
  return customers;
}

/** A percentile of numbers, `share` from 0 to 1. */
export function percentile(numbers: readonly number[], share: number): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
