import { z } from 'zod';
import { Locale } from '#core/conversation/content.schema.ts';

/** A text of ours in both languages. */
const inBoth = (longest: number) => z.record(Locale, z.string().trim().min(1).max(longest));

/** What an intent is called inside: stands in flows, reports and the model's answers, and never changes its meaning. */
const IntentName = z
  .string()
  .max(40)
  .regex(/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/, 'Use small letters and digits, words joined by _: order_status.')
  .refine((name) => name !== 'none', 'Choose another name: none is what a model says when no intent fits.');

/** Where an intent leads: to the answers of a category, to a flow, or to a person. */
const IntentRoute = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('answer'), category: z.string().trim().min(1).max(60) }),
    z.strictObject({ kind: z.literal('flow'), flow: z.string().trim().min(1).max(60) }),
    z.strictObject({ kind: z.literal('handoff') }),
  ])
  .meta({ id: 'IntentRoute' });

const SlotName = z
  .string()
  .regex(/^[a-z][A-Za-z0-9_]{0,39}$/, 'Begin with a small letter, then letters, digits and _.');

/** Ways in which people say it. Twenty and more in each language make it reliable. */
const Examples = z.array(z.string().trim().min(1).max(300)).max(1_000);

/** An intent as an admin writes it. */
export const IntentRequest = z
  .object({
    name: IntentName,
    /** Stands on buttons, and typed out it is the intent. */
    title: inBoth(40),
    /** What the model reads of it. */
    description: inBoth(300),
    route: IntentRoute,
    examples: z.object({ 'zh-TW': Examples.default([]), en: Examples.default([]) }),
    /** Values that it needs; `order`, `email`, `phone` and `ticket` are found by code, others by a model. */
    slots: z.array(SlotName).max(10).default([]),
    /** The probability it asks for before it is followed; null: what holds for all. Set it where a wrong step hurts. */
    threshold: z.number().min(0).max(1).nullable().default(null),
    enabled: z.boolean().default(true),
  })
  .meta({ id: 'IntentRequest' });
export type IntentRequest = z.infer<typeof IntentRequest>;

/** An intent as it stands in the database. */
export const IntentRecord = IntentRequest.extend({ id: z.uuid() }).meta({ id: 'Intent' });
export type IntentRecord = z.infer<typeof IntentRecord>;

/** Many at once, as an import brings them. */
export const IntentImport = z.array(IntentRequest).min(1).max(500);
