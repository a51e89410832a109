import type { Pool } from 'pg';
import type { AgentLedger } from './agent.ts';
import type { Ledger } from './customer.ts';

/** The promises, each by what it would be to break it. */
export type Violation =
  /** An acknowledged message is not in the transcript. */
  | 'lost'
  /** A message stands in the transcript twice. */
  | 'written twice'
  /** A message was never acknowledged, or waits for its turn although all is quiet. */
  | 'stuck'
  /** A message had its turn, or none, and nothing answers it. */
  | 'unanswered'
  /** Two turns answered the same message. */
  | 'answered twice'
  /** Messages stand in another order than they were sent in, or had their turns in another one. */
  | 'out of order'
  /** A transcript with a hole, or with a head that is not its end. */
  | 'hole'
  /** The customer's screen does not show the transcript. */
  | 'screen differs'
  /** The bot spoke while a person had the conversation. */
  | 'bot over person'
  /** A process ended by itself. */
  | 'crashed'
  /** A platform's user read a message twice although one of the two sends was a mistake of ours. */
  | 'sent twice';

/** What was looked at, and what is wrong with it. `samples` tell the first few of each. */
export type Verdict = {
  counts: {
    conversations: number;
    accepted: number;
    turns: number;
    fullRoad: number;
    replies: number;
    byAgents: number;
  };
  violations: Partial<Record<Violation, number>>;
  samples: string[];
};

type SessionRow = { id: string; seq: number; mode: string; pending: number };
type MessageRow = {
  session_id: string;
  seq: number;
  id: string;
  change: string;
  author: string;
  client_id: string | null;
  in_reply_to: number[] | null;
  /** One turn's rows carry the same moment. */
  turn: string;
  state: string | null;
};
type InboundRow = {
  session_id: string;
  seq: number;
  state: string;
  turn_epoch: number | null;
  full_road: boolean;
};

const SAMPLES_EACH = 4;

/** Collects violations. */
export function createVerdict(): Verdict & { add(kind: Violation, about: string): void } {
  const verdict: Verdict = {
    counts: { conversations: 0, accepted: 0, turns: 0, fullRoad: 0, replies: 0, byAgents: 0 },
    violations: {},
    samples: [],
  };
  return {
    ...verdict,
    add(kind, about) {
      const count = (verdict.violations[kind] ?? 0) + 1;
      verdict.violations[kind] = count;
      if (count <= SAMPLES_EACH) verdict.samples.push(`${kind}: ${about}`);
    },
  };
}

/** The newest `seq` of each conversation. */
export async function headsOf(pool: Pool): Promise<Map<string, number>> {
  const found = await pool.query<{ id: string; seq: number }>('select id, seq from chat_sessions');
  return new Map(found.rows.map(({ id, seq }) => [id, seq]));
}

/** Messages that still wait for a turn. */
export async function waitingTurns(pool: Pool): Promise<number> {
  const found = await pool.query<{ waiting: number }>(
    `select count(*)::int as waiting from inbound i join chat_sessions s on s.id = i.session_id where i.state = 'pending' and s.mode in ('bot', 'queued')`,
  );
  return found.rows[0]!.waiting;
}

/** What the database holds. `inbound` in the order in which it came. */
export type History = {
  sessions: readonly SessionRow[];
  messages: readonly MessageRow[];
  inbound: readonly InboundRow[];
};

/** All rows of one moment: somebody may still be at work. */
export async function readHistory(pool: Pool): Promise<History> {
  const client = await pool.connect();
  client.on('error', () => {}); // the query that is under way tells it
  try {
    await client.query('begin isolation level repeatable read read only');
    const sessions = await client.query<SessionRow>('select id, seq, mode, pending from chat_sessions');
    const messages = await client.query<MessageRow>(
      `select session_id, seq, id, change, author, client_id, in_reply_to, created_at::text as turn, info->>'state' as state
         from chat_messages order by session_id, seq`,
    );
    const inbound = await client.query<InboundRow>(
      'select session_id, seq, state, turn_epoch, done_at is distinct from received_at as full_road from inbound order by id',
    );
    return { sessions: sessions.rows, messages: messages.rows, inbound: inbound.rows };
  } finally {
    client.release(true);
  }
}

/** Holds what customers and agents know against what the database holds. */
export function judge(
  { sessions, messages, inbound }: History,
  ledgers: readonly Ledger[],
  agents: readonly Pick<AgentLedger, 'said'>[],
): Verdict {
  const verdict = createVerdict();
  const transcripts = Map.groupBy(messages, (row) => row.session_id);
  const arrivals = Map.groupBy(inbound, (row) => row.session_id);
  const byAgents = agents.flatMap(({ said }) => said);
  verdict.counts.conversations = sessions.length;
  verdict.counts.byAgents = byAgents.length;
  for (const session of sessions) {
    const transcript = transcripts.get(session.id) ?? [];
    checkTranscript(session, transcript, verdict);
    checkTurns(session, transcript, arrivals.get(session.id) ?? [], verdict);
  }
  for (const ledger of ledgers) checkCustomer(ledger, transcripts.get(ledger.sessionId) ?? [], verdict);
  for (const { sessionId, id } of byAgents) {
    const found = (transcripts.get(sessionId) ?? []).filter((row) => row.author === 'agent' && row.client_id === id);
    if (found.length === 0) verdict.add('lost', `${id} of an agent in ${sessionId}`);
  }
  return verdict;
}

type Adding = ReturnType<typeof createVerdict>;

