import { z } from 'zod';

const line = z
  .string()
  .min(1)
  .max(1_000)
  .regex(/^[^\n]*(\n[^\n]*){0,2}$/, 'Say it in at most three lines.');
const lines = z.union([line, z.array(line).min(1).max(8)]);

/** A text of ours in every language; several wordings may stand in a list, so that nothing is said twice in a row. */
export const Text = z.strictObject({ 'zh-TW': lines, en: lines }).meta({ id: 'FlowText' });
export type Text = z.infer<typeof Text>;

const label = z.string().min(1).max(40);
/** Words of a button in every language. */
export const Label = z.strictObject({ 'zh-TW': label, en: label }).meta({ id: 'FlowLabel' });
export type Label = z.infer<typeof Label>;

/** Name of a slot, a counter or a key of a flow's own memory. */
const name = z.string().regex(/^[a-z][A-Za-z0-9_]{0,39}$/, 'Begin with a small letter, then letters, digits and _.');
/** Where a value stands, from `slots`, `context`, `input`, `event`, `settings`, `facts`, `counts` or `locale`. */
const path = z
  .string()
  .max(120)
  .regex(
    /^(slots|context|input|event|settings|facts|counts|locale)(\.[A-Za-z0-9_]+){0,6}$/,
    'Begin with slots, context, input, event, settings, facts, counts or locale, then names after dots.',
  );
/** A string with `{{path}}` or `{{path|filter}}` in it. */
const template = z.string().max(2_000);
const templates = z.union([template, z.strictObject({ 'zh-TW': template, en: template })]);

/** Why a person is called, and how urgent a ticket is: written out, or where the word stands. */
export const HANDOFF_REASONS = ['asked', 'anger', 'not-understood', 'flow', 'unresolved'] as const;
export const PRIORITIES = ['low', 'normal', 'high', 'urgent'] as const;

/** A button of a question: pressing it, typing its label in either language or its number is the event `choose.<value>`. */
export const FlowChoice = z
  .strictObject({
    value: z.string().regex(/^[a-z0-9][a-z0-9_]{0,39}$/, 'Use small letters, digits and _.'),
    label: Label,
    style: z.enum(['default', 'primary', 'danger']).optional(),
  })
  .meta({ id: 'FlowChoice' });
export type FlowChoice = z.infer<typeof FlowChoice>;

/** What a slot takes: a built-in format, or a pattern of our own (RE2 syntax), which is then also found inside sentences. */
export const SlotFormat = z
  .union([
    z.strictObject({ format: z.enum(['text', 'email', 'phone', 'number', 'date', 'file']) }),
    z.strictObject({
      pattern: z.string().min(1).max(200),
      upper: z.boolean().optional(),
      /** A shorter form that counts when it is the whole answer; `prefix` makes it complete (`20451` → `SQ-20451`). */
      whole: z.string().min(1).max(200).optional(),
      prefix: z.string().max(20).optional(),
    }),
  ])
  .meta({ id: 'FlowSlotFormat' });
export type SlotFormat = z.infer<typeof SlotFormat>;

const none = z.strictObject({}).optional();
const action = <Name extends string, Params extends z.ZodType>(type: Name, params: Params) =>
  z.strictObject({ type: z.literal(type), params });

/** Everything a flow can do. */
export const FlowAction = z
  .discriminatedUnion('type', [
    action('say', z.strictObject({ text: Text })),
    action(
      'notice',
      z.strictObject({ text: Text, topic: z.enum(['queue', 'hours', 'closing', 'closed', 'ticket', 'busy']) }),
    ),
    action(
      'ask',
      z.strictObject({
        slots: z.record(name, SlotFormat).refine((slots) => Object.keys(slots).length > 0, 'Name at least one slot.'),
        text: Text,
        again: Text.optional(),
        hint: Text.optional(),
        choices: z.array(FlowChoice).max(10).optional(),
      }),
    ),
    action(
      'offer',
      z.strictObject({
        text: Text,
        again: Text.optional(),
        choices: z.array(FlowChoice).min(1).max(10),
        hold: z.boolean().optional(),
      }),
    ),
    action('askRating', z.strictObject({ text: Text })),
    action('answer', z.strictObject({ feedback: z.boolean().optional() })),
    action(
      'suggest',
      z.strictObject({
        text: Text,
        otherwise: Text,
        choices: z.array(FlowChoice).max(3).optional(),
        atLeast: z.number().min(0).max(1).optional(),
      }),
    ),
    action('clarify', z.strictObject({ text: Text, none: Label })),
    action(
      'set',
      z.strictObject({
        slots: z.record(name, templates).optional(),
        context: z.record(name, z.union([templates, z.number(), z.boolean()])).optional(),
      }),
    ),
    action('keep', z.strictObject({ as: name, from: path })),
    action('capture', z.strictObject({ slot: name, from: path })),
    action('clear', z.strictObject({ slots: z.array(name).optional(), context: z.array(name).optional() })),
    action('count', z.strictObject({ name, by: z.number().int().optional(), to: z.number().int().optional() })),
    action('feedback', z.strictObject({ helpful: z.boolean() })),
    action('requestHandoff', z.strictObject({ reason: z.union([z.enum(HANDOFF_REASONS), path]), text: Text })),
    action('withdrawHandoff', none),
    action(
      'saveContact',
      z.strictObject({ name: template.optional(), email: template.optional(), phone: template.optional() }),
    ),
    action('rate', z.strictObject({ score: path, comment: path.optional() })),
    action('close', z.strictObject({ reason: z.enum(['silence', 'customer', 'done']) })),
  ])
  .meta({ id: 'FlowAction' });
