import { assignFolds, NEVER_HELD_OUT } from './folds.ts';

const rows = (count: number, labels: number) =>
  Array.from({ length: count }, (_, at) => ({ label: at % labels, title: false }));

test('every example is held out once, each label spread evenly', () => {
  const { folds, foldOf } = assignFolds(rows(100, 4), 1);
  expect(folds).toBe(5);
  for (let label = 0; label < 4; label++) {
    for (let fold = 0; fold < folds; fold++) {
      expect([...foldOf.keys()].filter((row) => row % 4 === label && foldOf[row] === fold)).toHaveLength(5);
    }
  }
});

test('titles are never held out, nor the only text of a label', () => {
  const { foldOf } = assignFolds(
    [
      { label: 0, title: true },
      { label: 0, title: false },
      { label: 1, title: false },
    ],
    1,
  );
  expect([...foldOf]).toEqual([NEVER_HELD_OUT, 0, NEVER_HELD_OUT]);
});

test('large sets have fewer folds', () => {
  expect(assignFolds(rows(2_501, 10), 1).folds).toBe(3);
});

test('the same seed gives the same folds', () => {
  expect(assignFolds(rows(50, 3), 7)).toEqual(assignFolds(rows(50, 3), 7));
  expect(assignFolds(rows(50, 3), 7)).not.toEqual(assignFolds(rows(50, 3), 8));
});
