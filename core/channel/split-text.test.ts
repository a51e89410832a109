import * as fc from 'fast-check';
import { splitText } from './split-text.ts';

test('a text that fits is left alone', () => {
  expect(splitText('  您好 ', 20)).toEqual(['您好']);
});

test('a long text is cut after a sentence, and says which part it is', () => {
  const text = '第一句話說完了。第二句話說完了。第三句話說完了。第四句話說完了。';
  expect(splitText(text, 26)).toEqual([
    '(1/2) 第一句話說完了。第二句話說完了。',
    '(2/2) 第三句話說完了。第四句話說完了。',
  ]);
});

test('paragraphs, then lines, then words are kept whole where that costs little', () => {
  expect(splitText('one two\nthree four\n\nfive six seven eight', 32)).toEqual([
    '(1/2) one two\nthree four',
    '(2/2) five six seven eight',
  ]);
  expect(splitText('alpha beta gamma delta epsilon', 22)).toEqual(['(1/2) alpha beta gamma', '(2/2) delta epsilon']);
});

test('a family of four and a flag are never cut', () => {
  const family = '👩‍👩‍👧‍👦';
  const parts = splitText(`${family}🇹🇼`.repeat(6), 40);
  expect(parts.every((part) => /^\(\d\/\d\) (?:👩‍👩‍👧‍👦|🇹🇼)+$/u.test(part))).toBe(true);
});

test('what looks like one character and is longer than a part is cut between code points', () => {
  const parts = splitText(`e${'\u0301'.repeat(200)}`, 60);
  expect(parts.every((part) => part.length <= 60)).toBe(true);
  expect(parts.map((part) => part.replace(/^\(\d+\/\d+\) /, '')).join('')).toBe(`e${'\u0301'.repeat(200)}`);
});

test('ten parts and more fit their longer marks', () => {
  const parts = splitText('word '.repeat(400), 40);
  expect(parts.length).toBeGreaterThan(9);
  expect(Math.max(...parts.map((part) => part.length))).toBeLessThanOrEqual(40);
  expect(parts.at(-1)).toMatch(new RegExp(`^\\(${parts.length}/${parts.length}\\) `));
});

test('no surrogate pair is ever cut, and only white space is lost', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('👍🏽', '𠮷野家', ' ', '\n')), {
        minLength: 20,
        maxLength: 200,
      }),
      fc.integer({ min: 30, max: 200 }),
      (pieces, most) => {
        const text = pieces.join('');
        const parts = splitText(text, most);
        for (const part of parts) {
          expect(part.length).toBeLessThanOrEqual(most);
          expect(part.isWellFormed()).toBe(true);
        }
        const joined = parts.map((part) => (parts.length > 1 ? part.slice(part.indexOf(' ') + 1) : part)).join('');
        expect(joined.replaceAll(/\s/g, '')).toBe(text.replaceAll(/\s/g, ''));
      },
    ),
    { numRuns: 200 },
  );
});
