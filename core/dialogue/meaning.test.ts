import type { KnowledgeHit } from '#core/knowledge/hit.ts';
import type { IntentInfo, Understood } from '#core/understanding/understood.ts';
import { DEFAULT_THRESHOLDS, meaningOf, type Meaning } from './meaning.ts';
import { notUnderstood, runWaiting } from './requests.ts';
import type { Lookups } from './turn.ts';

const both = (text: string) => ({ 'zh-TW': text, en: text });
const intent = (name: string): IntentInfo => ({
  name,
  title: both(name),
  description: both(name),
  route: { kind: 'answer', category: name },
});
const INTENTS = [intent('shipping'), intent('returns')];

const hit = (match: number, exact = false): KnowledgeHit => ({
  source: 'faq',
  id: 'f1',
  title: 'Delivery',
  answer: 'In two days.',
  category: 'shipping',
  locale: 'en',
  score: 1,
  match,
  exact,
});
const nobody = (): never => {
  throw new Error('This was not to be asked.');
};

/** What a question comes to that finds `found`, with what understanding says of it; null: it must not be asked. */
function meaning(found: KnowledgeHit, understood: Partial<Understood> | null): Promise<Meaning> {
  const lookups: Lookups = {
    search: () => [found],
    understand: () => (understood ? { ...notUnderstood(), ...understood } : nobody()),
    http: nobody,
    desk: nobody,
    ticketNumber: nobody,
    ticket: nobody,
  };
  const turn = meaningOf({
    text: 'how soon does a kettle reach me',
    locale: 'en',
    before: [],
    slots: {},
    thresholds: DEFAULT_THRESHOLDS,
    intents: INTENTS,
    hasFlow: () => true,
  });
  return runWaiting(turn, lookups);
}

test('an answer that the intent agrees with is quoted sooner, one that it points away from later', async () => {
  const agreed = { intent: 'shipping', confidence: 0.9 };
  const opposed = { intent: 'returns', confidence: 0.9 };
  expect((await meaning(hit(0.52), agreed)).decision.kind).toBe('answer');
  expect((await meaning(hit(0.52), {})).decision.kind).toBe('clarify');
  expect((await meaning(hit(0.48), agreed)).decision.kind).toBe('clarify');
  expect((await meaning(hit(0.62), {})).decision.kind).toBe('answer');
  expect((await meaning(hit(0.62), opposed)).decision.kind).toBe('clarify');
  expect((await meaning(hit(0.72), opposed)).decision.kind).toBe('answer');
});

test('a question found word for word is answered without asking what it means, and is of the intent of its answer', async () => {
  const { decision, understood } = await meaning(hit(1, true), null);
  expect(decision.kind).toBe('answer');
  expect(understood).toMatchObject({
    rung: 'cache',
    intent: 'shipping',
    confidence: 1,
    ranking: [{ intent: 'shipping', confidence: 1 }],
  });
});
