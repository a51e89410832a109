import { modelToBytes, type Example, type TrainingOptions } from '#core/understanding/classifier-model.ts';
import { createClassifier, trainClassifier, type Prediction } from '#core/understanding/classifier.ts';
import { foreignExamples } from '#core/understanding/foreign-examples.ts';
import { createRandom, shuffle } from '#core/understanding/random.ts';
import { hasHan } from '#core/understanding/text.ts';
import { loadDemoFaqs, loadDemoIntents, loadDemoOutOfScope } from '#flows/demo/demo-content.ts';
import type { Datasets } from './datasets.ts';
import {
  areaUnderCurve,
  calibrationError,
  caughtAtFivePercent,
  macroF1,
  mean,
  percent,
  quantileOf,
  timed,
  type Row,
} from './figures.ts';

/** Few-shot figures are means over this many random draws of examples. */
export const DRAWS = 3;

/** Labels of the English sets are readable names; those of CrossWOZ are not what a title would be. */
const titlesOf = (rows: readonly Example[]): TrainingOptions['titles'] =>
  Object.fromEntries(
    [...new Set(rows.map(({ label }) => label))].map((label) => [label, [label.replaceAll(/[_?]/g, ' ')]]),
  );

/** A number of examples of each label, drawn at random. */
function draw(rows: readonly Example[], each: number, seed: number): Example[] {
  const random = createRandom(seed);
  return [...Map.groupBy(rows, ({ label }) => label).values()].flatMap((members) => {
    const order = [...members.keys()];
    shuffle(order, order.length, random);
    return order.slice(0, each).map((at) => members[at]!);
  });
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

/** For a set without a test split: every fifth row is held out. */
const isHeldOut = (_: unknown, at: number): boolean => at % 5 === 4;

/** The intent sets by name; each, when run, reports its rows. */
export function intentSets(data: Datasets, report: (row: Row) => void): Record<string, () => void> {
  function measureIntents(
    name: string,
    data: { train: Example[]; test: Example[]; foreign?: Example[]; titles?: TrainingOptions['titles']; from: string },
  ): void {
    const { train, test, foreign = [], titles = titlesOf(train), from } = data;
    const add = (shots: string, row: Row): void => {
      report({ set: name, 'tested on': from, examples: shots, ...row });
    };
    add('all', measure(train, test, foreign, titles));
    for (const each of [10, 5]) {
      add(
        `${each} each`,
        averaged(
          Array.from({ length: DRAWS }, (_, at) => at + 1).map((seed) =>
            measure(draw(train, each, seed), test, foreign, titles),
          ),
        ),
      );
    }
  }

  function readCrosswoz(script: '' | '_zhtw'): { train: Example[]; test: Example[] } {
    const train = data.examples('crosswoz', `train${script}`);
    const test = data.examples('crosswoz', `test${script}`);
    if (test.length > 0) return { train, test };
    return { train: train.filter((row, at) => !isHeldOut(row, at)), test: train.filter(isHeldOut) };
  }

  return {
    banking77: () => {
      const from = data.split('banking77', 'test', 'valid')!;
      const train = data.examples('banking77', ...(from === 'test' ? ['train_orig', 'train'] : ['train']));
      measureIntents('banking77', { train, test: data.examples('banking77', from), from });
    },
    clinc150: () => {
      const from = data.split('clinc150', 'test', 'valid')!;
      const foreign = data.examples('clinc150', `oos_${from}`);
      measureIntents('clinc150', {
        train: data.examples('clinc150', 'train'),
        test: data.examples('clinc150', from),
        foreign,
        from,
      });
    },
    hwu64: () => {
      const from = data.split('hwu64', 'test', 'valid')!;
      measureIntents('hwu64', { train: data.examples('hwu64', 'train'), test: data.examples('hwu64', from), from });
    },
    'banking77-oos': () => {
      const from = data.split('banking77-oos', 'test', 'valid')!;
      const train = data.examples('banking77-oos', 'train');
      const test = data.examples('banking77-oos', from).filter(({ label }) => label !== 'oos');
      for (const kind of ['oodoos', 'idoos']) {
        const foreign = data.examples('banking77-oos', `${kind}_${from}`);
        measureIntents(`banking77-oos, ${kind === 'oodoos' ? 'other domains' : 'same domain'}`, {
          train,
          test,
          foreign,
          from,
        });
      }
    },
    crosswoz: () => {
      const from = data.split('crosswoz', 'test') ? 'test' : 'a fifth';
      const [simplified, traditional] = [readCrosswoz(''), readCrosswoz('_zhtw')];
      const foreign = foreignExamples().filter(({ text }) => hasHan(text));
      measureIntents('crosswoz', { ...simplified, foreign, titles: {}, from });
      const cross = [
        ['crosswoz, zh-CN → zh-TW', simplified.train, traditional.test],
        ['crosswoz, zh-TW → zh-CN', traditional.train, simplified.test],
      ] as const;
      for (const [name, train, test] of cross) {
        report({ set: name, 'tested on': from, examples: 'all', ...measure(train, test, [], {}) });
      }
    },
    demo: () => measureDemo(report),
  };
}

/** The demo shop's classifier as it is trained: examples, FAQs of its categories, foreign examples; a fifth held out in turn. */
function measureDemo(report: (row: Row) => void): void {
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
    report({ set: `demo, ${locale}`, 'tested on': '5 folds', examples: 'all', ...averaged(rows) });
  }
}
