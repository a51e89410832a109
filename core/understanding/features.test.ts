import { featuresOf } from './features.ts';
import { hashText } from './hash.ts';

const same = (a: string, b: string): void => expect(featuresOf(a)).toEqual(featuresOf(b));
const shared = (a: number[], b: number[]): number => a.filter((hash) => b.includes(hash)).length;

test('script, width, case and punctuation make no difference', () => {
  same('請問運費怎麼算？', '请问运费怎么算');
  same('ＨＥＬＬＯ, World!', 'hello world');
});

test('a Latin word before Chinese is the same word as before a space', () => {
  expect(shared(featuresOf('iPhone壞了').words, featuresOf('iPhone').words)).toBe(1);
  expect(shared(featuresOf('2015年的').words, featuresOf('2015').words)).toBe(1);
  expect(featuresOf('iPhone壞了')).toEqual(featuresOf('iPhone 壞了'));
});

test('order counts in pairs of words, not in the words', () => {
  const [one, other] = [featuresOf('dog bites man').words, featuresOf('man bites dog').words];
  expect(one).toHaveLength(5);
  expect(shared(one, other)).toBe(3);
});

test('a misspelt word keeps most of its pieces', () => {
  const [right, wrong] = [featuresOf('shipping').pieces, featuresOf('shiping').pieces];
  expect(shared(right, wrong)).toBeGreaterThan(right.length / 2);
});

test('a text without letters has no features', () => {
  expect(featuresOf('👍 ... !!')).toEqual({ words: [], pieces: [] });
});

test('beyond 2,000 characters nothing is read', () => {
  same('a '.repeat(1_000), `${'a '.repeat(1_000)}and a lot more`);
});

test('a hundred thousand different texts share next to no hashes', () => {
  const hashes = new Set(Array.from({ length: 100_000 }, (_, at) => hashText(7, `text ${at}`)));
  expect(100_000 - hashes.size).toBeLessThan(10);
});
