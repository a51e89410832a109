import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { Pool } from 'pg';
import { WebSocket } from 'ws';
import { startEmbeddedPostgres } from '#adapters/postgres/embedded/embedded-postgres.ts';
import { loadDemoFaqs } from '#flows/demo/demo-content.ts';
import { databaseCost, measureCommits } from './database.ts';
import { noFaults, openCustomers, percentile, type Customer, type Faults } from './load.ts';
import { launchEcho, launchFrontdesk, RAISED, usageOf, type Program } from './processes.ts';

const { values } = parseArgs({ options: { short: { type: 'boolean', default: false }, json: { type: 'string' } } });
/** Seconds of each measured stretch. */
const SECONDS = values.short ? 3 : 12;
const PACED_PER_SECOND = 100;

type Row = Record<string, string | number>;
const rows: Row[] = [];
const faults: Faults = noFaults();
/** The highest of all loads. */
const reach = { commits: 0, statements: 0 };
let answered = 0;
const say = (text: string): void => void process.stdout.write(`${text}\n`);

/** Ways to ask, each its own text: what people wrote of each FAQ, with the turns of phrase that surround it. */
function makeQuestions(): string[] {
  const polite = ['', '請問', '想問一下，', '不好意思，'];
  const tails = ['', '？', '，謝謝'];
  const asked = loadDemoFaqs().flatMap((faq) => [faq['zh-TW'].question, ...faq['zh-TW'].alternatives]);
  return [
    ...new Set(
      asked.flatMap((text) => polite.flatMap((head) => tails.map((tail) => head + text.replace(/[？?]$/, '') + tail))),
    ),
  ];
}
const questions = makeQuestions();
let next = 0;
// A large step that shares no factor with the count: neighbours in time are strangers, and all come before one comes again.
const question = (): string => questions[(next += 7_919) % questions.length]!;

async function closedLoop(
  customers: readonly Customer[],
  seconds: number,
): Promise<{ answers: number[]; perSecond: number }> {
  const answers: number[] = [];
  const began = performance.now();
  const end = began + seconds * 1000;
  await Promise.all(
    customers.map(async (customer) => {
      while (performance.now() < end) answers.push((await customer.ask(question())).ms);
    }),
  );
  return { answers, perSecond: (answers.length / (performance.now() - began)) * 1000 };
}

async function paced(customers: readonly Customer[], perSecond: number, seconds: number): Promise<number[]> {
  const answers: number[] = [];
  const open: Promise<unknown>[] = [];
  const began = performance.now();
  for (let n = 0; n < perSecond * seconds; n++) {
    const due = began + (n / perSecond) * 1000;
    const wait = due - performance.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    open.push(customers[n % customers.length]!.ask(question()).then(({ ms }) => answers.push(ms)));
  }
  await Promise.all(open);
  return answers;
}

const spread = (answers: readonly number[]): Row => ({
  p50: percentile(answers, 0.5).toFixed(2),
  p95: percentile(answers, 0.95).toFixed(2),
  p99: percentile(answers, 0.99).toFixed(2),
});

function add(row: Row): void {
  rows.push(row);
  say(
    Object.entries(row)
      .map(([key, value]) => `${key} ${value}`)
      .join('  '),
  );
}

/** One line of what the design asks for. */
function goal(what: string, value: number, isReached: (value: number) => boolean, wanted: string): void {
  const shown = value.toFixed(value >= 100 || Number.isInteger(value) ? 0 : 2);
  rows.push({ goal: what, value: shown, wanted, reached: String(isReached(value)) });
  say(`  ${isReached(value) ? 'yes' : 'NO '}  ${shown.padStart(7)}  ${wanted.padEnd(18)} ${what}`);
}

