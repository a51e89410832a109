import { recalling } from './recalling.ts';

test('a text is read once, while it is among the last ones', () => {
  const read: string[] = [];
  const lengthOf = recalling((text) => {
    read.push(text);
    return text.length;
  }, 2);
  expect(['a', 'bb', 'a', 'ccc', 'a', 'bb'].map(lengthOf)).toEqual([1, 2, 1, 3, 1, 2]);
  expect(read).toEqual(['a', 'bb', 'ccc']);
  for (const text of ['d', 'e', 'f', 'g']) lengthOf(text);
  lengthOf('a');
  expect(read.filter((text) => text === 'a')).toHaveLength(2);
});

test('long texts are not kept', () => {
  let reads = 0;
  const read = recalling((text) => (reads++, text), 10);
  for (const length of [300, 300, 301, 301]) read('x'.repeat(length));
  expect(reads).toBe(3);
});
