import { decide, type Limits, type Situation } from './ladder.ts';

const usual: Situation = {
  exact: null,
  command: false,
  words: true,
  ranking: [
    { intent: 'shipping', confidence: 0.6 },
    { intent: 'returns', confidence: 0.2 },
    { intent: 'refund', confidence: 0.1 },
    { intent: 'invoice', confidence: 0.05 },
  ],
  inScope: true,
  model: { kind: 'none' },
};
const limits: Limits = { skipModelAbove: 0.9, acceptAbove: 0.5, thresholdOf: () => null };

const ready = { kind: 'ready' } as const;
const away = { kind: 'away' } as const;
const says = (intent: string | null) => ({ kind: 'said', intent, remembered: false }) as const;
const said = (intent: string | null) => ({ kind: 'said', intent, remembered: true }) as const;
const ranked = (confidence: number) => [{ intent: 'shipping', confidence }];
const strict: Limits = { ...limits, thresholdOf: () => 0.8 };
const always: Limits = { ...limits, skipModelAbove: 1 };

type Row = [fact: string, situation: Partial<Situation>, outcome: string, limits?: Limits];

/** Outcome: who decides, and for what: an intent, `ask back` or `out of scope`. */
const SPECIFICATION: Row[] = [
  ['an intent named exactly is meant, whatever the classifier thinks', { exact: 'refund' }, 'command: refund'],
  ['… even where everything else goes to the model', { exact: 'refund', model: ready }, 'command: refund', always],
  ['a number or an emoji is asked back', { words: false, model: ready }, 'classifier: ask back'],
  ['… and is not called out of scope', { words: false, inScope: false }, 'classifier: ask back'],
  ['what the model said before is not asked again', { model: said('returns') }, 'cache: returns'],
  ['a confident classifier needs no model', { ranking: ranked(0.9), model: ready }, 'classifier: shipping'],
  ['a less confident one asks the model', { ranking: ranked(0.899), model: ready }, 'ask-model'],
  [
    '… and so does one that finds the text foreign',
    { ranking: ranked(0.99), inScope: false, model: ready },
    'ask-model',
  ],
  ['… and one that is not trained yet', { ranking: [], model: ready }, 'ask-model'],
  ['at 1 everything goes to the model', { ranking: ranked(1), model: ready }, 'ask-model', always],
  ['an instruction to the bot does not go to the model', { command: true, model: ready }, 'classifier: shipping'],
  ['the model decides, with the classifier', { model: says('shipping') }, 'model: shipping'],
  ['the model decides, against the classifier', { model: says('invoice') }, 'model: invoice'],
  ['the model decides for an intent the classifier does not know', { model: says('new') }, 'model: new'],
  ['the model decides before the classifier is trained', { ranking: [], model: says('new') }, 'model: new'],
  ['the model decides what the classifier finds foreign', { inScope: false, model: says('refund') }, 'model: refund'],
  ['an intent with a limit of its own asks back below it', { model: says('invoice') }, 'model: ask back', strict],
  ['… and is followed above it', { model: says('shipping') }, 'model: shipping', strict],
  [
    'none of them, says the model, and familiar to the classifier: asked back',
    { model: says(null) },
    'model: ask back',
  ],
  [
    'none of them, and foreign to the classifier: out of scope',
    { inScope: false, model: says(null) },
    'model: out of scope',
  ],
  ['… also when it was said before', { inScope: false, model: said(null) }, 'cache: out of scope'],
  [
    'none of them, before the classifier is trained: asked back',
    { ranking: [], inScope: false, model: says(null) },
    'model: ask back',
  ],
  ['without a model the classifier decides', {}, 'classifier: shipping'],
  ['past the model’s budget it decides too', { model: away }, 'fallback: shipping'],
  ['from one half on it decides alone', { ranking: ranked(0.5) }, 'classifier: shipping'],
  ['below, the customer is asked back', { ranking: ranked(0.499) }, 'classifier: ask back'],
  ['an intent’s own limit holds for the classifier', { ranking: ranked(0.79) }, 'classifier: ask back', strict],
  ['what is foreign to it is out of scope', { inScope: false }, 'classifier: out of scope'],
  ['… also when the model is away', { inScope: false, model: away }, 'fallback: out of scope'],
  ['untrained and alone, it asks back', { ranking: [], inScope: false }, 'classifier: ask back'],
];

test.each(SPECIFICATION)('%s', (_, situation, outcome, given = limits) => {
  const verdict = decide({ ...usual, ...situation }, given);
  if (verdict === 'ask-model') return expect('ask-model').toBe(outcome);
  const { rung, intent, outOfScope } = verdict;
  return expect(`${rung}: ${outOfScope ? 'out of scope' : (intent ?? 'ask back')}`).toBe(outcome);
});

const verdictOf = (situation: Partial<Situation>) => {
  const verdict = decide({ ...usual, ...situation }, limits);
  if (verdict === 'ask-model') throw new Error('asked the model');
  return verdict;
};

test('the ranking holds the three likeliest, the chosen one first', () => {
  expect(verdictOf({}).ranking.map(({ intent }) => intent)).toEqual(['shipping', 'returns', 'refund']);
  expect(verdictOf({ model: says('invoice') }).ranking[0]!.intent).toBe('invoice');
  expect(verdictOf({ model: says('new') }).ranking).toHaveLength(3);
});

test('the confidence of the classifier is its calibrated probability', () => {
  expect(verdictOf({}).confidence).toBe(0.6);
});

test('the confidence after the model chose is higher the more the classifier agrees, and never certain', () => {
  const [agreed, doubted, contradicted] = ['shipping', 'returns', 'new'].map(
    (intent) => verdictOf({ model: says(intent) }).confidence,
  );
  expect(agreed).toBeGreaterThan(doubted!);
  expect(doubted).toBeGreaterThan(contradicted!);
  expect(agreed).toBeLessThan(1);
});