/** The bare echo over the same number of sockets. */
async function measureEcho(
  count: number,
  perSecond: number | undefined,
): Promise<{ perSecond: number; answers: number[] }> {
  const echo = await launchEcho();
  const sockets = await Promise.all(
    Array.from({ length: count }, async () => {
      const socket = new WebSocket(echo.base.replace('http', 'ws'), { perMessageDeflate: false });
      await new Promise((resolve) => socket.once('open', resolve));
      return socket;
    }),
  );
  const ask = (socket: WebSocket): Promise<number> =>
    new Promise((resolve) => {
      const sent = performance.now();
      socket.once('message', () => resolve(performance.now() - sent));
      socket.send(JSON.stringify({ type: 'message', clientMessageId: 'echo-echo', text: question() }));
    });
  const asking = sockets.map((socket): Customer => ({
    ask: async () => ({ ms: await ask(socket), title: undefined }),
    askMany: () => [],
    close: () => {},
  }));
  const result =
    perSecond === undefined
      ? await closedLoop(asking, SECONDS / 2)
      : { answers: await paced(asking, perSecond, SECONDS / 2), perSecond };
  for (const socket of sockets) socket.terminate();
  await echo.stop();
  return result;
}

/** What one stretch of answers cost the server and the database, for each of them. */
async function costed(server: Program, pool: Pool, work: () => Promise<number[]>): Promise<Row> {
  const look = async () => ({ ...usageOf(server.pid), database: await databaseCost(pool) });
  const before = await look();
  const answers = await work();
  const after = await look();
  answered += answers.length;
  const each = (total: number, digits: number): string => (total / answers.length).toFixed(digits);
  return {
    ...spread(answers),
    'server CPU ms/turn': each(1000 * (after.cpu - before.cpu), 3),
    'PG CPU ms/turn': each(1000 * (after.database.cpu - before.database.cpu), 3),
    'commits/turn': each(after.database.commits - before.database.commits, 2),
    'statements/turn': each(after.database.statements - before.database.statements, 2),
    'RSS MiB': after.rss.toFixed(0),
  };
}

/** Saturation: the next question comes at once after the answer. Beside it, in turns, what PostgreSQL can commit. */
async function measureSaturation(server: Program, pool: Pool, count: number, rounds: number): Promise<number[]> {
  const opening = performance.now();
  const customers = await openCustomers(server.base, count, faults);
  const opened = performance.now() - opening;
  await closedLoop(customers, 2);
  const ratios: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const limit = rounds > 1 ? await measureCommits(pool, SECONDS / 2) : undefined;
    let perSecond = 0;
    const cost = await costed(server, pool, async () => {
      const loop = await closedLoop(customers, SECONDS);
      perSecond = loop.perSecond;
      return loop.answers;
    });
    if (limit !== undefined) ratios.push(perSecond / limit);
    add({
      what: `frontdesk, closed loop, ${count} chats`,
      'turns/s': perSecond.toFixed(0),
      ...cost,
      ...(round === 0 && { 'opened in ms': opened.toFixed(0) }),
      ...(limit !== undefined && { 'commits/s just before': limit.toFixed(0), ratio: (perSecond / limit).toFixed(2) }),
    });
    reach.commits = Math.max(reach.commits, Number(cost['commits/turn']));
    reach.statements = Math.max(reach.statements, Number(cost['statements/turn']));
  }
  for (const customer of customers) customer.close();
  return ratios;
}

/** The usual day: a thousand chats are open, and a message comes now and then. */
async function measurePaced(server: Program, pool: Pool): Promise<{ answers: number[]; rss: number }> {
  const customers = await openCustomers(server.base, 1_000, faults);
  await closedLoop(customers, 2);
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  let answers: number[] = [];
  const cost = await costed(server, pool, async () => (answers = await paced(customers, PACED_PER_SECOND, SECONDS)));
  add({ what: `frontdesk, ${PACED_PER_SECOND} messages/s over 1000 chats`, ...cost });
  const { rss } = usageOf(server.pid);
  for (const customer of customers) customer.close();
  return { answers, rss };
}

