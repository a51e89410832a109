import { z } from 'zod';
import { AnswerSource, Locale } from '#core/conversation/content.schema.ts';

const Json: z.ZodType<unknown> = z.unknown();

/** One flow under way: which version, where in its machine, with which context. The last frame is the one that listens. */
const Frame = z.object({ flow: z.string(), version: z.string(), value: Json, context: z.record(z.string(), Json) });

/** A button that was offered and may still be pressed. */
const Offer = z.object({ id: z.string(), value: z.string(), labels: z.record(z.string(), z.string()) });

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
});
export type DialogueState = z.infer<typeof DialogueState>;
