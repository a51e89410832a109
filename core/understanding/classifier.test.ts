import { createHash } from 'node:crypto';
import { Problem } from '#core/errors.ts';
import { classifierHash, modelFromBytes, modelToBytes, NONE, type Example } from './classifier-model.ts';
import { createClassifier, trainClassifier } from './classifier.ts';
import { foreignExamples } from './foreign-examples.ts';

const TEXTS: Record<string, readonly string[]> = {
  shipping: [
    '運費怎麼算', '寄到台北要多久', '幾天會到', '可以超商取貨嗎', '離島有運費嗎', '滿多少免運',
    'how much is shipping', 'when will my parcel arrive', 'do you deliver to the islands', 'shipping time please',
  ],
  returns: [
    '我要退貨', '怎麼換貨', '七天內可以退嗎', '退貨運費誰付', '拆封了還能退貨嗎', '換顏色可以嗎',
    'i want to return this', 'how do i send it back', 'can i exchange the mug', 'return policy',
  ],
  payment: [
    '可以刷卡嗎', '付款方式有哪些', '能用 LINE Pay 嗎', '可以分期嗎', '付款失敗怎麼辦', '可以貨到付款嗎',
    'which cards do you take', 'can i pay by transfer', 'my payment failed', 'pay in instalments',
  ],
}; // prettier-ignore
const ROWS: Example[] = Object.entries(TEXTS).flatMap(([label, texts]) => texts.map((text) => ({ text, label })));
const OPTIONS = {
  titles: { shipping: ['運送', 'Shipping'], returns: ['退換貨', 'Returns'], payment: ['付款', 'Payment'] },
  seed: 1,
};

const model = trainClassifier(ROWS, OPTIONS);
const classifier = createClassifier(model);
const best = (text: string): string | undefined => classifier.predict(text).ranking[0]?.intent;

describe('prediction', () => {
  test.each([
    ['運費是多少', 'shipping'],
    ['运费怎么算？', 'shipping'],
    ['想要退貨', 'returns'],
    ['LINE Pay可以用嗎', 'payment'],
    ['How do I return it?', 'returns'],
    ['shiping cost', 'shipping'],
  ])('%s means %s', (text, intent) => {
    expect(best(text)).toBe(intent);
  });

  test('the ranking holds every intent, best first, with probabilities that sum to one', () => {
    const { ranking } = classifier.predict('可以刷卡付款嗎');
    expect(ranking.map(({ intent }) => intent).sort()).toEqual(['payment', 'returns', 'shipping']);
    const probabilities = ranking.map(({ probability }) => probability);
    expect(probabilities.toSorted((a, b) => b - a)).toEqual(probabilities);
    expect(probabilities.reduce((sum, probability) => sum + probability)).toBeCloseTo(1);
  });

  test('at most ten intents are ranked', () => {
    const many = Array.from({ length: 15 }, (_, at) => ({ text: `subject number ${at} please`, label: `i${at}` }));
    const { ranking } = createClassifier(trainClassifier(many, { titles: {}, seed: 1 })).predict('subject 3');
    expect(ranking).toHaveLength(10);
  });

  test('a text of ours is in scope, a stranger text scores lower, one without letters is out', () => {
    expect(classifier.predict('運費怎麼算').inScope).toBe(true);
    expect(classifier.predict('量子力學是什麼').reject).toBeLessThan(classifier.predict('運費怎麼算').reject);
    expect(classifier.predict('👍').inScope).toBe(false);
    expect(classifier.predict('').inScope).toBe(false);
  });
});

