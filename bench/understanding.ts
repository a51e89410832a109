import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { Converter as toTraditional } from 'opencc-js/cn2t';
import { Converter as toSimplified } from 'opencc-js/t2cn';
import { createSearchIndex, type SearchDocument, type SearchIndex } from '#core/knowledge/search-index.ts';
import { modelToBytes, type Example, type TrainingOptions } from '#core/understanding/classifier-model.ts';
import { createClassifier, trainClassifier, type Prediction } from '#core/understanding/classifier.ts';
import { foreignExamples } from '#core/understanding/foreign-examples.ts';
import { createRandom, shuffle } from '#core/understanding/random.ts';
import { hasHan } from '#core/understanding/text.ts';
import { loadDemoFaqs, loadDemoIntents, loadDemoOutOfScope } from '#flows/demo/demo-content.ts';
import {
  areaUnderCurve,
  calibrationError,
  caughtAtFivePercent,
  macroF1,
  mean,
  percent,
  quantileOf,
  table,
} from './figures.ts';

const { values } = parseArgs({
  options: {
    data: { type: 'string', default: '../shared/data' },
    sets: { type: 'string' },
    json: { type: 'string' },
  },
});
const wanted = values.sets?.split(',');
const DRAWS = [1, 2, 3];

type Row = Record<string, string | number>;
const say = (text: string): void => void process.stdout.write(`${text}\n`);
const place = (...parts: string[]): string => path.join(values.data, ...parts);
const exists = (...parts: string[]): boolean => fs.existsSync(place(...parts));
const read = <T>(...parts: string[]): T[] =>
  fs
    .readFileSync(place(...parts), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as T);
/** The first of these splits that is there. */
const split = (set: string, ...names: string[]): string | undefined =>
  names.find((name) => exists(set, `${name}.jsonl`));
const readSplit = (set: string, ...names: string[]): Example[] => {
  const name = split(set, ...names);
  return name ? read<Example>(set, `${name}.jsonl`).map(({ text, label }) => ({ text, label })) : [];
};

/** Labels of the English sets are readable names; those of CrossWOZ are not what a title would be. */
const titlesOf = (rows: readonly Example[]): TrainingOptions['titles'] =>
  Object.fromEntries(
    [...new Set(rows.map(({ label }) => label))].map((label) => [label, [label.replaceAll(/[_?]/g, ' ')]]),
  );

function draw(rows: readonly Example[], each: number, seed: number): Example[] {
  const random = createRandom(seed);
  return [...Map.groupBy(rows, ({ label }) => label).values()].flatMap((members) => {
    const order = [...members.keys()];
    shuffle(order, order.length, random);
    return order.slice(0, each).map((at) => members[at]!);
  });
}

function timed<T>(work: () => T): { result: T; ms: number } {
  const began = performance.now();
  const result = work();
  return { result, ms: performance.now() - began };
}

const cpuSeconds = (since: NodeJS.CpuUsage): number => {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1e6;
};

/** Trains once and judges every row of the test split. */
function measure(
  train: readonly Example[],
  test: readonly Example[],
  foreign: readonly Example[],
  titles: TrainingOptions['titles'],
): Row {
  const before = process.cpuUsage();
  const model = trainClassifier(train, { titles, seed: 1 });
  const seconds = cpuSeconds(before);
  const classifier = createClassifier(model);
  for (const { text } of test.slice(0, 200)) classifier.predict(text);
  const times: number[] = [];
  const judged = test.map(({ text, label }) => {
    const { result, ms } = timed(() => classifier.predict(text));
    times.push(1000 * ms);
    const [top] = result.ranking;
    return {
      truth: label,
      guess: top?.intent ?? '',
      confidence: top?.probability ?? 0,
      right: top?.intent === label,
      result,
    };
  });
  const scores = judged.map(({ result }) => result.reject);
  const foreignScores = foreign.map(({ text }) => classifier.predict(text).reject);
  const accepted = judged.filter(({ confidence, result }) => confidence >= 0.5 && result.inScope);
  return {
    accuracy: percent(judged.map(({ right }) => right)),
    'macro-F1': macroF1(judged),
    ECE: calibrationError(judged),
    'top 3': percent(judged.map(({ truth, result }) => isAmong(result, truth, 3))),
    'accepted %': (100 * accepted.length) / judged.length,
    'of these right': percent(accepted.map(({ right }) => right)),
    'false reject': percent(judged.map(({ result }) => !result.inScope)),
    ...(foreign.length > 0 && {
      AUROC: areaUnderCurve(scores, foreignScores),
      'caught at 5 %': caughtAtFivePercent(scores, foreignScores),
    }),
    'train s': seconds,
    'p50 µs': quantileOf(times, 0.5),
    'p95 µs': quantileOf(times, 0.95),
    'model MB': modelToBytes(model).length / 1e6,
  };
}

