import { parentPort, workerData } from 'node:worker_threads';
import { modelToBytes, type Example, type TrainingOptions } from './classifier-model.ts';
import { trainClassifier } from './classifier.ts';

/** The thread of `trainInThread`: trains on what it was started with, hands the model back as bytes, and ends. */
const { rows, options } = workerData as { rows: Example[]; options: TrainingOptions };
const bytes = modelToBytes(trainClassifier(rows, options));
parentPort?.postMessage(bytes, [bytes.buffer]);
