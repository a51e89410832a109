import * as fc from 'fast-check';
import { clean, comparisonKey, hasHan, normalize, runs, wordsOf } from './text.ts';

const texts = (text: string): string[] => runs(normalize(text)).map((run) => run.text);

describe('runs', () => {
  test.each([
    ['iPhone壞了', ['iphone', '坏了']],
    ['2015年的', ['2015', '年的']],
    ['qq音樂', ['qq', '音乐']],
    ['買3個送1個', ['买', '3', '个送', '1', '个']],
    ['ＳＱ－２０４５１怎麼了', ['sq', '20451', '怎么了']],
    ["don't worry, it's fine", ["don't", 'worry', "it's", 'fine']],
    ["'quoted' words'", ['quoted', 'words']],
    ['café naïve', ['café', 'naïve']],
    ['人々の〇', ['人々', 'の', '〇']],
    ['👍🏽！？', []],
    ['', []],
  ])('%s is cut where the script changes', (text, expected) => {
    expect(texts(text)).toEqual(expected);
  });

  test('each run knows where it stands and what it is', () => {
    expect(runs('我的iPhone 15')).toEqual([
      { text: '我的', start: 0, han: true },
      { text: 'iPhone', start: 2, han: false },
      { text: '15', start: 9, han: false },
    ]);
  });

  test('a Han character outside the basic plane is one of the run', () => {
    expect(runs('𠮷野家')).toEqual([{ text: '𠮷野家', start: 0, han: true }]);
  });
});

describe('normalize', () => {
  test('Traditional and Simplified Chinese are the same text', () => {
    expect(normalize('請問運費怎麼算')).toBe(normalize('请问运费怎么算'));
    expect(normalize('門市裡面')).toBe('门市里面');
  });

  test('width, case and curly quotes do not matter', () => {
    expect(normalize('ＬＩＮＥ　Ｐａｙ')).toBe('line pay');
    expect(normalize('don’t “say”')).toBe('don\'t "say"');
  });

  test('what no reader sees is gone: zero width, direction, tags, selectors', () => {
    expect(clean('運\u200B費\u202E\u2066怎\uFEFF麼算\u{E0041}\u{E007F}')).toBe('運費怎麼算');
    expect(clean('soft\u00ADhyphen ❤\uFE0F')).toBe('softhyphen ❤');
  });

  test('hasHan tells Chinese from other scripts', () => {
    expect([hasHan('abc 運'), hasHan('abc'), hasHan('かな')]).toEqual([true, false, false]);
  });
});

describe('comparisonKey', () => {
  test('punctuation, spaces between Chinese, case and script make no difference', () => {
    const key = comparisonKey('運費，怎麼算？');
    expect(comparisonKey('运费 怎么算')).toBe(key);
    expect(comparisonKey('LINE Pay可以嗎')).toBe(comparisonKey('line pay 可以吗？'));
  });

  test('words of Latin script stay apart', () => {
    expect(comparisonKey('Can I re-turn it?')).toBe('can i re turn it');
    expect(comparisonKey('!!')).toBe('');
  });
});

test('English endings are words of their own', () => {
  expect(["don't", "card's", "we'll", 'plain', "o'clock"].map(wordsOf)).toEqual([
    ['do', "n't"],
    ['card', "'s"],
    ['we', "'ll"],
    ['plain'],
    ["o'clock"],
  ]);
});

test('texts are cut as the pattern cuts them that says what a run is', () => {
  const pattern = /\p{Script=Han}+|[[\p{L}\p{N}\p{M}]--\p{Script=Han}]+(?:'[[\p{L}\p{N}\p{M}]--\p{Script=Han}]+)*/gv;
  const characters = fc.constantFrom(...Array.from("a1'中文𠮷々〇アé٣𝒜😀? "), '\u0301', '\ud800');
  const property = fc.property(fc.array(characters, { maxLength: 12 }), (array) => {
    const text = array.join('');
    const cut = runs(text);
    expect(cut.map((run) => [run.text, run.start])).toEqual(
      [...text.matchAll(pattern)].map((one) => [one[0], one.index]),
    );
    for (const run of cut) expect(run.han).toBe(/\p{Script=Han}/u.test(run.text));
  });
  fc.assert(property, { numRuns: 1_000 });
});