describe('foreign examples', () => {
  const wary = createClassifier(trainClassifier([...ROWS, ...foreignExamples()], OPTIONS));

  test('foreign texts are out of scope, ours stay in', () => {
    for (const text of ['幫我寫一首詩', '明天會下雨嗎', 'write me a poem', 'will it rain tomorrow?']) {
      expect([text, wary.predict(text).inScope]).toEqual([text, false]);
    }
    for (const text of ['運費怎麼算', 'how much is shipping']) expect(wary.predict(text).inScope).toBe(true);
  });

  test('“none” is no intent: neither listed nor ranked', () => {
    expect(wary.intents).toEqual(['payment', 'returns', 'shipping']);
    const { ranking } = wary.predict('幫我寫一首詩');
    expect(ranking.map(({ intent }) => intent)).not.toContain(NONE);
    expect(ranking.reduce((sum, { probability }) => sum + probability, 0)).toBeLessThan(0.5);
  });
});

describe('training', () => {
  test('the order of the rows and repetitions change nothing', () => {
    const again = trainClassifier([...ROWS.toReversed(), ...ROWS.slice(0, 5)], OPTIONS);
    expect(Buffer.from(modelToBytes(again)).equals(Buffer.from(modelToBytes(model)))).toBe(true);
  });

  test('the hash names examples, titles and seed', () => {
    const hash = classifierHash(ROWS, OPTIONS);
    expect(hash).toBe(model.hash);
    expect(classifierHash(ROWS.toReversed(), OPTIONS)).toBe(hash);
    expect(classifierHash(ROWS.slice(1), OPTIONS)).not.toBe(hash);
    expect(classifierHash(ROWS, { ...OPTIONS, seed: 2 })).not.toBe(hash);
    expect(classifierHash(ROWS, { ...OPTIONS, titles: {} })).not.toBe(hash);
  });

  test('the code gives what it gave: when this fails, raise CODE_VERSION so that kept models are trained anew', () => {
    const { vocabulary, labels, temperature } = model;
    expect(createHash('sha256').update(vocabulary.hashes).digest('hex').slice(0, 16)).toBe('ae237738c923c9a7');
    expect(labels).toEqual(['payment', 'returns', 'shipping']);
    expect(temperature).toBeCloseTo(0.454, 3);
    const [first] = classifier.predict('寄到日本的運費可以刷卡嗎').ranking;
    expect(first).toEqual({ intent: 'payment', probability: expect.closeTo(0.564, 3) });
  });

  test('an intent is learned by its title alone', () => {
    const titled = trainClassifier(ROWS, { ...OPTIONS, titles: { ...OPTIONS.titles, warranty: ['保固', 'Warranty'] } });
    expect(createClassifier(titled).predict('保固').ranking[0]?.intent).toBe('warranty');
  });

  test('no examples, or those of one intent, still give a classifier', () => {
    const empty = createClassifier(trainClassifier([], { titles: {}, seed: 1 }));
    expect(empty.predict('運費')).toEqual({ ranking: [], reject: 0, inScope: false });
    const single = createClassifier(trainClassifier([{ text: '運費', label: 'shipping' }], { titles: {}, seed: 1 }));
    expect(single.predict('運費').ranking[0]).toEqual({ intent: 'shipping', probability: 1 });
    const foreign = createClassifier(trainClassifier([{ text: 'a poem', label: NONE }], { titles: {}, seed: 1 }));
    expect(foreign.predict('a poem')).toEqual({ ranking: [], reject: 0, inScope: false });
  });
});

describe('the model as bytes', () => {
  test('comes back the same, from any place in a larger buffer', () => {
    const bytes = modelToBytes(model);
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    const back = modelFromBytes(shifted.subarray(3));
    expect(back).toEqual(model);
    expect(createClassifier(back).predict('退貨要多久')).toEqual(classifier.predict('退貨要多久'));
  });

  test.each([
    ['nothing', new Uint8Array()],
    ['another file', new TextEncoder().encode('{"labels":["a"],"weights":[]}')],
    ['a cut one', modelToBytes(model).subarray(0, 4_000)],
    ['one with a broken header', modelToBytes(model).fill(0x7b, 12, 40)],
  ])('%s is refused with advice', (_, bytes) => {
    expect(() => modelFromBytes(bytes)).toThrow(Problem);
    expect(() => modelFromBytes(bytes)).toThrow(/no classifier model .* trained again/);
  });
});