async function measureBursts(server: Program): Promise<void> {
  const customers = await openCustomers(server.base, 50, faults);
  const rounds = values.short ? 5 : 80;
  const answers: number[] = [];
  for (let round = 0; round < rounds; round++)
    await Promise.all(
      customers.map(async (customer) => {
        for (const answer of customer.askMany(Array.from({ length: 5 }, question))) answers.push((await answer).ms);
      }),
    );
  answered += answers.length;
  add({ what: 'frontdesk, bursts of five, 50 chats', questions: answers.length, ...spread(answers) });
  for (const customer of customers) customer.close();
}

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'frontdesk-bench-pg-'));
const quiet = { info: () => {}, warn: () => {}, error: () => {} };
say(
  `${os.cpus().length} cores, load ${os.loadavg()[0]!.toFixed(1)}; ${questions.length} distinct questions; limits raised: ${JSON.stringify(RAISED)}`,
);
const postgres = await startEmbeddedPostgres({
  dataDir: path.join(folder, 'postgres'),
  settings: { shared_preload_libraries: 'pg_stat_statements', shared_buffers: '128MB' },
  log: quiet,
});
const pool = new Pool({ ...postgres.connection, max: 20 });
// At the end the server goes before the last connections do.
pool.on('error', () => {});
try {
  await pool.query('create extension if not exists pg_stat_statements');
  for (const count of [1, 100]) {
    const echo = await measureEcho(count, undefined);
    add({
      what: `bare ws echo, closed loop, ${count} sockets`,
      'echoes/s': echo.perSecond.toFixed(0),
      ...spread(echo.answers),
    });
  }
  const echoPaced = await measureEcho(1_000, PACED_PER_SECOND);
  add({ what: `bare ws echo, ${PACED_PER_SECOND}/s over 1000 sockets`, ...spread(echoPaced.answers) });
  const start = async (what: string): Promise<{ server: Program; ms: number }> => {
    const began = performance.now();
    const server = await launchFrontdesk(postgres.connection, path.join(folder, 'data'));
    const ms = performance.now() - began;
    add({ what, ms: ms.toFixed(0), 'RSS MiB': usageOf(server.pid).rss.toFixed(0) });
    return { server, ms };
  };
  const first = await start('frontdesk, first start on an empty database');
  await first.server.stop();
  const { server, ms: startMs } = await start('frontdesk, a later start until ready');
  await measureSaturation(server, pool, 1, 1);
  const ratios = await measureSaturation(server, pool, 100, 3);
  await measureSaturation(server, pool, 1_000, 1);
  const day = await measurePaced(server, pool);
  await measureBursts(server);
  await server.stop();
  add({ what: 'faults', answers: answered, ...faults });

  const [p50, p99] = [percentile(day.answers, 0.5), percentile(day.answers, 0.99)];
  const echoP99 = percentile(echoPaced.answers, 0.99);
  const sum = Object.values(faults).reduce((total, count) => total + count, 0);
  const best = Math.max(...ratios);
  say('\nAt least, and what was reached:');
  goal('turns/s at 100 chats ÷ commit limit, best of three', best, (value) => value >= 0.6, '≥ 0.6');
  goal('paced p50, ms', p50, (value) => value <= 5, '≤ 5');
  goal(
    `paced p99, ms (echo ${echoP99.toFixed(2)})`,
    p99,
    (value) => value <= Math.max(25, 20 * echoP99),
    '≤ 25, or 20 × echo',
  );
  goal('commits a turn, the most of any load', reach.commits, (value) => value <= 1.1, '≤ 1.1');
  goal('statements a turn, the most of any load', reach.statements, (value) => value <= 5, '≤ 5');
  goal('RSS with 1000 open chats after load, MiB', day.rss, (value) => value <= 220, '≤ 220');
  goal('a later start until ready, ms', startMs, (value) => value <= 2_000, '≤ 2000');
  goal(`lost, doubled, out of order, wrong, refused, of ${answered}`, sum, (value) => value === 0, '0');
  if (values.json) fs.writeFileSync(values.json, JSON.stringify(rows, null, 2));
  if (sum > 0) process.exitCode = 1;
} finally {
  await pool.end();
  await postgres.stop();
  fs.rmSync(folder, { recursive: true, force: true });
}
