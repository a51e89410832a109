import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Pool } from 'pg';
import { scriptedModel } from '#test/platforms/ollama-model.ts';
import { startOllama } from '#test/platforms/ollama.ts';
import { startAgent, type Agent } from './agent.ts';
import { headsOf, judge, readHistory, waitingTurns, type Verdict } from './checker.ts';
import { startCustomer, type Customer } from './customer.ts';
import { longestGap, spread, type Spread } from './figures.ts';
import { createFleet, type Fleet } from './fleet.ts';
import { COUNT_FENCED, layGround, quietPool, urlOf, type Ground, type Mode } from './ground.ts';
import { planBlows, strike, type Blows } from './nemesis.ts';
import { untilItAnswers } from './patience.ts';
import { AGENT_PASSWORD, AGENTS, chooser, emailOf, makeAgent, questionsOf } from './people.ts';
import { createRandom, type Random } from './random.ts';

/** What happens. */
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

/** What came of it. */
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
  acceptedMs: Spread;
  answeredMs: Spread;
  readyMs: Spread;
  longestGapMs: number;
  settledMs: number;
  /** Where logs and data lie, when something was wrong. */
  kept: string | null;
};

const READY_WITHIN_MS = 60_000;
/** A turn by the model takes some 200 ms: long enough for blows to land in the middle of it. */
const MODEL_TOKEN_MS = 20;
const MODELS = 8;

/** The people of a run: customers who have begun, agents at work. */
type People = { customers: Customer[]; agents: Agent[] };

/** Runs it all, and looks at what is left. */
export async function runScenario(scenario: Scenario): Promise<Report> {
  const { mode, seed, root, say } = scenario;
  const random = createRandom(seed);
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'frontdesk-faults-'));
  const logs = path.join(folder, 'logs');
  fs.mkdirSync(logs);
  const began = performance.now();
  const models = await startModels();
  const ground = await layGround(mode, folder, models.map(({ url }) => url).join());
  const fleet = createFleet({ root, logs, env: ground.env });
  const people: People = { customers: [], agents: [] };
  let pool: Pool | undefined;
  let wrong = true;
  try {
    pool = await openHouse(scenario, ground, fleet);
    say(`${mode}: ready after ${seconds(performance.now() - began)} s`);
    await invite(scenario, fleet, random, people);

    const from = performance.now();
    const plan = planBlows(scenario.blows, scenario.durationMs, random.fork('plan'));
    const { postmaster, flushRedis } = ground;
    const backends = (): Promise<number[]> => backendsOf(pool!);
    const dealt = await strike(plan, { fleet, postmaster, flushRedis, backends }, random.fork('strike'));
    await pause(Math.max(0, from + scenario.durationMs - performance.now()));
    const struckMs = performance.now() - from;
    say(`${mode}: ${dealt.kill} kills in ${seconds(struckMs)} s; all is quiet now`);

    const quietFrom = performance.now();
    for (const customer of people.customers) customer.rest();
    const handedBack = Promise.all(people.agents.map((agent) => agent.rest()));
    await fleet.allReady(READY_WITHIN_MS);
    await Promise.race([handedBack, pause(scenario.graceMs, undefined, { ref: false })]);
    pool = await renew(ground, pool);
    await settle(pool, people.customers, quietFrom + scenario.graceMs);
    const settledMs = Math.round(performance.now() - quietFrom);
    sendHome(people);

    const ledgers = people.customers.map(({ ledger }) => ledger);
    const agents = people.agents.map(({ ledger }) => ledger);
    const verdict = judge(await untilItAnswers(() => readHistory(pool!)), ledgers, agents);
    for (const { name, crashes } of fleet.slots) {
      if (crashes === 0) continue;
      verdict.violations.crashed = (verdict.violations.crashed ?? 0) + crashes;
      verdict.samples.push(`crashed: ${name} ended by itself ${crashes} times`);
    }
    wrong = Object.keys(verdict.violations).length > 0 && !scenario.discard;
    const sent = ledgers.flatMap((ledger) => ledger.sent);
    return {
      ...verdict,
      mode,
      seed,
      seconds: Math.round(struckMs / 1_000),
      dealt,
      chats: ledgers.length,
      takeOvers: sum(agents.map(({ takeOvers }) => takeOvers)),
      lines: sum(ledgers.map(({ lines }) => lines)),
      resent: sum(ledgers.map(({ resent }) => resent)),
      fenced: ground.fenced(),
      acceptedMs: spread(sent.flatMap(({ at, acceptedAt }) => (acceptedAt === undefined ? [] : [acceptedAt - at]))),
      answeredMs: spread(sent.flatMap(({ at, answeredAt }) => (answeredAt === undefined ? [] : [answeredAt - at]))),
      readyMs: spread(fleet.slots.flatMap(({ readyMs }) => readyMs)),
      longestGapMs: longestGap(sent.flatMap(({ acceptedAt }) => acceptedAt ?? [])),
      settledMs,
      kept: wrong ? folder : null,
    };
  } finally {
    sendHome(people);
    await fleet.stop();
    await pool?.end();
    await ground.stop();
    for (const model of models) await model.stop();
    if (wrong) say(`Logs and data are kept in ${folder}`);
    else fs.rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }
}

