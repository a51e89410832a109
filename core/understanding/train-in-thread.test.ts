import { trainClassifier } from './classifier.ts';
import type { Example } from './classifier-model.ts';
import { trainInThread } from './train-in-thread.ts';

const ROWS: Example[] = ['運費怎麼算', '寄到日本要多久', 'shipping cost'].map((text) => ({ text, label: 'shipping' }));
ROWS.push(...['我要退貨', '怎麼換貨', 'return it'].map((text) => ({ text, label: 'returns' })));
const OPTIONS = { titles: { shipping: ['Shipping'] }, seed: 3 };

test('a thread trains the same model as training here', async () => {
  expect(await trainInThread(ROWS, OPTIONS)).toEqual(trainClassifier(ROWS, OPTIONS));
});

test('an abort ends it with the reason', async () => {
  const controller = new AbortController();
  const training = trainInThread(ROWS, OPTIONS, { signal: controller.signal });
  controller.abort(new Error('the server stops'));
  await expect(training).rejects.toThrow('the server stops');
});

test('one that is aborted already never begins', async () => {
  await expect(trainInThread(ROWS, OPTIONS, { signal: AbortSignal.abort(new Error('too late')) })).rejects.toThrow(
    'too late',
  );
});

test('a fault in the thread comes out here', async () => {
  const broken = [{ text: null, label: 'shipping' }] as unknown as Example[];
  await expect(trainInThread(broken, OPTIONS)).rejects.toThrow(/null/);
});
