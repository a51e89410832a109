import { z } from 'zod';
import { Label, Text } from './vocabulary.schema.ts';

/** What the dialogue says by itself, whichever flow is under way. */
export const Phrases = z.strictObject({
  $schema: z.string().optional(),
  /** Leads back to a question after something came between. */
  back: Text,
  /** Put before a question that would otherwise stand twice in a row. */
  again: Text,
  /** Put before an answer that was just given. */
  sameAnswer: Text,
  /** A button that belongs to an earlier question. */
  stale: Text,
  /** A button whose act has been done already. */
  done: Text,
  /** `{{event.value}}` took the place of an earlier answer. */
  mended: Text,
  /** The answer does not fit the question. */
  misfit: Text,
  /** Anger in the middle of a form. */
  acknowledge: Text,
  /** Something that we do not do, asked in the middle of a form. */
  outOfScope: Text,
  /** From here in this language. */
  language: Text,
  /** A file where none was asked for, in the middle of a form. */
  file: Text,
  /** A flow is broken: a person is called. */
  broken: Text,
  /** After “did this help?” was answered for an answer that the talk has moved on from. */
  feedback: Text,
  helpful: Label,
  unhelpful: Label,
});
export type Phrases = z.infer<typeof Phrases>;
