import { z } from 'zod';
import { DelayName, FlowAction, FlowActor, Transitions } from './vocabulary.schema.ts';

const actions = z.union([FlowAction, z.array(FlowAction)]).optional();
const on = z.record(z.string().min(1), Transitions).optional();
const after = z.record(z.union([DelayName, z.string().regex(/^[1-9]\d{0,8}$/)]), Transitions).optional();
const common = {
  on,
  always: Transitions.optional(),
  after,
  entry: actions,
  exit: actions,
  tags: z.union([z.string(), z.array(z.string())]).optional(),
  description: z.string().optional(),
  meta: z.record(z.string(), z.unknown()).optional(),
};

/** One state of a flow. Exactly one thing may be waited for in it. */
export const FlowState = z
  .strictObject({
    id: z.string().optional(),
    type: z.enum(['atomic', 'compound', 'final']).optional(),
    initial: z.string().optional(),
    invoke: FlowActor.optional(),
    get states(): z.ZodOptional<z.ZodRecord<z.ZodString, z.ZodType<FlowState>>> {
      return z.record(z.string(), FlowState as z.ZodType<FlowState>).optional();
    },
    ...common,
  })
  .meta({
    id: 'FlowState',
    description: 'A state. At most one question stands in its `entry`, or it waits with `invoke`.',
  });
/** One state of a flow. */
export type FlowState = {
  id?: string | undefined;
  type?: 'atomic' | 'compound' | 'final' | undefined;
  initial?: string | undefined;
  invoke?: FlowActor | undefined;
  states?: Record<string, FlowState> | undefined;
} & { [Key in keyof typeof common]?: z.infer<(typeof common)[Key]> | undefined };

/** A flow: an XState v5 machine configuration in JSON that Stately's tools open unchanged, written in our vocabulary. */
export const Flow = z.strictObject({
  $schema: z.string().optional(),
  id: z.string().regex(/^[a-z][a-z0-9-]{0,39}$/, 'Use small letters, digits and -.'),
  version: z.string().optional(),
  initial: z.string(),
  context: z.record(z.string(), z.union([z.string().max(300), z.number(), z.boolean(), z.null()])).optional(),
  states: z.record(z.string().regex(/^[A-Za-z][A-Za-z0-9_]{0,59}$/), FlowState),
  ...common,
});
export type Flow = z.infer<typeof Flow>;

/** JSON Schema of a flow, for editors and for `flows/flow.schema.json`. */
export function flowJsonSchema(): Record<string, unknown> {
  return { title: 'Frontdesk flow', ...z.toJSONSchema(Flow, { io: 'input' }) };
}