export type FlowAction = z.infer<typeof FlowAction>;

const value = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const guards = z.array(z.lazy((): z.ZodType<FlowGuard> => FlowGuard)).min(1);

/** Everything a flow can ask before it moves. */
export type FlowGuard =
  | { type: 'has' | 'missing'; params: { slot: string } }
  | { type: 'known'; params: { path: string } }
  | { type: 'is'; params: { path: string; value: string | number | boolean | null } }
  | { type: 'decided'; params: { as: string } }
  | { type: 'ended'; params: { in: string } }
  | { type: 'counted'; params: { name: string; atLeast: number } }
  | { type: 'matches'; params: { path: string; pattern: string } }
  | { type: 'and' | 'or'; params: { guards: FlowGuard[] } }
  | { type: 'not'; params: { guard: FlowGuard } };
export const FlowGuard: z.ZodType<FlowGuard> = z
  .discriminatedUnion('type', [
    action('has', z.strictObject({ slot: name })),
    action('missing', z.strictObject({ slot: name })),
    action('known', z.strictObject({ path })),
    action('is', z.strictObject({ path, value })),
    action(
      'decided',
      z.strictObject({ as: z.enum(['answer', 'flow', 'handoff', 'clarify', 'outOfScope', 'unknown', 'again']) }),
    ),
    action('ended', z.strictObject({ in: z.string() })),
    action('counted', z.strictObject({ name, atLeast: z.number().int() })),
    action('matches', z.strictObject({ path, pattern: z.string().min(1).max(200) })),
    action('and', z.strictObject({ guards })),
    action('or', z.strictObject({ guards })),
    action('not', z.strictObject({ guard: z.lazy((): z.ZodType<FlowGuard> => FlowGuard) })),
  ])
  .meta({ id: 'FlowGuard' });

const actor = <Name extends string, Input extends z.ZodType>(src: Name, input: Input) =>
  z.strictObject({
    id: name,
    src: z.literal(src),
    input,
    onDone: z.lazy(() => Transitions),
    onError: z.lazy(() => Transitions).optional(),
  });

/** Where a transition leads and what happens on the way. Without a target the state stays. */
export const Transition = z
  .strictObject({
    target: z.string().min(1).optional(),
    guard: FlowGuard.optional(),
    actions: z.union([FlowAction, z.array(FlowAction)]).optional(),
    reenter: z.boolean().optional(),
    description: z.string().optional(),
    meta: z.record(z.string(), z.unknown()).optional(),
  })
  .meta({ id: 'FlowTransition' });
export type Transition = z.infer<typeof Transition>;

/** A target, a transition, or several of which the first whose guard holds is taken. */
export const Transitions = z
  .union([z.string().min(1), Transition, z.array(z.union([z.string().min(1), Transition]))])
  .meta({ id: 'FlowTransitions' });
export type Transitions = z.infer<typeof Transitions>;

/** Everything a flow can wait for; the answer comes back as `event.output`. */
export const FlowActor = z
  .discriminatedUnion('src', [
    actor('understand', none),
    actor('searchKnowledge', z.strictObject({ query: templates, category: z.string().max(60).optional() })),
    actor('deskStatus', none),
    actor(
      'createTicket',
      z.strictObject({
        subject: templates,
        description: templates,
        category: template,
        priority: z.union([z.enum(PRIORITIES), path]),
        attachments: name.optional(),
      }),
    ),
    actor('ticketStatus', z.strictObject({ number: template.optional() }).optional()),
    actor(
      'callHttp',
      z.strictObject({
        url: template.regex(
          /^(https?:\/\/|\{\{settings\.)/,
          'Begin with https:// or with {{settings.…}}: the customer must not choose the host.',
        ),
        timeoutMs: z.number().int().min(100).max(10_000).optional(),
      }),
    ),
    actor('runFlow', z.strictObject({ flow: template, input: z.record(name, templates).optional() })),
  ])
  .meta({ id: 'FlowActor' });
export type FlowActor = z.infer<typeof FlowActor>;

/** The delays that the installation's settings decide. */
export const DelayName = z.enum(['rateAfter', 'remindAfter', 'closeAfter']);
export type DelayName = z.infer<typeof DelayName>;
