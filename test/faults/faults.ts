import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { Blows } from './nemesis.ts';
import { newSeed, runScenario, type Mode, type Report, type Scenario } from './scenario.ts';

const { values } = parseArgs({
  options: {
    short: { type: 'boolean', default: false },
    kills: { type: 'string' },
    seed: { type: 'string' },
    minutes: { type: 'string' },
    mode: { type: 'string', default: 'both' },
    json: { type: 'string' },
  },
});
const ROOT = path.resolve(import.meta.dirname, '../..');
const kills = Number(values.kills ?? (values.short ? 30 : 200));
const seed = Number(values.seed ?? newSeed());
const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** Seconds between two kills: a process takes two to be ready again, and there are several. */
const EVERY_S = { scaled: 1.6, shared: 1.6, embedded: 2.6 } as const;

function blowsFor(mode: Mode): Blows {
  const few = values.short;
  if (mode === 'embedded')
    return {
      kill: few ? 4 : Math.ceil(kills / 10),
      freeze: few ? 1 : 4,
      'long freeze': 0,
      'postgres fast': 0,
      'postgres immediate': 1,
      'postgres kill': few ? 1 : 4,
      'backend kill': 1,
      'redis flush': 0,
    };
  return {
    kill: kills,
    freeze: Math.ceil(kills / 8),
    'long freeze': few ? 1 : Math.ceil(kills / 40),
    'postgres fast': few ? 1 : 2,
    'postgres immediate': few ? 1 : 2,
    'postgres kill': 1,
    'backend kill': few ? 1 : 3,
    'redis flush': mode === 'scaled' ? (few ? 3 : 10) : 0,
  };
}

function scenarioFor(mode: Mode): Scenario {
  const blows = blowsFor(mode);
  const share = mode === 'embedded' ? 0.15 : 1;
  return {
    mode,
    seed,
    root: ROOT,
    chats: 40,
    paceMs: 1_000,
    durationMs: values.minutes ? Number(values.minutes) * 60_000 * share : blows.kill * EVERY_S[mode] * 1_000,
    blows,
    hands: 2,
    handPaceMs: 1_500,
    patienceMs: 2_000,
    graceMs: 40_000,
    say,
  };
}

function modesOf(name: string): Mode[] {
  if (name === 'both') return [hasRedis() ? 'scaled' : 'shared', 'embedded'];
  if (name === 'scaled' || name === 'shared' || name === 'embedded') return [name];
  throw new Error(`--mode must be embedded, shared, scaled or both, not ${name}.`);
}

/** Without a Redis the scaled mode cannot be had; unless it is required, whole processes on one PostgreSQL are tested instead. */
function hasRedis(): boolean {
  const found = (process.env['PATH'] ?? '')
    .split(path.delimiter)
    .some((folder) => fs.existsSync(path.join(folder, 'redis-server')));
  if (found) return true;
  if ((process.env['FRONTDESK_REQUIRE'] ?? '').split(',').includes('redis'))
    throw new Error('FRONTDESK_REQUIRE names redis, and there is no redis-server on the PATH.');
  say('There is no redis-server on the PATH: several whole processes on one PostgreSQL stand in for the scaled mode.');
  return false;
}

const PROMISES = [
  'lost',
  'written twice',
  'answered twice',
  'unanswered',
  'stuck',
  'out of order',
  'hole',
  'screen differs',
  'bot over person',
  'crashed',
] as const;

/** One column for each mode, one row for each figure. */
function print(reports: readonly Report[]): void {
  const ms = ({ p50, p99, max }: { p50: number; p99: number; max: number }): string => `${p50} / ${p99} / ${max}`;
  const rows: [string, (report: Report) => string | number | null][] = [
    ['', ({ mode }) => mode],
    ...(Object.keys(reports[0]!.dealt) as (keyof Blows)[]).map((kind): [string, (report: Report) => number] => [
      kind,
      ({ dealt }) => dealt[kind],
    ]),
    ['seconds', (report) => report.seconds],
    ['conversations', (report) => report.counts.conversations],
    ['messages acknowledged', (report) => report.counts.accepted],
    ['sent again by customers', (report) => report.resent],
    ['lines opened', (report) => report.lines],
    ['turns', (report) => report.counts.turns],
    ['  of these on the full road', (report) => report.counts.fullRoad],
    ['replies', (report) => report.counts.replies],
    ['take-overs', (report) => report.takeOvers],
    ['late commits refused', (report) => report.fenced ?? '–'],
    ['acknowledged ms, p50 / p99 / max', (report) => ms(report.acceptedMs)],
    ['answered ms, p50 / p99 / max', (report) => ms(report.answeredMs)],
    ['ready again ms, p50 / max', ({ readyMs }) => `${readyMs.p50} / ${readyMs.max}`],
    ['longest gap between acknowledgements, ms', (report) => report.longestGapMs],
    ['quiet after, ms', (report) => report.settledMs],
    ...PROMISES.map((kind): [string, (report: Report) => number] => [kind, ({ violations }) => violations[kind] ?? 0]),
    ['at most this share lost (95 %)', ({ counts }) => (3 / counts.accepted).toExponential(1)],
    ['at most this share of kills loses (95 %)', ({ dealt }) => (3 / dealt.kill).toExponential(1)],
  ];
  for (const [name, cell] of rows)
    say(`${name.padEnd(42)}${reports.map((report) => String(cell(report)).padStart(20)).join('')}`);
}

function commit(): string {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: ROOT, encoding: 'utf8' }).trim();
  } catch {
    return 'unknown';
  }
}

say(
  `Faults, seed ${seed}; ${os.cpus().length} cores, load ${os.loadavg()[0]!.toFixed(1)}; limits for one address are raised.`,
);
const reports: Report[] = [];
for (const mode of modesOf(values.mode)) reports.push(await runScenario(scenarioFor(mode)));
print(reports);
for (const { samples } of reports) for (const sample of samples) say(`  ${sample}`);
const line = JSON.stringify({ test: 'faults', seed, commit: commit(), cores: os.cpus().length, reports });
say(line);
if (values.json) fs.writeFileSync(values.json, `${line}\n`);
process.exitCode = reports.some(({ violations }) => Object.keys(violations).length > 0) ? 1 : 0;