/** Each serves one question at a time, as Ollama does: with fewer of them most would be answered without a model. */
async function startModels() {
  const models = await Promise.all(
    Array.from({ length: MODELS }, () => startOllama({ choose: scriptedModel(), tokenMs: MODEL_TOKEN_MS })),
  );
  for (const model of models) model.fail('slow');
  return models;
}

/** Starts the processes. One alone at first: it makes the database and trains the classifier, the others find both. */
async function openHouse(scenario: Scenario, ground: Ground, fleet: Fleet): Promise<Pool> {
  const [first, ...others] = ground.posts.slice(0, scenario.posts);
  fleet.add([first!]);
  await fleet.allReady(READY_WITHIN_MS);
  const connection = await ground.connection();
  const pool = quietPool(connection);
  if (ground.fenced() !== null) await pool.query(COUNT_FENCED);
  const env = { ...ground.env, DATABASE_URL: urlOf(connection) };
  if (scenario.hands > 0) await Promise.all(AGENTS.map((name) => makeAgent(scenario.root, env, name)));
  fleet.add(others);
  await fleet.allReady(READY_WITHIN_MS);
  return pool;
}

/** Lets customers begin, and agents sign in. */
async function invite(scenario: Scenario, fleet: Fleet, random: Random, people: People): Promise<void> {
  const { paceMs, patienceMs, hands, handPaceMs } = scenario;
  const fronts = fleet.slots.filter(({ front }) => front);
  const questions = questionsOf();
  const begin = (_: unknown, index: number): Promise<Customer> => {
    const name = `c${String(index).padStart(3, '0')}`;
    const own = random.fork(name);
    const address = chooser(fronts, fronts[index % fronts.length]!, own);
    return startCustomer({ name, random: own, questions, paceMs, patienceMs, address });
  };
  people.customers.push(...(await Promise.all(Array.from({ length: scenario.chats }, begin))));
  for (const name of hands > 0 ? AGENTS : []) {
    const own = random.fork(name);
    people.agents.push(
      startAgent({
        email: emailOf(name),
        password: AGENT_PASSWORD,
        name,
        random: own,
        hands,
        paceMs: handPaceMs,
        address: chooser(fronts, own.pick(fronts), own),
        conversations: () => people.customers.map(({ ledger }) => ledger.sessionId),
      }),
    );
  }
}

function sendHome({ customers, agents }: People): void {
  for (const customer of customers) customer.close();
  for (const agent of agents) agent.leave();
}

async function backendsOf(pool: Pool): Promise<number[]> {
  const found = await pool.query<{ pid: number }>(
    `select pid from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()`,
  );
  return found.rows.map(({ pid }) => pid);
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

const sum = (numbers: readonly number[]): number => numbers.reduce((all, number) => all + number, 0);
const seconds = (ms: number): string => (ms / 1_000).toFixed(1);
/** A seed that nobody chose. */
export const newSeed = (): number => randomBytes(4).readUInt32LE();
