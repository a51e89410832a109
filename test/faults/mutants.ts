import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { Verdict } from './checker.ts';
import { runDelivery } from './delivery.ts';
import type { Blows } from './nemesis.ts';
import { plantBug, PLANTED_BUGS, type PlantedBug } from './planted-bugs.ts';
import { newSeed, runScenario } from './scenario.ts';

const { values } = parseArgs({
  options: { seed: { type: 'string' }, only: { type: 'string' }, json: { type: 'string' } },
});
const ROOT = path.resolve(import.meta.dirname, '../..');
const COPIED = [
  'main.ts',
  'package.json',
  'composition',
  'core',
  'adapters',
  'cli',
  'flows',
  'migrations',
  'test/faults',
];
const seed = Number(values.seed ?? newSeed());
/** Blows fall by chance, and a busy machine may not come to the moment where a bug shows: then it is tried with another seed. */
const MOST_TRIES = 4;
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const none: Blows = {
  kill: 0,
  freeze: 0,
  'long freeze': 0,
  'postgres fast': 0,
  'postgres immediate': 0,
  'postgres kill': 0,
  'backend kill': 0,
  'redis flush': 0,
};

/** A copy of the sources in which bugs may be planted; dependencies are those of the original. */
function copySources(): string {
  const copy = fs.mkdtempSync(path.join(os.tmpdir(), 'frontdesk-planted-'));
  for (const part of COPIED)
    fs.cpSync(path.join(ROOT, part), path.join(copy, part), {
      recursive: true,
      filter: (file) => !file.endsWith('.test.ts'),
    });
  fs.symlinkSync(path.join(ROOT, 'node_modules'), path.join(copy, 'node_modules'));
  return copy;
}

/** Plants a bug in the copy. Returns what takes it out again. */
function plant(copy: string, bug: PlantedBug): () => void {
  const originals = new Map<string, string>();
  plantBug(bug, {
    read: (file) => fs.readFileSync(path.join(copy, file), 'utf8'),
    replace: (file, text) => {
      const place = path.join(copy, file);
      if (!originals.has(place)) originals.set(place, fs.readFileSync(place, 'utf8'));
      fs.writeFileSync(place, text);
    },
  });
  return () => originals.forEach((text, place) => fs.writeFileSync(place, text));
}

/** The scenario that must stay without a violation when nothing is planted, in a short form. */
const runOf = (bug: PlantedBug, root: string, seed: number): Promise<Pick<Verdict, 'violations' | 'samples'>> =>
  bug.scenario === 'delivery'
    ? runDelivery({ root, seed, durationMs: bug.seconds * 1_000, graceMs: 6_000, blows: { ...none, ...bug.blows } })
    : runScenario({
        mode: 'shared',
        seed,
        root,
        posts: 2,
        chats: 24,
        paceMs: 400,
        durationMs: bug.seconds * 1_000,
        blows: { ...none, ...bug.blows },
        hands: bug.expects.includes('bot over person') ? 4 : 0,
        handPaceMs: 200,
        patienceMs: 700,
        graceMs: 2_000,
        discard: true,
        say: () => {},
      });

const copy = copySources();
const began = performance.now();
const results: { name: string; caught: boolean; violations: Verdict['violations']; seconds: number }[] = [];
try {
  for (const bug of PLANTED_BUGS) {
    if (values.only !== undefined && !bug.name.includes(values.only)) continue;
    const from = performance.now();
    const takeOut = plant(copy, bug);
    let tries = 0;
    let caught: boolean;
    let verdict: Pick<Verdict, 'violations' | 'samples'>;
    do {
      verdict = await runOf(bug, copy, seed + tries);
      const { violations } = verdict;
      caught = bug.expects.every((kind) => (violations[kind] ?? 0) > 0);
    } while (!caught && ++tries < MOST_TRIES);
    takeOut();
    const { violations, samples } = verdict;
    results.push({ name: bug.name, caught, violations, seconds: Math.round((performance.now() - from) / 1_000) });
    const found = Object.entries(violations).map(([kind, count]) => `${kind} ${count}`);
    say(
      `${caught ? 'caught' : 'MISSED'}  ${tries && caught ? `at try ${tries + 1}  ` : ''}${bug.name} (wanted: ${bug.expects.join(' and ')}): ${found.join(', ') || 'nothing'}`,
    );
    if (!caught) for (const sample of samples) say(`  ${sample}`);
  }
} finally {
  fs.rmSync(copy, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
}
const caught = results.filter((result) => result.caught).length;
say(`mutants caught ${caught}/${results.length}`);
const line = JSON.stringify({
  test: 'planted bugs',
  seed,
  caught,
  of: results.length,
  seconds: Math.round((performance.now() - began) / 1_000),
  results,
});
say(line);
if (values.json) fs.writeFileSync(values.json, `${line}\n`);
process.exitCode = caught === results.length ? 0 : 1;
