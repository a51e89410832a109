import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Redis } from 'ioredis';
import { Pool } from 'pg';
import {
  findRunningPostgres,
  startEmbeddedPostgres,
  type PostgresConnection,
} from '#adapters/postgres/embedded/embedded-postgres.ts';
import { placesFor } from '#adapters/postgres/embedded/places.ts';
import { postmasterPid } from '#adapters/postgres/embedded/stale-locks.ts';
import { loadDemoFaqs } from '#flows/demo/demo-content.ts';
import { scriptedModel } from '#test/platforms/ollama-model.ts';
import { startOllama } from '#test/platforms/ollama.ts';
import { freePort } from '#test/support/free-port.ts';
import { startRedis } from '#test/support/redis.ts';
import { percentile } from '../../bench/load.ts';
import { RAISED } from '../../bench/processes.ts';
import { startAgent, type Agent } from './agent.ts';
import { headsOf, judge, readHistory, waitingTurns, type Verdict } from './checker.ts';
import { startCustomer, type Customer } from './customer.ts';
import { createFleet, type Post, type Slot } from './fleet.ts';
import { planBlows, strike, type Blows } from './nemesis.ts';
import { untilItAnswers } from './patience.ts';
import { createRandom, type Random } from './random.ts';

/**
 * How Frontdesk runs: `embedded`, one process with a PostgreSQL of its own; `shared`, four whole processes on one PostgreSQL;
 * `scaled`, two API processes and two workers on one PostgreSQL and Redis.
 */
export type Mode = 'embedded' | 'shared' | 'scaled';

export type Scenario = {
  mode: Mode;
  seed: number;
  /** The sources to run, a folder. */
  root: string;
  chats: number;
  /** Pause of one customer between two bursts, on average. */
  paceMs: number;
  durationMs: number;
  blows: Blows;
  /** Two agents work at the desk: conversations that each serves at once, and the pause between two of them. */
  hands: number;
  handPaceMs: number;
  /** How long a customer waits for a silent server. */
  patienceMs: number;
  /** Processes, in the mode `shared`; four unless said otherwise. */
  posts?: number;
  /** Throws logs and data away even when something was wrong: it was meant to be. */
  discard?: boolean;
  /** How long the system has, once all is quiet, until everything is answered and seen. */
  graceMs: number;
  say: (line: string) => void;
};

export type Report = Verdict & {
  mode: Mode;
  seed: number;
  seconds: number;
  dealt: Blows;
  chats: number;
  takeOvers: number;
  lines: number;
  resent: number;
  /** Late commits that PostgreSQL refused because the conversation had moved on; not known in the mode `embedded`. */
  fenced: number | null;
  /** Milliseconds. */
  acceptedMs: { p50: number; p99: number; max: number };
  answeredMs: { p50: number; p99: number; max: number };
  readyMs: { p50: number; max: number };
  longestGapMs: number;
  settledMs: number;
  /** Where logs and data lie, when something was wrong. */
  kept: string | null;
};

const AGENTS = ['agent-1', 'agent-2'] as const;
const AGENT_PASSWORD = 'a long walk by the tide';
const READY_WITHIN_MS = 60_000;
/** A turn by the model takes some 200 ms: long enough for blows to land in the middle of it. */
const MODEL_TOKEN_MS = 20;
const MODELS = 8;
const CACHE = path.join(os.tmpdir(), 'frontdesk-faults-cache');
const quiet = { info: () => {}, warn: () => {}, error: () => {} };

/** What Frontdesk stands on, and what is hit beside its processes. */
type Ground = {
  posts: Post[];
  env: Record<string, string>;
  connection: () => Promise<PostgresConnection>;
  postmaster: () => number | undefined;
  flushRedis: () => Promise<void>;
  fenced: () => number | null;
  stop: () => Promise<void>;
};

/** Counts in PostgreSQL's own log what no row can tell: a commit that was refused. */
const COUNT_FENCED = `
create or replace function faults_note_fenced() returns trigger language plpgsql as $$
begin
  if current_query() like '%pending = pending - $4%' and not exists (select from written) then raise log 'fenced commit'; end if;
  return null;
end $$;
create or replace trigger faults_note_fenced after update on chat_sessions referencing new table as written
  for each statement execute function faults_note_fenced()`;

