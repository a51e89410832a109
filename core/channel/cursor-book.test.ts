import { createCursorBook } from './cursor-book.ts';

type Written = { id: string; delivered: number; seen: number };

function prepare() {
  const state = { away: false };
  const written: Written[][] = [];
  const book = createCursorBook({
    writeCursors: async (cursors) => {
      if (state.away) throw new Error('away');
      written.push([...cursors]);
    },
  });
  return { book, written, state };
}

test('the farthest that each came is written for all at once, and then no more', async () => {
  const { book, written } = prepare();
  for (const seq of [1, 3, 2]) book.delivered('a', seq);
  book.seen('b', 4);
  book.delivered('b', 2);
  await book.flush();
  await book.flush();
  expect(written).toEqual([
    [
      { id: 'a', delivered: 3, seen: 0 },
      { id: 'b', delivered: 4, seen: 4 },
    ],
  ]);
});

test('what could not be written waits for the next time, with what came meanwhile', async () => {
  const { book, written, state } = prepare();
  book.seen('a', 2);
  state.away = true;
  const failing = book.flush();
  book.delivered('a', 5);
  await expect(failing).rejects.toThrow('away');
  state.away = false;
  await book.flush();
  expect(written).toEqual([[{ id: 'a', delivered: 5, seen: 2 }]]);
});
