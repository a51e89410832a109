import { createHash } from 'node:crypto';
import type { Pool } from 'pg';
import type { IntentCatalogue, TaughtIntent } from '#core/understanding/catalogue.ts';
import {
  classifierHash,
  modelFromBytes,
  modelToBytes,
  NONE,
  type Example,
  type TrainingOptions,
} from '#core/understanding/classifier-model.ts';
import { createClassifier, type Classifier } from '#core/understanding/classifier.ts';
import { foreignExamples } from '#core/understanding/foreign-examples.ts';
import { trainInThread } from '#core/understanding/train-in-thread.ts';
import type { IntentRoute } from '#core/understanding/understood.ts';

/** The seed of every training: the same examples give the same model on every node. */
const SEED = 1;

/** What was taught, and the classifier that learned it. */
export type IntentStore = {
  /** Reads the intents; trains when no model of these examples is kept. Swaps both at once. */
  load(onProgress: (step: string) => void): Promise<void>;
  catalogue(): IntentCatalogue;
  classifier(): Classifier;
};

type IntentRow = Omit<TaughtIntent, 'examples' | 'route'> & { route: IntentRoute };

export function createIntentStore({ pool }: { pool: Pool }): IntentStore {
  let catalogue: IntentCatalogue | undefined;
  let classifier: Classifier | undefined;

  async function read(): Promise<{ catalogue: IntentCatalogue; rows: Example[]; options: TrainingOptions }> {
    const [intents, examples, faqs] = await Promise.all([
      pool.query<IntentRow>(
        'select name, title, description, route, slots, threshold from intents where enabled order by name',
      ),
      pool.query<{ intent: string | null; locale: 'zh-TW' | 'en'; text: string }>(
        `select i.name as intent, e.locale, e.text from intent_examples e left join intents i on i.id = e.intent_id
          where i.id is null or i.enabled order by i.name, e.locale, e.text`,
      ),
      // What people ask of a category is said in its FAQs as well: 80 of 100 right instead of 66 on held-out examples.
      pool.query<{ category: string; text: string }>(
        `select category, unnest(array_prepend(question, alternatives)) as text from faqs where status = 'published' order by 1, 2`,
      ),
    ]);
    const byCategory = new Map(
      intents.rows.flatMap((intent) => (intent.route.kind === 'answer' ? [[intent.route.category, intent.name]] : [])),
    );
    const rows: Example[] = [
      ...examples.rows.map((row) => ({ text: row.text, label: row.intent ?? NONE })),
      ...faqs.rows.flatMap((row) => {
        const label = byCategory.get(row.category);
        return label ? [{ text: row.text, label }] : [];
      }),
      ...foreignExamples(),
    ];
    const taught = intents.rows.map((intent) => ({
      ...intent,
      examples: {
        'zh-TW': examples.rows
          .filter((row) => row.intent === intent.name && row.locale === 'zh-TW')
          .map((row) => row.text),
        en: examples.rows.filter((row) => row.intent === intent.name && row.locale === 'en').map((row) => row.text),
      },
    }));
    const titles = Object.fromEntries(intents.rows.map((intent) => [intent.name, Object.values(intent.title)]));
    return {
      catalogue: { version: createHash('sha256').update(JSON.stringify(taught)).digest('hex'), intents: taught },
      rows,
      options: { titles, seed: SEED },
    };
  }

  return {
    async load(onProgress) {
      const taught = await read();
      const hash = classifierHash(taught.rows, taught.options);
      if (classifier?.hash !== hash) {
        const kept = await pool.query<{ bytes: Buffer }>('select bytes from classifier_models where hash = $1', [hash]);
        let model = kept.rows[0] ? modelFromBytes(kept.rows[0].bytes) : undefined;
        if (!model) {
          onProgress(`Learning ${taught.catalogue.intents.length} intents from ${taught.rows.length} examples`);
          model = await trainInThread(taught.rows, taught.options);
          await pool.query('insert into classifier_models (hash, bytes) values ($1, $2) on conflict do nothing', [
            hash,
            Buffer.from(modelToBytes(model)),
          ]);
          // Two are kept: the current one, and the one before it for a process that has not read the change yet.
          await pool.query(
            'delete from classifier_models where hash not in (select hash from classifier_models order by created_at desc limit 2)',
          );
        }
        classifier = createClassifier(model);
      }
      ({ catalogue } = taught);
    },
    catalogue() {
      if (!catalogue) throw new Error('The intents were not loaded.');
      return catalogue;
    },
    classifier() {
      if (!classifier) throw new Error('The classifier was not loaded.');
      return classifier;
    },
  };
}
