import fs from 'node:fs';
import os from 'node:os';
import { parseArgs } from 'node:util';
import { openDatasets } from './datasets.ts';
import { table, type Row } from './figures.ts';
import { DRAWS, intentSets } from './understanding-intents.ts';
import { searchSets } from './understanding-search.ts';

/**
 * How well the process understands and finds by itself, and how fast: `node bench/understanding.ts [--data FOLDER]
 * [--sets banking77,demo,…] [--json FILE]`. Sets that are not in the folder are left out; the demo shop always is there.
 */
const { values } = parseArgs({
  options: {
    data: { type: 'string', default: '../shared/data' },
    sets: { type: 'string' },
    json: { type: 'string' },
  },
});
const data = openDatasets(values.data);
const wanted = values.sets?.split(',');
const say = (text: string): void => void process.stdout.write(`${text}\n`);

say(
  `Node ${process.version}, ${os.cpus()[0]?.model ?? 'unknown processor'} × ${os.availableParallelism()}, one core used.`,
);

/** Runs what is there and wanted, and says which set is done. */
function run(kind: string, setsOf: typeof intentSets): Row[] {
  const rows: Row[] = [];
  for (const [set, measure] of Object.entries(setsOf(data, (row) => rows.push(row)))) {
    if ((set !== 'demo' && !data.has(set)) || wanted?.includes(set) === false) continue;
    measure();
    say(`${kind}: ${set} done`);
  }
  return rows;
}

const intents = run('intents', intentSets);
const search = run('search', searchSets);
if (intents.length > 0) say(`\nIntents (percent; means of ${DRAWS} draws where examples are few)\n${table(intents)}`);
if (search.length > 0) say(`\nSearch (percent)\n${table(search)}`);
if (values.json) fs.writeFileSync(values.json, `${JSON.stringify({ intents, search }, null, 2)}\n`);
