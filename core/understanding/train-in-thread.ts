import { Worker } from 'node:worker_threads';
import { modelFromBytes, type ClassifierModel, type Example, type TrainingOptions } from './classifier-model.ts';

/** Trains off the event loop, in a thread of its own. Rejects with the signal's reason when aborted; the thread is then gone. */
export async function trainInThread(
  rows: readonly Example[],
  options: TrainingOptions,
  { signal }: { signal?: AbortSignal } = {},
): Promise<ClassifierModel> {
  signal?.throwIfAborted();
  const worker = new Worker(new URL('./training.worker.ts', import.meta.url), { workerData: { rows, options } });
  const { promise, resolve, reject } = Promise.withResolvers<ClassifierModel>();
  const abort = (): void => reject(signal?.reason);
  signal?.addEventListener('abort', abort);
  worker.once('message', (bytes: Uint8Array) => resolve(modelFromBytes(bytes)));
  worker.once('error', reject);
  worker.once('exit', (code) =>
    reject(new Error(`Training stopped before its end (the thread's exit code was ${code}).`)),
  );
  try {
    return await promise;
  } finally {
    signal?.removeEventListener('abort', abort);
    await worker.terminate();
  }
}