const isAmong = ({ ranking }: Prediction, intent: string, first: number): boolean =>
  ranking.slice(0, first).some((one) => one.intent === intent);

/** The mean of several rows, number by number. */
const averaged = (rows: readonly Row[]): Row =>
  Object.fromEntries(Object.keys(rows[0]!).map((key) => [key, mean(rows.map((row) => Number(row[key])))]));

const intentRows: Row[] = [];

function measureIntents(
  name: string,
  data: { train: Example[]; test: Example[]; foreign?: Example[]; titles?: TrainingOptions['titles']; from: string },
): void {
  const { train, test, foreign = [], titles = titlesOf(train), from } = data;
  const add = (shots: string, row: Row): void => {
    intentRows.push({ set: name, 'tested on': from, examples: shots, ...row });
    say(`${name}, ${shots} examples: accuracy ${Number(row['accuracy']).toFixed(1)}`);
  };
  add('all', measure(train, test, foreign, titles));
  for (const each of [10, 5]) {
    add(`${each} each`, averaged(DRAWS.map((seed) => measure(draw(train, each, seed), test, foreign, titles))));
  }
}

/** For a set without a test split: every fifth row is held out. */
const isHeldOut = (_: unknown, at: number): boolean => at % 5 === 4;

function readCrosswoz(script: '' | '_zhtw'): { train: Example[]; test: Example[] } {
  const train = readSplit('crosswoz', `train${script}`);
  const test = readSplit('crosswoz', `test${script}`);
  if (test.length > 0) return { train, test };
  return { train: train.filter((row, at) => !isHeldOut(row, at)), test: train.filter(isHeldOut) };
}

const INTENT_SETS: Record<string, () => void> = {
  banking77: () => {
    const from = split('banking77', 'test', 'valid')!;
    const train = readSplit('banking77', ...(from === 'test' ? ['train_orig', 'train'] : ['train']));
    measureIntents('banking77', { train, test: readSplit('banking77', from), from });
  },
  clinc150: () => {
    const from = split('clinc150', 'test', 'valid')!;
    const foreign = readSplit('clinc150', `oos_${from}`);
    measureIntents('clinc150', {
      train: readSplit('clinc150', 'train'),
      test: readSplit('clinc150', from),
      foreign,
      from,
    });
  },
  hwu64: () => {
    const from = split('hwu64', 'test', 'valid')!;
    measureIntents('hwu64', { train: readSplit('hwu64', 'train'), test: readSplit('hwu64', from), from });
  },
  'banking77-oos': () => {
    const from = split('banking77-oos', 'test', 'valid')!;
    const train = readSplit('banking77-oos', 'train');
    const test = readSplit('banking77-oos', from).filter(({ label }) => label !== 'oos');
    for (const kind of ['oodoos', 'idoos']) {
      const foreign = readSplit('banking77-oos', `${kind}_${from}`);
      measureIntents(`banking77-oos, ${kind === 'oodoos' ? 'other domains' : 'same domain'}`, {
        train,
        test,
        foreign,
        from,
      });
    }
  },
  crosswoz: () => {
    const from = exists('crosswoz', 'test.jsonl') ? 'test' : 'a fifth';
    const [simplified, traditional] = [readCrosswoz(''), readCrosswoz('_zhtw')];
    const foreign = foreignExamples().filter(({ text }) => hasHan(text));
    measureIntents('crosswoz', { ...simplified, foreign, titles: {}, from });
    const cross = [
      ['crosswoz, zh-CN → zh-TW', simplified.train, traditional.test],
      ['crosswoz, zh-TW → zh-CN', traditional.train, simplified.test],
    ] as const;
    for (const [name, train, test] of cross) {
      intentRows.push({ set: name, 'tested on': from, examples: 'all', ...measure(train, test, [], {}) });
    }
  },
  demo: measureDemoIntents,
};

