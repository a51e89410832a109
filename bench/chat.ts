import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { Pool } from 'pg';
import { WebSocket } from 'ws';
import { startEmbeddedPostgres } from '#adapters/postgres/embedded/embedded-postgres.ts';
import { loadDemoFaqs } from '#flows/demo/demo-content.ts';
import { noFaults, openCustomers, percentile, type Customer, type Faults } from './load.ts';
import { launchEcho, launchFrontdesk, postgresCpu, RAISED, usageOf, type Program } from './processes.ts';

const { values } = parseArgs({ options: { short: { type: 'boolean', default: false }, json: { type: 'string' } } });
/** Seconds of each measured stretch. */
const SECONDS = values.short ? 3 : 12;
const PACED_PER_SECOND = 100;

type Row = Record<string, string | number>;
const rows: Row[] = [];
const faults: Faults = noFaults();
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

/** Durable commits a second of this PostgreSQL: begin, two inserts, an update, commit, over sixteen connections. */
async function measureCommits(pool: Pool): Promise<number> {
  await pool.query(
    'create table if not exists bench_a (id bigserial primary key, body text); create table if not exists bench_b (id int primary key, n int)',
  );
  await pool.query('insert into bench_b select n, 0 from generate_series(1, 64) n on conflict do nothing');
  const clients = await Promise.all(Array.from({ length: 16 }, () => pool.connect()));
  let commits = 0;
  const began = performance.now();
  const end = began + (SECONDS / 2) * 1000;
  await Promise.all(
    clients.map(async (client, n) => {
      while (performance.now() < end) {
        await client.query('begin');
        await client.query({
          name: 'b1',
          text: 'insert into bench_a (body) values ($1)',
          values: ['what the customer said, about as long'],
        });
        await client.query({
          name: 'b2',
          text: 'insert into bench_a (body) values ($1)',
          values: ['and what the bot answered, a little longer than that'],
        });
        await client.query({ name: 'b3', text: 'update bench_b set n = n + 1 where id = $1', values: [n + 1] });
        await client.query('commit');
        commits++;
      }
    }),
  );
  const perSecond = (commits / (performance.now() - began)) * 1000;
  for (const client of clients) client.release();
  return perSecond;
}

type Cost = { commits: number; statements: number };
async function databaseCost(pool: Pool): Promise<Cost> {
  const commits = await pool.query<{ n: string }>(
    'select sum(xact_commit) as n from pg_stat_database where datname = current_database()',
  );
  const statements = await pool.query<{ n: string }>(
    `select coalesce(sum(calls), 0) as n from pg_stat_statements where toplevel and query !~* '^(begin|commit|rollback|set|deallocate)'`,
  );
  return { commits: Number(commits.rows[0]!.n), statements: Number(statements.rows[0]!.n) };
}

async function measureFrontdesk(server: Program, pool: Pool): Promise<{ saturated: number; pacedAnswers: number[] }> {
  let saturated = 0;
  for (const count of [1, 100, 1_000]) {
    const opening = performance.now();
    const customers = await openCustomers(server.base, count, faults);
    const opened = performance.now() - opening;
    await closedLoop(customers, 1);
    const before = { ...usageOf(server.pid), pg: postgresCpu(), cost: await databaseCost(pool) };
    const { answers, perSecond } = await closedLoop(customers, SECONDS);
    const after = { ...usageOf(server.pid), pg: postgresCpu(), cost: await databaseCost(pool) };
    if (count === 100) saturated = perSecond;
    add({
      what: `frontdesk, closed loop, ${count} chats`,
      'turns/s': perSecond.toFixed(0),
      ...spread(answers),
      'server CPU ms/turn': (((after.cpu - before.cpu) * 1000) / answers.length).toFixed(3),
      'PG CPU ms/turn': (((after.pg - before.pg) * 1000) / answers.length).toFixed(3),
      'commits/turn': ((after.cost.commits - before.cost.commits) / answers.length).toFixed(2),
      'statements/turn': ((after.cost.statements - before.cost.statements) / answers.length).toFixed(2),
      'RSS MiB': after.rss.toFixed(0),
      'opened in ms': opened.toFixed(0),
    });
    if (count === 1_000) {
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      const quiet = { ...usageOf(server.pid), cost: await databaseCost(pool) };
      const pacedAnswers = await paced(customers, PACED_PER_SECOND, SECONDS);
      const done = { ...usageOf(server.pid), cost: await databaseCost(pool) };
      add({
        what: `frontdesk, ${PACED_PER_SECOND} messages/s over 1000 chats`,
        ...spread(pacedAnswers),
        'server CPU %': (((done.cpu - quiet.cpu) / SECONDS) * 100).toFixed(1),
        'commits/turn': ((done.cost.commits - quiet.cost.commits) / pacedAnswers.length).toFixed(2),
        'statements/turn': ((done.cost.statements - quiet.cost.statements) / pacedAnswers.length).toFixed(2),
        'RSS MiB': done.rss.toFixed(0),
      });
      for (const customer of customers) customer.close();
      return { saturated, pacedAnswers };
    }
    for (const customer of customers) customer.close();
  }
  throw new Error('unreachable');
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
  const commitLimit = await measureCommits(pool);
  add({ what: 'PostgreSQL commit limit (5 round trips, 16 connections)', 'commits/s': commitLimit.toFixed(0) });
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
  const launched = performance.now();
  const server = await launchFrontdesk(postgres.connection, path.join(folder, 'data'));
  add({ what: 'frontdesk, first start on an empty database', ms: (performance.now() - launched).toFixed(0) });
  const { saturated, pacedAnswers } = await measureFrontdesk(server, pool);
  await measureBursts(server);
  const limitAgain = await measureCommits(pool);
  await server.stop();
  const again = performance.now();
  const second = await launchFrontdesk(postgres.connection, path.join(folder, 'data'));
  add({ what: 'frontdesk, a later start until ready', ms: (performance.now() - again).toFixed(0) });
  await second.stop();
  const limit = (commitLimit + limitAgain) / 2;
  add({ what: 'PostgreSQL commit limit, again', 'commits/s': limitAgain.toFixed(0) });
  add({
    what: 'ratios',
    'turns/s at 100 chats ÷ commit limit': (saturated / limit).toFixed(2),
    'paced p50 ÷ echo p50': (percentile(pacedAnswers, 0.5) / percentile(echoPaced.answers, 0.5)).toFixed(1),
    'paced p99 ÷ echo p99': (percentile(pacedAnswers, 0.99) / percentile(echoPaced.answers, 0.99)).toFixed(1),
  });
  add({ what: 'faults', ...faults });
  if (values.json) fs.writeFileSync(values.json, JSON.stringify(rows, null, 2));
  if (Object.values(faults).some((count) => count > 0)) process.exitCode = 1;
} finally {
  await pool.end();
  await postgres.stop();
  fs.rmSync(folder, { recursive: true, force: true });
}