async function postsOf(mode: Mode, model: string): Promise<Post[]> {
  const post = async (name: string, role: Post['role'], env: Record<string, string>): Promise<Post> => ({
    name,
    role,
    port: await freePort(),
    env,
    front: role !== 'worker',
  });
  const alone = {};
  const asking = { OLLAMA_URL: model, FRONTDESK_SKIP_MODEL_ABOVE: '1' };
  switch (mode) {
    case 'embedded':
      return [await post('all', 'all', { OLLAMA_URL: model, FRONTDESK_SKIP_MODEL_ABOVE: '0.99' })];
    case 'shared':
      return [
        await post('all-1', 'all', alone),
        await post('all-2', 'all', asking),
        await post('all-3', 'all', alone),
        await post('all-4', 'all', asking),
      ];
    case 'scaled':
      return [
        await post('api-1', 'api', alone),
        await post('api-2', 'api', asking),
        await post('worker-1', 'worker', asking),
        await post('worker-2', 'worker', asking),
      ];
  }
}

async function layGround(mode: Mode, folder: string, model: string): Promise<Ground> {
  const posts = await postsOf(mode, model);
  const base = {
    ...RAISED,
    FRONTDESK_LIMIT_LOGINS: '1000000/1m',
    FRONTDESK_LIMIT_LOGINS_PER_EMAIL: '1000000/1m',
    FRONTDESK_DATA: path.join(folder, 'data'),
    LOG_LEVEL: 'warn',
    NODE_COMPILE_CACHE: CACHE,
  };
  if (mode === 'embedded') {
    const dataDir = path.join(folder, 'data/postgres');
    return {
      posts,
      env: base,
      connection: async () => {
        const connection = await findRunningPostgres({ dataDir });
        if (!connection) throw new Error('The embedded PostgreSQL does not run.');
        return connection;
      },
      postmaster: () => postmasterPid(placesFor(dataDir)),
      flushRedis: async () => {},
      fenced: () => null,
      stop: async () => {},
    };
  }
  let fenced = 0;
  const dataDir = path.join(folder, 'postgres');
  const postgres = await startEmbeddedPostgres({
    dataDir,
    settings: { max_connections: 300, shared_buffers: '128MB' },
    log: { ...quiet, info: (line) => void (fenced += line.includes('fenced commit') ? 1 : 0) },
  });
  const redis = mode === 'scaled' ? await startRedis() : null;
  const flusher = redis && new Redis(redis.url);
  return {
    posts,
    env: {
      ...base,
      DATABASE_URL: urlOf(postgres.connection),
      ...(redis ? { REDIS_URL: redis.url } : {}),
    },
    connection: async () => postgres.connection,
    postmaster: () => postmasterPid(placesFor(dataDir)),
    flushRedis: async () => void (await flusher?.flushall()),
    fenced: () => fenced,
    stop: async () => {
      flusher?.disconnect();
      await redis?.stop();
      await postgres.stop();
    },
  };
}

/** A connection as `DATABASE_URL` takes it; the folder of its socket stands in `host=`. */
export function urlOf({ host, port, user, password, database }: PostgresConnection): string {
  const account = `${encodeURIComponent(user)}:${encodeURIComponent(password)}`;
  return `postgres://${account}@localhost:${port}/${database}?host=${encodeURIComponent(host)}`;
}

function quietPool(connection: PostgresConnection): Pool {
  const pool = new Pool({ ...connection, max: 3, connectionTimeoutMillis: 2_000 });
  pool.on('error', () => {}); // the server is killed under it
  return pool;
}

/** What demo customers ask, in Chinese: half as it stands in a FAQ, half in words of their own, for which a model is asked where there is one. */
function questionsOf(): string[] {
  const written = loadDemoFaqs().flatMap((faq) => [faq['zh-TW'].question, ...faq['zh-TW'].alternatives]);
  const own = written.map(
    (text, index) =>
      `${OPENINGS[index % OPENINGS.length]}${text.replace(/[？?]$/, '')}${ENDINGS[index % ENDINGS.length]}`,
  );
  return [...new Set([...written, ...own])];
}
const OPENINGS = [
  '我昨天在你們網站上看到，想問一下',
  '不好意思打擾了，朋友要我來問問',
  '可以請你告訴我嗎，',
  '我之前問過一次但是忘記了，',
];
const ENDINGS = ['，麻煩你了謝謝', '，這個我一直搞不清楚', '，再請你回覆我'];

