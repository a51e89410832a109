import { createNearest } from './nearest.ts';
import { stackRows, type Vector } from './vectors.ts';

const vector = (...pairs: [column: number, value: number][]): Vector => ({
  columns: Int32Array.from(pairs, ([column]) => column),
  values: Float32Array.from(pairs, ([, value]) => value),
  coverage: { words: 1, pieces: 1 },
});

// Intent 0 has rows 0 and 1, the foreign examples row 2, intent 2 row 3.
const examples = stackRows([vector([0, 3]), vector([0, 1], [1, 1]), vector([2, 5]), vector([2, 1], [3, 1])]);
const nearest = createNearest({ examples, starts: Int32Array.of(0, 2, 3, 4), width: 4, none: 1 });

test('the nearest example of any intent and of one are found by their angle, not their length', () => {
  expect(nearest(vector([0, 2], [1, 2]), 0)).toEqual({ any: expect.closeTo(1), best: expect.closeTo(1) });
  expect(nearest(vector([0, 4]), 2)).toEqual({ any: expect.closeTo(1), best: 0 });
});

test('foreign examples are no intent’s', () => {
  expect(nearest(vector([2, 1]), 0)).toEqual({ any: expect.closeTo(Math.SQRT1_2), best: 0 });
});

test('a hidden row is not compared with', () => {
  const near = nearest(vector([0, 1]), 0, (row) => row === 0);
  expect(near).toEqual({ any: expect.closeTo(Math.SQRT1_2), best: expect.closeTo(Math.SQRT1_2) });
});

test('a text without a known feature is near to nothing', () => {
  expect(nearest(vector(), 0)).toEqual({ any: 0, best: 0 });
});
