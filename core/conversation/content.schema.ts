import { z } from 'zod';

/** The two languages that every text of ours exists in. Messages of customers may be in any. */
export const Locale = z.enum(['zh-TW', 'en']);
export type Locale = z.infer<typeof Locale>;

/** Longest text of one message, in UTF-16 code units; longer ones are refused at the edge. */
export const MAX_TEXT = 8_000;

const text = z.string().min(1).max(MAX_TEXT);
const webUrl = z.url({ protocol: /^https?$/ }).max(2_000);

/** A button. `id` is an opaque nonce (≤ 20 ASCII bytes, fits every platform); what it means stands in the dialogue's state alone. */
export const Choice = z.object({
  id: z.string().regex(/^[\w-]{1,20}$/),
  label: z.string().min(1).max(80),
  style: z.enum(['default', 'primary', 'danger']).optional(),
});
export type Choice = z.infer<typeof Choice>;

/** Where a quoted answer comes from; shown with it. */
export const AnswerSource = z.object({
  kind: z.enum(['faq', 'document']),
  id: z.string(),
  title: z.string().max(300),
  url: webUrl.optional(),
});
export type AnswerSource = z.infer<typeof AnswerSource>;

/** A stored file as a message shows it. `id` names the upload; `type` is what its bytes are, not what its name says. */
export const Attachment = z.object({
  id: z.string().min(1).max(64),
  name: z.string().min(1).max(255),
  type: z.string().max(100),
  bytes: z.number().int().nonnegative(),
});
export type Attachment = z.infer<typeof Attachment>;

const Card = z.object({
  title: z.string().min(1).max(200),
  subtitle: z.string().max(200).optional(),
  text: z.string().max(1_000).optional(),
  image: z.object({ url: webUrl, alt: z.string().max(300) }).optional(),
  links: z
    .array(z.object({ label: z.string().min(1).max(80), url: webUrl }))
    .max(3)
    .optional(),
  choices: z.array(Choice).max(3).optional(),
});

/** A field of a form; on a channel without forms each is asked in a message of its own. */
const FormField = z.object({
  name: z.string().regex(/^[a-z][\w]{0,39}$/),
  label: z.string().min(1).max(200),
  type: z.enum(['text', 'email', 'phone', 'number', 'date', 'choice', 'paragraph']),
  required: z.boolean(),
  options: z
    .array(z.object({ value: z.string().max(100), label: z.string().max(100) }))
    .max(25)
    .optional(),
});

/** What we say: one closed union for every channel. Texts may use the Markdown subset bold, italic, code, list, link. */
export const OutboundContent = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('text'), text, source: AnswerSource.optional() }),
  z.object({
    kind: z.literal('quick_replies'),
    text,
    choices: z.array(Choice).min(1).max(10),
    source: AnswerSource.optional(),
  }),
  Card.extend({ kind: z.literal('card') }),
  z.object({ kind: z.literal('carousel'), cards: z.array(Card).min(1).max(10), text: text.optional() }),
  z.object({ kind: z.literal('image'), attachment: Attachment, caption: z.string().max(1_000).optional() }),
  z.object({ kind: z.literal('file'), attachment: Attachment, caption: z.string().max(1_000).optional() }),
  z.object({ kind: z.literal('form'), text, fields: z.array(FormField).min(1).max(10), submit: Choice }),
  z.object({ kind: z.literal('confirm'), text, confirm: Choice, cancel: Choice, danger: z.boolean() }),
  z.object({ kind: z.literal('link'), text, label: z.string().min(1).max(80), url: webUrl }),
  z.object({
    kind: z.literal('handoff_notice'),
    text,
    phase: z.enum(['queued', 'joined', 'left']),
    agent: z.object({ name: z.string().max(100) }).optional(),
  }),
  z.object({
    kind: z.literal('system'),
    text,
    topic: z.enum(['queue', 'hours', 'closing', 'closed', 'ticket', 'busy']),
  }),
  z.object({ kind: z.literal('csat'), text, choices: z.array(Choice).length(5), comment: z.boolean() }),
]);
export type OutboundContent = z.infer<typeof OutboundContent>;
export type OutboundKind = OutboundContent['kind'];

/** What a customer does: one closed union for every channel. */
export const InboundContent = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('text'), text }),
  z.object({ kind: z.literal('action'), id: z.string().regex(/^[\w-]{1,20}$/), label: z.string().max(80).optional() }),
  z.object({
    kind: z.literal('command'),
    name: z.string().regex(/^[a-z_]{1,32}$/),
    argument: z.string().max(MAX_TEXT).optional(),
  }),
  z.object({ kind: z.literal('image'), attachment: Attachment, caption: z.string().max(1_000).optional() }),
  z.object({ kind: z.literal('file'), attachment: Attachment, caption: z.string().max(1_000).optional() }),
  z.object({ kind: z.literal('voice'), attachment: Attachment, transcript: z.string().max(MAX_TEXT).optional() }),
  z.object({ kind: z.literal('audio'), attachment: Attachment, caption: z.string().max(1_000).optional() }),
  z.object({ kind: z.literal('video'), attachment: Attachment, caption: z.string().max(1_000).optional() }),
  z.object({
    kind: z.literal('location'),
    latitude: z.number().min(-90).max(90),
    longitude: z.number().min(-180).max(180),
    title: z.string().max(200).optional(),
  }),
  z.object({
    kind: z.literal('contact'),
    name: z.string().max(200),
    phone: z.string().max(40).optional(),
    email: z.string().max(254).optional(),
  }),
  z.object({
    kind: z.literal('form'),
    id: z.string().max(20),
    values: z.record(z.string().max(40), z.string().max(3_000)),
  }),
  z.object({
    kind: z.literal('rating'),
    score: z.number().int().min(1).max(5),
    comment: z.string().max(2_000).optional(),
  }),
  z.object({ kind: z.literal('reaction'), to: z.number().int().positive(), value: z.enum(['up', 'down']) }),
]);
export type InboundContent = z.infer<typeof InboundContent>;
export type InboundKind = InboundContent['kind'];
