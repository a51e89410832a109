import fs from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { Locale } from '#core/conversation/content.schema.ts';

const Line = z.string().trim().min(1);
const Text = z.record(Locale, Line);
const Slug = z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'use lower-case words joined by hyphens');
/** New Taiwan dollars, which have no smaller unit in use. */
const Price = z.int().positive();

const Wording = z.strictObject({ question: Line, alternatives: z.array(Line).min(4), answer: Line });
const DemoFaqSchema = z.strictObject({
  key: Slug,
  category: Slug,
  tags: z.array(Line).min(1),
  'zh-TW': Wording,
  en: Wording,
});

const Route = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('answer'), category: Slug }),
  z.strictObject({ kind: z.literal('flow'), flow: Slug }),
  z.strictObject({ kind: z.literal('handoff') }),
]);
const DemoIntentSchema = z.strictObject({
  name: z.string().regex(/^[a-z]+(_[a-z]+)*$/, 'use lower-case words joined by underscores'),
  title: Text,
  description: Text,
  route: Route,
  slots: z.array(z.enum(['order', 'email', 'ticket'])),
  examples: z.record(Locale, z.array(Line).min(24)),
});

const OutOfScopeSchema = z.record(Locale, z.array(Line).min(60));

const DemoOrderSchema = z.strictObject({
  number: z.string().regex(/^SQ-\d{5}$/, 'an order number is SQ- and five digits'),
  email: z.email(),
  status: z.enum(['paid', 'packing', 'shipped', 'delivered', 'refunded']),
  placedDaysAgo: z.int().min(0),
  items: z.array(z.strictObject({ name: Text, quantity: z.int().positive(), price: Price })).min(1),
  carrier: Text.nullable(),
  trackingNumber: Line.nullable(),
  expectedInDays: z.int().nullable(),
});

const Time = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'write a time as 09:30');
const Day = z.enum(['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday']);
const DemoShopSchema = z.strictObject({
  name: Text,
  desk: Text,
  tagline: Text,
  about: Text,
  greeting: z.strictObject({ first: Text, again: Text, replyTime: Text }),
  store: z.strictObject({ name: Text, address: Text }),
  serviceHours: z.strictObject({ timeZone: Line, days: z.array(z.strictObject({ day: Day, from: Time, to: Time })) }),
  contact: z.strictObject({ email: z.email() }),
  products: z.array(z.strictObject({ id: Slug, name: Text, note: Text, price: Price })).min(1),
});

/** A question of the demo shop with its other phrasings and its answer, in both languages. */
export type DemoFaq = z.infer<typeof DemoFaqSchema>;

/** What a customer of the demo shop may want: where it leads, what it needs, and how people write it. */
export type DemoIntent = z.infer<typeof DemoIntentSchema>;

/** Sentences that no intent of the demo shop covers, by language. */
export type DemoOutOfScope = z.infer<typeof OutOfScopeSchema>;

/**
 * An order of the demo shop. Days are whole and relative to the day it is asked for, so that the demo never grows old:
 * `expectedInDays` is the arrival, at or before today once delivered, `null` once refunded. Prices are in NT$, per piece.
 */
export type DemoOrder = z.infer<typeof DemoOrderSchema>;

/** The demo shop itself: names, greetings, the desk's hours (days not listed are closed), and the products of its page. */
export type DemoShop = z.infer<typeof DemoShopSchema>;

function load<T>(folder: string, name: string, schema: z.ZodType<T>): T {
  const file = path.join(folder, name);
  let content: unknown;
  try {
    content = JSON.parse(fs.readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new Error(`The demo content ${file} cannot be read: restore it, or mend its JSON.`, { cause });
  }
  const parsed = schema.safeParse(content);
  if (!parsed.success) {
    throw new Error(`Mend the demo content ${file}:\n${z.prettifyError(parsed.error)}`, { cause: parsed.error });
  }
  return parsed.data;
}

/** The shop's questions and answers, from `faqs.json` in `folder`. Throws with the file and the field to mend. */
export const loadDemoFaqs = (folder: string = import.meta.dirname): DemoFaq[] =>
  load(folder, 'faqs.json', z.array(DemoFaqSchema));

/** The shop's intents, from `intents.json` in `folder`. Throws with the file and the field to mend. */
export const loadDemoIntents = (folder: string = import.meta.dirname): DemoIntent[] =>
  load(folder, 'intents.json', z.array(DemoIntentSchema));

/** What the desk is not for, from `out-of-scope.json` in `folder`. Throws with the file and the field to mend. */
export const loadDemoOutOfScope = (folder: string = import.meta.dirname): DemoOutOfScope =>
  load(folder, 'out-of-scope.json', OutOfScopeSchema);

/** The shop's orders, from `orders.json` in `folder`. Throws with the file and the field to mend. */
export const loadDemoOrders = (folder: string = import.meta.dirname): DemoOrder[] =>
  load(folder, 'orders.json', z.array(DemoOrderSchema));

/** The shop, from `shop.json` in `folder`. Throws with the file and the field to mend. */
export const loadDemoShop = (folder: string = import.meta.dirname): DemoShop =>
  load(folder, 'shop.json', DemoShopSchema);