/** The demo shop's classifier as it is trained: examples, FAQs of its categories, foreign examples; a fifth held out in turn. */
function measureDemoIntents(): void {
  const intents = loadDemoIntents();
  const examples = intents.flatMap(({ name, examples }) =>
    [...examples['zh-TW'], ...examples.en].map((text): Example => ({ text, label: name })),
  );
  const byCategory = new Map(
    intents.flatMap(({ name, route }) => (route.kind === 'answer' ? [[route.category, name] as const] : [])),
  );
  const faqs = loadDemoFaqs().flatMap((faq) =>
    [faq['zh-TW'], faq.en].flatMap(({ question, alternatives }) =>
      [question, ...alternatives].map((text) => ({ text, label: byCategory.get(faq.category) ?? '' })),
    ),
  );
  const titles = Object.fromEntries(intents.map(({ name, title }) => [name, Object.values(title)]));
  const outOfScope = loadDemoOutOfScope();
  for (const locale of ['zh-TW', 'en'] as const) {
    const isOurs = ({ text }: Example): boolean => hasHan(text) === (locale === 'zh-TW');
    const foreign = outOfScope[locale].map((text): Example => ({ text, label: '' }));
    const rows = Array.from({ length: 5 }, (_, fold) => {
      const train = examples.filter((_, at) => at % 5 !== fold);
      const test = examples.filter((row, at) => at % 5 === fold && isOurs(row));
      return measure(
        [...train, ...faqs.filter(({ label }) => label !== ''), ...foreignExamples()],
        test,
        foreign,
        titles,
      );
    });
    intentRows.push({ set: `demo, ${locale}`, 'tested on': '5 folds', examples: 'all', ...averaged(rows) });
    say(`demo, ${locale}: accuracy ${Number(intentRows.at(-1)!['accuracy']).toFixed(1)}`);
  }
}

type Query = { q: string; rel: string[] };
const searchRows: Row[] = [];

function searched(index: SearchIndex, queries: readonly Query[], locale: 'zh-TW' | 'en'): Row {
  for (const { q } of queries.slice(0, 200)) index.search(q, { locale, limit: 10 });
  const times: number[] = [];
  const places = queries.map(({ q, rel }) => {
    const { result, ms } = timed(() => index.search(q, { locale, limit: 10 }));
    times.push(ms);
    return result.findIndex(({ id }) => rel.includes(id));
  });
  return {
    'R@1': percent(places.map((at) => at === 0)),
    'R@10': percent(places.map((at) => at >= 0)),
    MRR: 100 * mean(places.map((at) => (at < 0 ? 0 : 1 / (at + 1)))),
    'p50 ms': quantileOf(times, 0.5).toFixed(2),
    'p95 ms': quantileOf(times, 0.95).toFixed(2),
  };
}

function filled(documents: readonly SearchDocument[]): { index: SearchIndex; ms: number } {
  const index = createSearchIndex();
  const { ms } = timed(() => documents.forEach((document) => index.put(document)));
  return { index, ms };
}

function measurePassages(set: string, locale: 'zh-TW' | 'en', otherScript?: (text: string) => string): void {
  const documents = read<{ id: string; text: string }>(set, 'docs.jsonl').map(({ id, text }): SearchDocument => ({
    id,
    locale,
    category: '',
    questions: [text],
    answer: '',
  }));
  const name = split(set, 'queries_test', 'queries_heldout', 'queries', 'queries_dev')!;
  const queries = read<Query>(set, `${name}.jsonl`);
  const { index, ms } = filled(documents);
  const about = { set, 'tested on': name, documents: documents.length.toFixed(0) };
  searchRows.push({ ...about, ...searched(index, queries, locale), 'build ms': ms });
  if (!otherScript) return;
  const converted = queries.map(({ q, rel }) => ({ q: otherScript(q), rel }));
  searchRows.push({ ...about, set: `${set}, other script`, ...searched(index, converted, locale), 'build ms': ms });
}

