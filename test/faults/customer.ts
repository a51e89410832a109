import { setTimeout as pause } from 'node:timers/promises';
import { WebSocket } from 'ws';
import type { z } from 'zod';
import { SessionBegun, type Change } from '#core/conversation/conversation.schema.ts';
import { PROTOCOL, ServerFrame } from '#core/conversation/protocol.schema.ts';
import type { Random } from './random.ts';

/** A message as its customer knows it. Times in milliseconds of `performance.now()`. */
export type Sent = {
  /** Its place in the order of sending, from 1. */
  n: number;
  /** The `clientMessageId`: the same at every attempt. */
  id: string;
  text: string;
  at: number;
  acceptedAt?: number;
  seq?: number;
  answeredAt?: number;
};

/** A change as it came over the line. */
export type Seen = {
  seq: number;
  type: Change['type'];
  id: string | null;
  author: string | null;
  clientId: string | null;
};

/** What a customer did and saw: held against the database when all is over. */
export type Ledger = {
  name: string;
  sessionId: string;
  sent: Sent[];
  seen: Seen[];
  /** What the protocol promises never to do, in words. */
  broken: { kind: 'gap' | 'double' | 'wrong place' | 'refused'; about: string }[];
  /** Lines that were opened, and messages that went out more than once. */
  lines: number;
  resent: number;
};

/** A customer with a browser that behaves: an outbox, one line at a time, and a cursor. */
export type Customer = {
  ledger: Ledger;
  /** Writes no more; what is in the outbox goes on. */
  rest(): void;
  /** Whether everything was accepted, and everything up to `head` was seen. */
  isDone(head: number): boolean;
  close(): void;
};

/** How much may wait for an acknowledgement before the customer waits too. */
const MOST_OUT = 5;

export type Customers = {
  name: string;
  random: Random;
  /** Where to connect; `failed` is the address that was of no use a moment ago. */
  address: (failed: string | undefined) => string;
  questions: readonly string[];
  /** Pause between two bursts, on average. */
  paceMs: number;
  /** A server that says nothing for so long while something is due is left for another one. */
  patienceMs: number;
};