function checkTranscript({ id, seq }: SessionRow, transcript: readonly MessageRow[], verdict: Adding): void {
  if (transcript.length !== seq || transcript.some((row, index) => row.seq !== index + 1))
    verdict.add('hole', `${id}: ${transcript.length} rows up to ${transcript.at(-1)?.seq}, head ${seq}`);
  const written = new Set<string>();
  let state = 'bot';
  for (const row of transcript) {
    if (row.state) ({ state } = row as { state: string });
    if (row.author === 'bot') {
      verdict.counts.replies++;
      if (state === 'agent') verdict.add('bot over person', `${id}: seq ${row.seq}`);
    }
    if (row.client_id === null) continue;
    const key = `${row.author} ${row.client_id}`;
    if (written.has(key)) verdict.add('written twice', `${id}: ${key} again at seq ${row.seq}`);
    written.add(key);
  }
}

function checkTurns(
  { id, mode, pending }: SessionRow,
  transcript: readonly MessageRow[],
  arrivals: readonly InboundRow[],
  verdict: Adding,
): void {
  const answers = new Map<number, Set<string>>();
  for (const row of transcript)
    for (const seq of row.author === 'bot' || row.author === 'system' ? (row.in_reply_to ?? []) : []) {
      answers.set(seq, (answers.get(seq) ?? new Set()).add(row.turn));
      if (transcript[seq - 1]?.author !== 'customer')
        verdict.add('answered twice', `${id}: seq ${row.seq} answers ${seq}, which is no customer's`);
    }
  const waiting = arrivals.filter(({ state }) => state === 'pending').length;
  if (waiting !== pending) verdict.add('stuck', `${id}: ${pending} said to be pending, ${waiting} are`);
  let epoch = 0;
  const turns = new Set<number>();
  for (const arrival of arrivals) {
    if (arrival.state !== 'done') verdict.add('stuck', `${id}: seq ${arrival.seq} is ${arrival.state} (${mode})`);
    if (arrival.turn_epoch === null) continue;
    if (arrival.turn_epoch < epoch) verdict.add('out of order', `${id}: seq ${arrival.seq} had its turn too late`);
    epoch = arrival.turn_epoch;
    turns.add(epoch);
    if (arrival.full_road) verdict.counts.fullRoad++;
  }
  verdict.counts.turns += turns.size;
  const arrived = Map.groupBy(arrivals, ({ seq }) => seq);
  for (const row of transcript) {
    if (row.author !== 'customer') continue;
    const [arrival, ...more] = arrived.get(row.seq) ?? [];
    if (!arrival) verdict.add('lost', `${id}: seq ${row.seq} is in no inbox`);
    if (more.length > 0) verdict.add('written twice', `${id}: seq ${row.seq} stands in the inbox twice`);
    const turnsOfIt = answers.get(row.seq)?.size ?? 0;
    if (turnsOfIt > 1) verdict.add('answered twice', `${id}: seq ${row.seq} by ${turnsOfIt} turns`);
    if (turnsOfIt === 0 && arrival?.state === 'done' && !isForPerson(row, transcript, arrival))
      verdict.add('unanswered', `${id}: seq ${row.seq}`);
  }
}

/** A message that came while a person had the conversation, or had no turn yet when one took it. */
function isForPerson(row: MessageRow, transcript: readonly MessageRow[], arrival: InboundRow): boolean {
  if (arrival.turn_epoch !== null) return false;
  const before = transcript.slice(0, row.seq).findLast(({ state }) => state !== null)?.state;
  // The bot may have called for the person first: messages that still waited for their turn then waited in the queue.
  const after = transcript.slice(row.seq).find(({ state }) => state !== null && state !== 'queued')?.state;
  return before === 'agent' || after === 'agent';
}

function checkCustomer(ledger: Ledger, transcript: readonly MessageRow[], verdict: Adding): void {
  const { name } = ledger;
  const own = new Map<string, MessageRow>();
  let latest = '';
  for (const row of transcript) {
    if (row.author !== 'customer' || row.client_id === null) continue;
    if (!own.has(row.client_id)) {
      own.set(row.client_id, row);
      if (row.client_id < latest) verdict.add('out of order', `${name}: ${row.client_id} stands behind ${latest}`);
      latest = row.client_id;
    }
  }
  for (const sent of ledger.sent) {
    const row = own.get(sent.id);
    if (sent.acceptedAt === undefined) verdict.add('stuck', `${name}: ${sent.id} was never accepted`);
    else if (!row) verdict.add('lost', `${name}: ${sent.id}, accepted at seq ${sent.seq}`);
    else if (row.seq !== sent.seq)
      verdict.add('screen differs', `${name}: ${sent.id} accepted at seq ${sent.seq}, stands at ${row.seq}`);
    if (sent.acceptedAt !== undefined) verdict.counts.accepted++;
  }
  for (const { kind, about } of ledger.broken) verdict.add('screen differs', `${kind}: ${about}`);
  const shown = transcript.map(faceOf);
  const seen = ledger.seen.map(
    ({ seq, type, id, author }) => `${seq} ${type === 'state' ? 'state' : `${id} ${author}`}`,
  );
  const at = shown.findIndex((face, index) => face !== seen[index]);
  if (at >= 0 || seen.length > shown.length)
    verdict.add('screen differs', `${name}: ${seen[at] ?? 'nothing'} instead of ${shown[at] ?? 'nothing'}`);
}

const faceOf = (row: MessageRow): string =>
  `${row.seq} ${row.change === 'state' ? 'state' : `${row.id} ${row.author}`}`;
