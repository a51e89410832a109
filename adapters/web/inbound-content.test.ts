import { contentOf } from './inbound-content.ts';

const base = { type: 'message', clientMessageId: 'message-1' } as const;
const none = async () => undefined;

test('what the database cannot keep is left out, wherever a customer can write it', async () => {
  expect(await contentOf({ ...base, text: ' a\0b\ud800 ' }, none)).toEqual({ kind: 'text', text: 'ab\ufffd' });
  expect(await contentOf({ ...base, rating: { score: 2, comment: 'a\0b' } }, none)).toEqual({
    kind: 'rating',
    score: 2,
    comment: 'ab',
  });
  expect(await contentOf({ ...base, form: { id: 'f', values: { 'na\0me': 'a\0\udc00' } } }, none)).toEqual({
    kind: 'form',
    id: 'f',
    values: { name: 'a\ufffd' },
  });
});

test('a frame says one thing', async () => {
  await expect(contentOf(base, none)).rejects.toThrow('this frame has 0');
  await expect(contentOf({ ...base, text: 'a', action: 'b' }, none)).rejects.toThrow('this frame has 2');
  await expect(contentOf({ ...base, text: ' \0 ' }, none)).rejects.toThrow('The text is empty.');
  await expect(contentOf({ ...base, uploadId: 'u' }, none)).rejects.toThrow('There is no such upload');
});