/** Begins a conversation, whatever it takes, and talks until told to rest. */
export async function startCustomer(options: Customers): Promise<Customer> {
  const { name, random, questions, patienceMs } = options;
  const ledger: Ledger = { name, sessionId: '', sent: [], seen: [], broken: [], lines: 0, resent: 0 };
  const outbox = new Map<string, Sent>();
  const bySeq = new Map<number, Sent>();
  const onLine = new Set<string>();
  let cursor = 0;
  let socket: WebSocket | undefined;
  let welcomed = false;
  let heardAt = 0;
  const resting = new AbortController();
  const closed = new AbortController();

  let address = options.address(undefined);
  const another = (): void => {
    address = options.address(address);
  };
  const { sessionId, sessionToken, replies } = await begin();
  ledger.sessionId = sessionId;

  async function begin(): Promise<z.infer<typeof SessionBegun>> {
    for (;;) {
      try {
        const response = await fetch(`${address}/chat/sessions`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ locale: 'zh-TW' }),
          signal: AbortSignal.timeout(patienceMs),
        });
        if (response.ok) return SessionBegun.parse(await response.json());
        await response.body?.cancel();
      } catch {
        // It is down, or went down while it answered.
      }
      another();
      await pause(random.between(20, 150));
    }
  }

  const note = (seen: Seen): void => {
    if (seen.seq <= cursor) ledger.broken.push({ kind: 'double', about: `${name}: seq ${seen.seq} after ${cursor}` });
    else if (seen.seq !== cursor + 1)
      ledger.broken.push({ kind: 'gap', about: `${name}: seq ${seen.seq} after ${cursor}` });
    ledger.seen.push(seen);
    cursor = Math.max(cursor, seen.seq);
  };

  function change(frame: Change): void {
    const message = frame.type === 'reply' || frame.type === 'edit' ? frame.message : undefined;
    note({
      seq: frame.seq,
      type: frame.type,
      id: message?.id ?? null,
      author: message?.author.kind ?? null,
      clientId: message?.clientMessageId ?? null,
    });
    if (frame.type !== 'reply') return;
    const { author, clientMessageId, inReplyTo } = frame.message;
    const own = author.kind === 'customer' ? ledger.sent.find(({ id }) => id === clientMessageId) : undefined;
    if (own) bySeq.set(frame.seq, own);
    for (const seq of inReplyTo) {
      const asked = bySeq.get(seq);
      if (asked) asked.answeredAt ??= performance.now();
    }
  }

  function accepted(id: string, seq: number): void {
    const sent = outbox.get(id) ?? ledger.sent.find((one) => one.id === id);
    if (!sent) return;
    if (sent.seq !== undefined && sent.seq !== seq)
      ledger.broken.push({ kind: 'wrong place', about: `${name}: ${id} accepted at ${sent.seq} and at ${seq}` });
    sent.seq = seq;
    sent.acceptedAt ??= performance.now();
    outbox.delete(id);
  }

  function refused(id: string, problem: { status: number; retryAfter?: number | undefined }): void {
    if (problem.retryAfter === undefined) {
      ledger.broken.push({ kind: 'refused', about: `${name}: ${id} ${problem.status}` });
      outbox.delete(id);
      return;
    }
    onLine.delete(id);
    setTimeout(flush, problem.retryAfter * 1_000).unref();
  }

  function take(frame: ServerFrame): void {
    switch (frame.type) {
      case 'welcome':
        welcomed = true;
        return flush();
      case 'accepted':
        return accepted(frame.clientMessageId, frame.seq);
      case 'refused':
        return refused(frame.clientMessageId, frame.problem);
      case 'reply':
      case 'edit':
      case 'delete':
      case 'state':
        return change(frame);
      default:
    }
  }

  function flush(): void {
    if (!welcomed || socket?.readyState !== WebSocket.OPEN) return;
    for (const sent of outbox.values()) {
      if (onLine.has(sent.id)) continue;
      onLine.add(sent.id);
      socket.send(JSON.stringify({ type: 'message', clientMessageId: sent.id, text: sent.text }));
    }
  }

  /** One line, from its hello to its end; resolves with whether it was of any use. */
  function connect(): Promise<boolean> {
    return new Promise((resolve) => {
      const line = new WebSocket(`${address.replace('http', 'ws')}/ws/chat/${sessionId}`, {
        perMessageDeflate: false,
        handshakeTimeout: patienceMs,
      });
      socket = line;
      welcomed = false;
      onLine.clear();
      ledger.lines++;
      heardAt = performance.now();
      // A frozen server keeps its lines open: only its silence tells.
      const watch = setInterval(() => {
        const due = !welcomed || outbox.size > 0;
        if (due && performance.now() - heardAt > patienceMs) line.terminate();
      }, 200);
      line.on('open', () =>
        line.send(JSON.stringify({ type: 'hello', token: sessionToken, after: cursor, protocol: PROTOCOL })),
      );
      line.on('message', (data: Buffer) => {
        heardAt = performance.now();
        if (socket === line) take(ServerFrame.parse(JSON.parse(data.toString())));
      });
      line.on('error', () => {});
      line.on('close', () => {
        clearInterval(watch);
        const useful = welcomed;
        welcomed = false;
        resolve(useful);
      });
    });
  }

  async function stayConnected(): Promise<void> {
    while (!closed.signal.aborted) {
      if (!(await connect())) another();
      ledger.resent += [...outbox.values()].filter(({ id }) => onLine.has(id)).length;
      if (!closed.signal.aborted) await pause(random.between(20, 300));
      if (random.next() < 0.3) another();
    }
  }

  async function talk(): Promise<void> {
    await pause(random.between(0, options.paceMs));
    while (!resting.signal.aborted) {
      const burst = random.next() < 0.7 ? 1 : random.next() < 0.7 ? 2 : 3;
      for (let one = 0; one < burst && outbox.size < MOST_OUT; one++) {
        const n = ledger.sent.length + 1;
        const text = random.pick(questions);
        const sent: Sent = { n, id: `${name}-${String(n).padStart(6, '0')}`, text, at: performance.now() };
        ledger.sent.push(sent);
        outbox.set(sent.id, sent);
      }
      flush();
      await pause(random.wait(options.paceMs));
    }
  }

  for (const { seq, id, author } of replies) note({ seq, type: 'reply', id, author: author.kind, clientId: null });
  void stayConnected();
  void talk();
  return {
    ledger,
    rest() {
      resting.abort();
    },
    isDone: (head) => outbox.size === 0 && cursor >= head,
    close() {
      closed.abort();
      socket?.terminate();
    },
  };
}
