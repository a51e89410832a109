import type { IntentCatalogue, TaughtIntent } from './catalogue.ts';
import { createChoiceCache, type ChoiceCache } from './choice-cache.ts';
import type { Classifier, Prediction } from './classifier.ts';
import type { IntentChoice, IntentModel, IntentQuestion } from './intent-model.ts';
import { createUnderstanding } from './understand.ts';
import type { IntentRoute, UnderstandQuery } from './understood.ts';

const intent = (name: string, zh: string, en: string, route: IntentRoute, slots: string[] = []): TaughtIntent => ({
  name,
  title: { 'zh-TW': zh, en },
  description: { 'zh-TW': zh, en },
  route,
  slots,
  threshold: null,
  examples: { 'zh-TW': [`${zh}怎麼算`], en: [`about ${en}`] },
});
const SHIPPING = intent('shipping', '運費', 'Shipping', { kind: 'answer', category: 'shipping' });
const RETURNS = intent('returns', '退貨', 'Returns', { kind: 'answer', category: 'returns' }, ['order', 'product']);
const PERSON = intent('talk_to_person', '找真人客服', 'Talk to a person', { kind: 'handoff' });
const CATALOGUE: IntentCatalogue = { version: '1', intents: [SHIPPING, RETURNS, PERSON] };

type Belief = Prediction['ranking'];
const UNSURE: Belief = [
  { intent: 'shipping', probability: 0.6 },
  { intent: 'returns', probability: 0.3 },
];
const SURE: Belief = [{ intent: 'shipping', probability: 0.95 }];

function classifierSaying(ranking: Belief, inScope = true) {
  const asked: string[] = [];
  const predict = (text: string): Prediction => {
    asked.push(text);
    return { ranking, reject: 0, inScope };
  };
  const classifier: Classifier = { hash: 'h', intents: ['shipping', 'returns', 'talk_to_person'], predict };
  return { classifier, asked };
}

function modelDoing(work: (question: IntentQuestion, signal: AbortSignal) => Promise<IntentChoice>) {
  const questions: IntentQuestion[] = [];
  const state = { ready: true };
  const model: IntentModel = {
    name: 'qwen3:14b',
    ready: () => state.ready,
    choose(question, signal) {
      questions.push(question);
      return work(question, signal);
    },
  };
  return { model, questions, state };
}
const choosing = (name: string | null, slots = {}) => modelDoing(async () => ({ intent: name, slots }));

function understanding(given: {
  ranking?: Belief;
  inScope?: boolean;
  model?: IntentModel;
  cache?: ChoiceCache;
  catalogue?: () => IntentCatalogue;
  skipModelAbove?: number;
}) {
  const { ranking = UNSURE, inScope = true, cache = createChoiceCache(), catalogue = () => CATALOGUE } = given;
  const { classifier, asked } = classifierSaying(ranking, inScope);
  const faults: unknown[] = [];
  const deadlines: { ms: number; expire: () => void }[] = [];
  const clock = { now: 0 };
  const made = createUnderstanding({
    classifier: () => classifier,
    catalogue,
    model: given.model,
    cache,
    mask: (text) => text.replaceAll(/\S+@\S+/g, '⟨email⟩'),
    clock: () => clock.now++,
    within: (ms) => {
      const deadline = new AbortController();
      deadlines.push({ ms, expire: () => deadline.abort(new DOMException('too late', 'TimeoutError')) });
      return deadline.signal;
    },
    onFault: (error) => faults.push(error),
    ...(given.skipModelAbove !== undefined && { skipModelAbove: given.skipModelAbove }),
  });
  return { ...made, asked, faults, deadlines };
}

const query = (text: string, more: Partial<UnderstandQuery> = {}): UnderstandQuery => ({
  text,
  locale: 'zh-TW',
  before: [],
  slots: {},
  ...more,
});

describe('without a model', () => {
  test('everything is said at once, by the classifier', async () => {
    const { now, ask } = understanding({});
    expect(now(query('寄到澎湖多少錢'))).toMatchObject({
      rung: 'classifier',
      intent: 'shipping',
      confidence: 0.6,
      locale: 'zh-TW',
      followUp: false,
      mood: 'calm',
      outOfScope: false,
    });
    expect(await ask(query('寄到澎湖多少錢'))).toMatchObject({ rung: 'classifier', intent: 'shipping' });
  });

  test('language, mood and values are read from the message itself', () => {
    const { now } = understanding({});
    const understood = now(query('Where is SQ-20451?? This is ridiculous!! write to Amy@Example.com'));
    expect(understood).toMatchObject({
      locale: 'en',
      mood: 'angry',
      slots: { order: 'SQ-20451', email: 'amy@example.com' },
    });
  });

  test('a follow-up is classified together with the question that it leans on', () => {
    const { now, asked } = understanding({});
    expect(now(query('那寄到日本呢', { before: ['運費怎麼算？'] }))).toMatchObject({ followUp: true });
    expect(asked.at(-1)).toMatch(/運費|怎麼算/);
    expect(asked.at(-1)).toContain('日本');
    expect(now(query('那寄到日本呢'))).toMatchObject({ followUp: false });
  });

  test('a title typed out and the wish for a person are exact', () => {
    const { now } = understanding({});
    expect(now(query(' 退货！'))).toMatchObject({ rung: 'command', intent: 'returns', confidence: 1 });
    expect(now(query('returns'))).toMatchObject({ rung: 'command', intent: 'returns' });
    expect(now(query('我要找真人'))).toMatchObject({ rung: 'command', intent: 'talk_to_person' });
  });

  test('intents that are switched off are not in the ranking', () => {
    const { now } = understanding({ catalogue: () => ({ version: '2', intents: [RETURNS] }) });
    expect(now(query('寄到澎湖多少錢'))).toMatchObject({
      intent: null,
      ranking: [{ intent: 'returns', confidence: 0.3 }],
    });
  });

  test('an intent that asks for more certainty is not followed below it', () => {
    const careful = { ...SHIPPING, threshold: 0.7 };
    const { now } = understanding({ catalogue: () => ({ version: '2', intents: [careful, RETURNS] }) });
    expect(now(query('寄到澎湖多少錢'))).toMatchObject({ intent: null, outOfScope: false });
  });
});

