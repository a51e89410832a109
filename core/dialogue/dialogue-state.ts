import { z } from 'zod';
import { AnswerSource, Locale } from '#core/conversation/content.schema.ts';

const Json: z.ZodType = z.unknown();

/** One flow under way: which version, where in its machine, with which memory. The last frame is the one that listens. */
const Frame = z.object({
  flow: z.string(),
  version: z.string(),
  value: Json,
  context: z.record(z.string(), Json),
  /** What it was started with. */
  input: z.record(z.string(), Json).default({}),
  /** The actor of the frame below that waits for its end; null: it came between, and the frame below goes on by itself. */
  call: z.string().nullable().default(null),
});
export type Frame = z.infer<typeof Frame>;

/** A button that was offered and may still be pressed. `value` says what it does, `labels` how it can be typed. */
const Offer = z.object({
  id: z.string(),
  value: z.string(),
  labels: z.record(z.string(), z.string()),
  style: z.enum(['primary', 'danger']).optional(),
  /** Offers of one question share a number; a typed number counts among the last ones. */
  of: z.number().int().default(0),
});
export type Offer = z.infer<typeof Offer>;

/**
 * All that a dialogue remembers between two turns; JSON, kept with the conversation. Grows by nothing that is not
 * bounded: `before` holds three questions, `offers` those of the last question asked.
 */
export const DialogueState = z.object({
  /** The set of flow versions that this conversation started with and stays on. */
  release: z.string(),
  frames: z.array(Frame),
  slots: z.record(z.string(), z.string()),
  locale: Locale,
  before: z.array(z.string()).max(3),
  offers: z.array(Offer).max(20),
  timers: z.array(z.object({ id: z.string(), event: z.string(), frame: z.number().int(), dueAt: z.iso.datetime() })),
  /** The answer that "did this help?" is about. */
  answered: AnswerSource.nullable(),
  counts: z.record(z.string(), z.number().int()),
  /** Buttons of the last question answered: pressed again, they do nothing a second time. */
  spent: z.array(Offer).max(20).default([]),
  /** What was said last, so that it is not said again at once. */
  said: z.array(z.string()).max(3).default([]),
  /** The flow `silence`, which runs beside the others and begins again whenever the customer speaks. Its timers have frame −1. */
  watch: Frame.nullable().default(null),
  /** The intent of the last thing that was wanted. */
  topic: z.string().nullable().default(null),
});
export type DialogueState = z.infer<typeof DialogueState>;
