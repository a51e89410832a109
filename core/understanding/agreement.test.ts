import { beliefAfter } from './agreement.ts';

const prior = [
  { intent: 'shipping', confidence: 0.5 },
  { intent: 'returns', confidence: 0.3 },
  { intent: 'refund', confidence: 0.1 },
];
const of = (beliefs: ReturnType<typeof beliefAfter>, intent: string): number =>
  beliefs.find((belief) => belief.intent === intent)!.confidence;

test('the figures are those of Bayes’ rule', () => {
  // Four answers (three intents and none). Prior smoothed: 0.7 p + 0.3 / 4; witness right 0.85, wrong 0.15 / 3 each.
  const weights = [0.425 * 0.85, 0.285 * 0.05, 0.145 * 0.05, 0.145 * 0.05];
  const sum = weights.reduce((a, b) => a + b);
  const after = beliefAfter(prior, 'shipping', { model: 0.85, classifier: 0.7 });
  expect(of(after, 'shipping')).toBeCloseTo(weights[0]! / sum, 10);
  expect(of(after, 'returns')).toBeCloseTo(weights[1]! / sum, 10);
});

test('agreement makes surer than either alone', () => {
  expect(of(beliefAfter(prior, 'shipping'), 'shipping')).toBeGreaterThan(0.9);
});

test('a flat contradiction leaves just more belief in the model than in the rest together: that is why it decides', () => {
  const sure = [
    { intent: 'shipping', confidence: 0.89 },
    ...Array.from({ length: 9 }, (_, at) => ({ intent: `i${at}`, confidence: 0.001 })),
  ];
  const after = beliefAfter(sure, 'i8');
  expect(of(after, 'i8')).toBeGreaterThan(0.5);
  expect(of(after, 'i8')).toBeLessThan(0.65);
});

test('that holds however few the candidates are', () => {
  for (let others = 1; others < 10; others++) {
    const rest = Array.from({ length: others - 1 }, (_, at) => ({ intent: `i${at}`, confidence: 0 }));
    const after = beliefAfter([{ intent: 'shipping', confidence: 0.9 }, ...rest], 'unheard');
    expect(of(after, 'unheard')).toBeGreaterThan(0.5);
  }
});

test('“none of them” takes belief from every intent', () => {
  const after = beliefAfter(prior, null);
  for (const { intent, confidence } of prior) expect(of(after, intent)).toBeLessThan(confidence);
});

test('the beliefs and what is left for “none” sum to one, best first', () => {
  for (const chosen of ['shipping', 'refund', 'unheard', null]) {
    const after = beliefAfter(prior, chosen);
    expect(after.reduce((sum, { confidence }) => sum + confidence, 0)).toBeLessThan(1);
    expect(after).toEqual(after.toSorted((a, b) => b.confidence - a.confidence));
  }
});

test('without any prior the choice is believed as often as the model is right against “none”', () => {
  expect(of(beliefAfter([], 'shipping'), 'shipping')).toBeCloseTo(0.85, 10);
  expect(beliefAfter([], null)).toEqual([]);
});
