import type { Pool } from 'pg';
import type { Locale } from '#core/conversation/content.schema.ts';
import type { IntentRoute } from '#core/understanding/understood.ts';
import { inTransaction } from './statements.ts';

type Texts = Readonly<Record<Locale, string>>;

/** Content to begin with. */
export type SeedContent = {
  intents: readonly {
    name: string;
    title: Texts;
    description: Texts;
    route: IntentRoute;
    slots: readonly string[];
    examples: Readonly<Record<Locale, readonly string[]>>;
  }[];
  outOfScope: Readonly<Record<Locale, readonly string[]>>;
  faqs: readonly ({ category: string; tags: readonly string[] } & Readonly<
    Record<Locale, { question: string; alternatives: readonly string[]; answer: string }>
  >)[];
  settings: Readonly<Record<string, unknown>>;
};

const LOCALES: readonly Locale[] = ['zh-TW', 'en'];

/** Writes the content into an empty installation; an installation that has intents or FAQs is left alone. Returns whether it wrote. */
export const seed = (pool: Pool, content: SeedContent): Promise<boolean> =>
  inTransaction(pool, async (client) => {
    await client.query(`select pg_advisory_xact_lock(hashtext('seed'))`);
    const there = await client.query<{ there: boolean }>(
      'select exists (select from intents) or exists (select from faqs) as there',
    );
    if (there.rows[0]!.there) return false;
    for (const intent of content.intents) {
      const written = await client.query<{ id: string }>(
        'insert into intents (name, title, description, route, slots) values ($1, $2, $3, $4, $5) returning id',
        [intent.name, intent.title, intent.description, intent.route, intent.slots],
      );
      for (const locale of LOCALES)
        await client.query(
          'insert into intent_examples (intent_id, locale, text) select $1, $2, unnest($3::text[]) on conflict do nothing',
          [written.rows[0]!.id, locale, intent.examples[locale]],
        );
    }
    for (const locale of LOCALES) {
      await client.query('insert into intent_examples (locale, text) select $1, unnest($2::text[])', [
        locale,
        content.outOfScope[locale],
      ]);
      for (const faq of content.faqs)
        await client.query(
          `insert into faqs (question, alternatives, answer, locale, category, tags, status) values ($1, $2, $3, $4, $5, $6, 'published')`,
          [faq[locale].question, faq[locale].alternatives, faq[locale].answer, locale, faq.category, faq.tags],
        );
    }
    for (const [key, value] of Object.entries(content.settings))
      await client.query('insert into settings (key, value) values ($1, $2::jsonb) on conflict (key) do nothing', [
        key,
        JSON.stringify(value),
      ]);
    return true;
  });