/** Chooses an address: mostly one's own, never the one that failed while there is another. */
function chooser(fronts: readonly Slot[], home: Slot, random: Random): (failed: string | undefined) => string {
  return (failed) => {
    const others = fronts.filter(({ url }) => url !== failed);
    if (failed !== home.url && random.next() < 0.7) return home.url;
    return others.length > 0 ? random.pick(others).url : home.url;
  };
}

async function makeAgent(options: {
  root: string;
  env: Record<string, string>;
  email: string;
  name: string;
}): Promise<void> {
  const { root, env, email, name } = options;
  const words = ['--email', email, '--name', name, '--role', 'agent', '--password', AGENT_PASSWORD];
  await promisify(execFile)(process.execPath, ['cli/frontdesk.ts', 'user', 'create', ...words], {
    cwd: root,
    env: { PATH: process.env['PATH'] ?? '', ...env },
  });
}

/** Runs it all, and looks at what is left. */
export async function runScenario(scenario: Scenario): Promise<Report> {
  const { mode, seed, say } = scenario;
  const random = createRandom(seed);
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'frontdesk-faults-'));
  fs.mkdirSync(path.join(folder, 'logs'));
  const began = performance.now();
  // Each serves one question at a time, as Ollama does: with fewer of them most would be answered without a model.
  const models = await Promise.all(
    Array.from({ length: MODELS }, () => startOllama({ choose: scriptedModel(), tokenMs: MODEL_TOKEN_MS })),
  );
  for (const model of models) model.fail('slow');
  const ground = await layGround(mode, folder, models.map(({ url }) => url).join());
  const { env } = ground;
  const fleet = createFleet({ root: scenario.root, logs: path.join(folder, 'logs'), env });
  let pool: Pool | undefined;
  const customers: Customer[] = [];
  const agents: Agent[] = [];
  let wrong = true;
  try {
    // One alone at first: it makes the database and trains the classifier, the others find both.
    const posts = ground.posts.slice(0, scenario.posts);
    fleet.add(posts.slice(0, 1));
    await fleet.allReady(READY_WITHIN_MS);
    const connection = await ground.connection();
    pool = quietPool(connection);
    if (ground.fenced() !== null) await pool.query(COUNT_FENCED);
    const names = scenario.hands > 0 ? AGENTS : [];
    const agentEnv = { ...env, DATABASE_URL: urlOf(connection) };
    await Promise.all(
      names.map((name) => makeAgent({ root: scenario.root, env: agentEnv, email: `${name}@example.com`, name })),
    );
    fleet.add(posts.slice(1));
    await fleet.allReady(READY_WITHIN_MS);
    say(`${mode}: ready after ${seconds(performance.now() - began)} s`);
    const fronts = fleet.slots.filter(({ front }) => front);
    const questions = questionsOf();
    customers.push(
      ...(await Promise.all(
        Array.from({ length: scenario.chats }, (_, index) => {
          const name = `c${String(index).padStart(3, '0')}`;
          const own = random.fork(name);
          return startCustomer({
            name,
            random: own,
            questions,
            paceMs: scenario.paceMs,
            patienceMs: scenario.patienceMs,
            address: chooser(fronts, fronts[index % fronts.length]!, own),
          });
        }),
      )),
    );
    for (const name of names) {
      const own = random.fork(name);
      agents.push(
        startAgent({
          email: `${name}@example.com`,
          password: AGENT_PASSWORD,
          name,
          random: own,
          hands: scenario.hands,
          paceMs: scenario.handPaceMs,
          address: chooser(fronts, own.pick(fronts), own),
          conversations: () => customers.map(({ ledger }) => ledger.sessionId),
        }),
      );
    }

    const strikeFrom = performance.now();
    const plan = planBlows(scenario.blows, scenario.durationMs, random.fork('plan'));
    const source = pool;
    const dealt = await strike(
      plan,
      {
        fleet,
        postmaster: ground.postmaster,
        flushRedis: ground.flushRedis,
        backends: async () =>
          (
            await source.query<{ pid: number }>(
              `select pid from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid() and application_name = ''`,
            )
          ).rows.map(({ pid }) => pid),
      },
      random.fork('strike'),
    );
    await pause(Math.max(0, strikeFrom + scenario.durationMs - performance.now()));
    const struckMs = performance.now() - strikeFrom;
    say(`${mode}: ${dealt.kill} kills in ${seconds(struckMs)} s; all is quiet now`);

    for (const customer of customers) customer.rest();
    const resting = Promise.all(agents.map((agent) => agent.rest()));
    const quietFrom = performance.now();
    await fleet.allReady(READY_WITHIN_MS);
    await Promise.race([resting, pause(scenario.graceMs, undefined, { ref: false })]);
    pool = await renew(ground, pool);
    await settle(pool, customers, quietFrom + scenario.graceMs);
    const settledMs = performance.now() - quietFrom;
    const ledgers = customers.map(({ ledger }) => ledger);
    for (const customer of customers) customer.close();
    for (const agent of agents) agent.leave();
    const history = await untilItAnswers(() => readHistory(pool!));
    const verdict = judge(
      history,
      ledgers,
      agents.map(({ ledger }) => ledger),
    );
    const crashes = fleet.slots.filter(({ crashes }) => crashes > 0);
    for (const { name, crashes: times } of crashes) {
      verdict.violations.crashed = (verdict.violations.crashed ?? 0) + times;
      verdict.samples.push(`crashed: ${name} ended by itself ${times} times`);
    }
    wrong = Object.keys(verdict.violations).length > 0 && !scenario.discard;
    const sent = ledgers.flatMap((ledger) => ledger.sent);
    return {
      ...verdict,
      mode,
      seed,
      seconds: Math.round(struckMs / 1_000),
      dealt,
      chats: customers.length,
      takeOvers: agents.reduce((sum, { ledger }) => sum + ledger.takeOvers, 0),
      lines: ledgers.reduce((sum, { lines }) => sum + lines, 0),
      resent: ledgers.reduce((sum, { resent }) => sum + resent, 0),
      fenced: ground.fenced(),
      acceptedMs: spread(sent.flatMap(({ at, acceptedAt }) => (acceptedAt === undefined ? [] : [acceptedAt - at]))),
      answeredMs: spread(sent.flatMap(({ at, answeredAt }) => (answeredAt === undefined ? [] : [answeredAt - at]))),
      readyMs: spread(fleet.slots.flatMap(({ readyMs }) => readyMs)),
      longestGapMs: longestGap(sent.flatMap(({ acceptedAt }) => acceptedAt ?? [])),
      settledMs: Math.round(settledMs),
      kept: wrong ? folder : null,
    };
  } finally {
    for (const customer of customers) customer.close();
    for (const agent of agents) agent.leave();
    await fleet.stop();
    await pool?.end();
    await ground.stop();
    for (const model of models) await model.stop();
    if (wrong) say(`Logs and data are kept in ${folder}`);
    else fs.rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }
}