describe('with a model', () => {
  test('it decides what the classifier is not sure of', async () => {
    const { model } = choosing('returns');
    const { now, ask } = understanding({ model });
    expect(now(query('這個不要了可以嗎'))).toBeUndefined();
    expect(await ask(query('這個不要了可以嗎'))).toMatchObject({ rung: 'model', intent: 'returns' });
  });

  test('it is not asked what the classifier is sure of, unless everything is', async () => {
    const { model, questions } = choosing('returns');
    expect(understanding({ model, ranking: SURE }).now(query('運費多少呢'))).toMatchObject({ rung: 'classifier' });
    expect(questions).toEqual([]);
    const { now, ask } = understanding({ model, ranking: SURE, skipModelAbove: 1 });
    expect(now(query('運費多少呢'))).toBeUndefined();
    expect(await ask(query('運費多少呢'))).toMatchObject({ rung: 'model', intent: 'returns' });
  });

  test('it sees a masked text, what was asked before, and the likeliest intents with their nearest examples', async () => {
    const { model, questions } = choosing('shipping');
    const { ask } = understanding({ model });
    await ask(query('ship it to a@b.co how much', { before: ['I am c@d.co'], slots: { order: 'SQ-1' } }));
    expect(questions[0]).toMatchObject({
      text: 'ship it to ⟨email⟩ how much',
      before: ['I am ⟨email⟩'],
      locale: 'en',
      known: ['order'],
      wanted: ['product'],
    });
    expect(questions[0]!.candidates.map(({ name }) => name)).toEqual(['shipping', 'returns', 'talk_to_person']); // a person is always among them
    expect(questions[0]!.candidates[0]!.examples).toHaveLength(2);
  });

  test('an intent that the classifier has not learned yet is always a candidate', async () => {
    const added = intent('gifts', '送禮', 'Gifts', { kind: 'handoff' });
    const { model, questions } = choosing('gifts');
    const { ask } = understanding({ model, catalogue: () => ({ version: '2', intents: [SHIPPING, added] }) });
    expect(await ask(query('想送人'))).toMatchObject({ rung: 'model', intent: 'gifts' });
    expect(questions[0]!.candidates.map(({ name }) => name)).toEqual(['shipping', 'gifts']);
  });

  test('before anything is trained it chooses among the intents there are', async () => {
    const { model } = choosing('returns');
    expect(await understanding({ model, ranking: [], inScope: false }).ask(query('東西想退'))).toMatchObject({
      intent: 'returns',
    });
  });

  test('a value it found is believed when it stands in the text', async () => {
    const found = choosing('returns', { product: 'V60' });
    expect(await understanding(found).ask(query('V60 不要了'))).toMatchObject({ slots: { product: 'V60' } });
    const madeUp = choosing('returns', { product: 'Chemex' });
    expect(await understanding(madeUp).ask(query('V60 不要了'))).toMatchObject({ slots: {} });
  });

  test('“none of them” is out of scope only where the classifier finds it foreign too', async () => {
    const { model } = choosing(null);
    expect(await understanding({ model, inScope: false }).ask(query('寫一首詩'))).toMatchObject({
      intent: null,
      outOfScope: true,
    });
    expect(await understanding({ model }).ask(query('我那個怎麼辦'))).toMatchObject({
      intent: null,
      outOfScope: false,
    });
  });

  test('the same question is asked once, then remembered, in any script and punctuation', async () => {
    const { model, questions } = choosing('returns');
    const { now, ask } = understanding({ model });
    await ask(query('這個不要了，可以退嗎？'));
    expect(now(query('这个不要了 可以退吗'))).toMatchObject({ rung: 'cache', intent: 'returns' });
    expect(await ask(query('這個不要了可以退嗎'))).toMatchObject({ rung: 'cache', intent: 'returns' });
    expect(questions).toHaveLength(1);
  });

  test('after another question, or under other intents, it is asked again', async () => {
    const { model } = choosing('returns');
    let catalogue = CATALOGUE;
    const { now, ask } = understanding({ model, catalogue: () => catalogue });
    await ask(query('幾天會到', { before: ['寄到日本嗎'] }));
    expect(now(query('幾天會到', { before: ['寄到日本嗎'] }))).toMatchObject({ rung: 'cache' });
    expect(now(query('幾天會到', { before: ['寄到香港嗎'] }))).toBeUndefined();
    catalogue = { ...CATALOGUE, version: '2' };
    expect(now(query('幾天會到', { before: ['寄到日本嗎'] }))).toBeUndefined();
  });

  test('equal questions at the same time are asked once', async () => {
    const { model, questions } = choosing('returns');
    const { ask } = understanding({ model });
    const both = await Promise.all([ask(query('這個不要了')), ask(query('這個不要了！'))]);
    expect(both.map(({ rung }) => rung)).toEqual(['model', 'model']);
    expect(questions).toHaveLength(1);
  });

  test('while it is away everything is said at once, by the classifier', () => {
    const { model, state } = choosing('returns');
    state.ready = false;
    expect(understanding({ model }).now(query('這個不要了'))).toMatchObject({ rung: 'fallback', intent: 'shipping' });
  });

  test('what it said is still remembered while it is away', async () => {
    const { model, state } = choosing('returns');
    const { now, ask } = understanding({ model });
    await ask(query('這個不要了'));
    state.ready = false;
    expect(now(query('這個不要了'))).toMatchObject({ rung: 'cache', intent: 'returns' });
  });

  test('past its budget the classifier answers, and the model is told to stop', async () => {
    const asked = Promise.withResolvers<AbortSignal>();
    const { model } = modelDoing((_, signal) => {
      asked.resolve(signal);
      return new Promise(() => {});
    });
    const { ask, deadlines, faults } = understanding({ model });
    const answer = ask(query('這個不要了'));
    const signal = await asked.promise;
    expect(deadlines[0]!.ms).toBeLessThanOrEqual(1_500);
    deadlines[0]!.expire();
    expect(await answer).toMatchObject({ rung: 'fallback', intent: 'shipping' });
    expect(signal.reason).toMatchObject({ name: 'TimeoutError' });
    expect(faults).toHaveLength(1);
  });

  test('when it fails, or names what is no intent, the classifier answers and nothing is remembered', async () => {
    const broken = modelDoing(() => Promise.reject(new Error('no JSON')));
    const first = understanding({ model: broken.model });
    expect(await first.ask(query('這個不要了'))).toMatchObject({ rung: 'fallback', intent: 'shipping' });
    expect(first.faults).toHaveLength(1);
    expect(first.now(query('這個不要了'))).toBeUndefined();

    const second = understanding(choosing('grant_admin_rights'));
    expect(await second.ask(query('這個不要了'))).toMatchObject({ rung: 'fallback', intent: 'shipping' });
    expect(String(second.faults[0])).toContain('no intent');
  });

  test('a caller who goes away gets no answer', async () => {
    const { model } = modelDoing(() => new Promise(() => {}));
    const { ask, faults } = understanding({ model });
    const caller = new AbortController();
    const answer = ask(query('這個不要了'), caller.signal);
    caller.abort(new Error('a person took over'));
    await expect(answer).rejects.toThrow('a person took over');
    await expect(ask(query('這個不要了'), caller.signal)).rejects.toThrow('a person took over');
    expect(faults).toEqual([]);
  });

  test('numbers, emoji and instructions to the bot never reach it', () => {
    const { model } = choosing('returns');
    const { now } = understanding({ model });
    expect(now(query('20451'))).toMatchObject({ intent: null, outOfScope: false, locale: null });
    expect(now(query('😀👍'))).toMatchObject({ intent: null });
    expect(now(query('算了'))).toMatchObject({ rung: 'classifier' });
  });
});

const remote = (answer: () => Promise<IntentChoice | undefined>): ChoiceCache => ({ get: answer, set: () => {} });

describe('with a cache outside the process', () => {
  test('what it holds is found by asking, not at once', async () => {
    const { model, questions } = choosing('shipping');
    const { now, ask } = understanding({ model, cache: remote(async () => ({ intent: 'returns', slots: {} })) });
    expect(now(query('這個不要了'))).toBeUndefined();
    expect(await ask(query('這個不要了'))).toMatchObject({ rung: 'cache', intent: 'returns' });
    expect(questions).toEqual([]);
  });

  test('while it is down, or holds an intent that is gone, the model is asked', async () => {
    const { model } = choosing('returns');
    const down = understanding({ model, cache: remote(() => Promise.reject(new Error('Redis is down'))) });
    expect(down.now(query('這個不要了'))).toBeUndefined();
    expect(await down.ask(query('這個不要了'))).toMatchObject({ rung: 'model' });
    const stale = understanding({ model, cache: remote(async () => ({ intent: 'gone', slots: {} })) });
    expect(await stale.ask(query('這個不要了'))).toMatchObject({ rung: 'model' });
  });
});