/** Eight thousand questions of one kind, to time a large knowledge base. */
function measureTitles(): void {
  const rows = readSplit('banking77', 'train').slice(0, 8_000);
  if (rows.length < 8_000) return;
  const documents = rows.map(({ text }, at): SearchDocument => ({
    id: String(at),
    locale: 'en',
    category: '',
    questions: [text],
    answer: '',
  }));
  const { index, ms } = filled(documents);
  const queries = readSplit('banking77', 'valid').map(({ text }) => ({ q: text, rel: [] }));
  const { 'p50 ms': p50, 'p95 ms': p95 } = searched(index, queries, 'en');
  searchRows.push({
    set: '8,000 titles (time only)',
    documents: '8000',
    'p50 ms': p50!,
    'p95 ms': p95!,
    'build ms': ms,
  });
}

/** Each question of the demo shop's FAQs is taken out of its FAQ and asked. `match` is judged by what it promises. */
function measureDemoFaqs(): void {
  for (const locale of ['zh-TW', 'en'] as const) {
    const documents = loadDemoFaqs().map((faq): SearchDocument => ({
      id: faq.key,
      locale,
      category: faq.category,
      questions: [faq[locale].question, ...faq[locale].alternatives],
      answer: faq[locale].answer,
    }));
    const { index, ms } = filled(documents);
    const times: number[] = [];
    const tries = documents.flatMap((document) =>
      document.questions.map((question) => {
        index.put({ ...document, questions: document.questions.filter((other) => other !== question) });
        const { result, ms } = timed(() => index.search(question, { locale, limit: 10 }));
        index.put(document);
        times.push(ms);
        return { at: result.findIndex(({ id }) => id === document.id), match: result[0]?.match ?? 0 };
      }),
    );
    const foreign = loadDemoOutOfScope()[locale].map((text) => index.search(text, { locale, limit: 1 })[0]?.match ?? 0);
    const quoted = tries.filter(({ match }) => match >= 0.6);
    searchRows.push({
      set: `demo FAQs, ${locale}`,
      'tested on': `${tries.length} left out`,
      documents: documents.length.toFixed(0),
      'R@1': percent(tries.map(({ at }) => at === 0)),
      'R@3': percent(tries.map(({ at }) => at >= 0 && at < 3)),
      'R@10': percent(tries.map(({ at }) => at >= 0)),
      MRR: 100 * mean(tries.map(({ at }) => (at < 0 ? 0 : 1 / (at + 1)))),
      'quoted %': (100 * quoted.length) / tries.length,
      'of these right': percent(quoted.map(({ at }) => at === 0)),
      'foreign quoted %': percent(foreign.map((match) => match >= 0.6)),
      'p50 ms': quantileOf(times, 0.5).toFixed(2),
      'p95 ms': quantileOf(times, 0.95).toFixed(2),
      'build ms': ms,
    });
  }
}

const SEARCH_SETS: Record<string, () => void> = {
  drcd: () => measurePassages('drcd', 'zh-TW', toSimplified({ from: 'tw', to: 'cn' })),
  'xquad-zh': () => measurePassages('xquad-zh', 'zh-TW', toTraditional({ from: 'cn', to: 'tw' })),
  'xquad-en': () => measurePassages('xquad-en', 'en'),
  banking77: measureTitles,
  demo: measureDemoFaqs,
};

say(
  `Node ${process.version}, ${os.cpus()[0]?.model ?? 'unknown processor'} × ${os.availableParallelism()}, one core used.`,
);
const isThere = (set: string): boolean => (set === 'demo' || exists(set)) && (wanted?.includes(set) ?? true);
for (const [set, run] of Object.entries(INTENT_SETS)) if (isThere(set)) run();
for (const [set, run] of Object.entries(SEARCH_SETS)) if (isThere(set)) run();
if (intentRows.length > 0)
  say(`\nIntents (percent; ${DRAWS.length} draws averaged where examples are few)\n${table(intentRows)}`);
if (searchRows.length > 0) say(`\nSearch (percent)\n${table(searchRows)}`);
if (values.json)
  fs.writeFileSync(values.json, `${JSON.stringify({ intents: intentRows, search: searchRows }, null, 2)}\n`);