/** The embedded PostgreSQL may have come back under another roof. */
async function renew(ground: Ground, old: Pool): Promise<Pool> {
  await old.end();
  return quietPool(await untilItAnswers(ground.connection));
}

/** Waits until every message had its turn and every screen shows its transcript, at most until `end`. */
async function settle(pool: Pool, customers: readonly Customer[], end: number): Promise<void> {
  let calm = 0;
  while (performance.now() < end && calm < 3) {
    await pause(100);
    const heads = await headsOf(pool).catch(() => undefined);
    const waiting = await waitingTurns(pool).catch(() => 1);
    const done = heads && customers.every(({ ledger, isDone }) => isDone(heads.get(ledger.sessionId) ?? 0));
    calm = done && waiting === 0 ? calm + 1 : 0;
  }
}

function longestGap(moments: readonly number[]): number {
  const sorted = moments.toSorted((a, b) => a - b);
  return Math.round(Math.max(0, ...sorted.slice(1).map((at, index) => at - sorted[index]!)));
}

const spread = (numbers: readonly number[]): { p50: number; p99: number; max: number } => ({
  p50: Math.round(percentile(numbers, 0.5)),
  p99: Math.round(percentile(numbers, 0.99)),
  max: Math.round(numbers.reduce((most, number) => Math.max(most, number), 0)),
});

const seconds = (ms: number): string => (ms / 1_000).toFixed(1);
export const newSeed = (): number => randomBytes(4).readUInt32LE();
