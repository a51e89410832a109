import { z } from 'zod';

const line = z
  .string()
  .min(1)
  .max(1_000)
  .regex(/^[^\n]*(\n[^\n]*){0,2}$/, 'Say it in at most three lines.');
const lines = z.union([line, z.array(line).min(1).max(8)]);

/** A text of ours in every language; several wordings may stand in a list, so that nothing is said twice in a row. */
export const Text = z.strictObject({ 'zh-TW': lines, en: lines }).meta({
  id: 'FlowText',
  description:
    'What the bot says, in both languages; several wordings may stand in a list. `{{slots.order}}` and the like are filled in.',
});
export type Text = z.infer<typeof Text>;

const label = z.string().min(1).max(40);
/** Words of a button in every language. */
export const Label = z
  .strictObject({ 'zh-TW': label, en: label })
  .meta({ id: 'FlowLabel', description: 'The words of a button, in both languages.' });
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
  .meta({
    id: 'FlowChoice',
    description: 'A button. Pressed, typed in either language, or by its number it is the event `choose.<value>`.',
  });
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
  .meta({
    id: 'FlowSlotFormat',
    description: 'What a slot takes: a built-in format, or a pattern (RE2) that is also found inside sentences.',
  });
export type SlotFormat = z.infer<typeof SlotFormat>;

const none = z.strictObject({}).optional();
const action = <Name extends string, Params extends z.ZodType>(type: Name, params: Params, says: string) =>
  z.strictObject({ type: z.literal(type), params }).describe(says);

/** Everything a flow can do. */
export const FlowAction = z
  .discriminatedUnion('type', [
    action('say', z.strictObject({ text: Text }), 'Says `text`.'),
    action(
      'notice',
      z.strictObject({ text: Text, topic: z.enum(['queue', 'hours', 'closing', 'closed', 'ticket', 'busy']) }),
      'Says `text` as a system line about `topic`.',
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
      'Asks for `slots`; any of them answers it (event `answer`). `again`: other words for the second time; `hint`: what an answer looks like; `choices`: buttons beside it. One question a state, in `entry`.',
    ),
    action(
      'offer',
      z.strictObject({
        text: Text,
        again: Text.optional(),
        choices: z.array(FlowChoice).min(1).max(10),
        hold: z.boolean().optional(),
      }),
      'Buttons (event `choose.<value>`). With `hold` it waits for one of them whatever else is said.',
    ),
    action('askRating', z.strictObject({ text: Text }), 'Five stars: `choose.1` to `choose.5`.'),
    action(
      'answer',
      z.strictObject({ feedback: z.boolean().optional() }),
      'Quotes what was found, with its source; `feedback`: with buttons for helpful and not (`choose.helpful`, `choose.unhelpful`).',
    ),
    action(
      'suggest',
      z.strictObject({
        text: Text,
        otherwise: Text,
        choices: z.array(FlowChoice).max(3).optional(),
        atLeast: z.number().min(0).max(1).optional(),
      }),
      'Related answers of the last search as buttons, or `otherwise` when there are none; `atLeast`: how related, 0 to 1.',
    ),
    action(
      'clarify',
      z.strictObject({ text: Text, none: Label }),
      'The two or three likeliest meanings as buttons, and `none` (`choose.none`).',
    ),
    action(
      'set',
      z.strictObject({
        slots: z.record(name, templates).optional(),
        context: z.record(name, z.union([templates, z.number(), z.boolean()])).optional(),
      }),
      'Sets slots and context from templates, numbers, booleans.',
    ),
    action('keep', z.strictObject({ as: name, from: path }), 'Keeps the value at the path `from` in the context `as`.'),
    action('capture', z.strictObject({ slot: name, from: path }), 'Keeps the value at the path `from` in a slot.'),
    action(
      'clear',
      z.strictObject({ slots: z.array(name).optional(), context: z.array(name).optional() }),
      'Forgets slots and context; what is forgotten is asked anew.',
    ),
    action(
      'count',
      z.strictObject({ name, by: z.number().int().optional(), to: z.number().int().optional() }),
      'Counts `name` up (`by`), or sets it (`to`).',
    ),
    action('feedback', z.strictObject({ helpful: z.boolean() }), 'Records whether the last answer helped.'),
    action(
      'requestHandoff',
      z.strictObject({ reason: z.union([z.enum(HANDOFF_REASONS), path]), text: Text }),
      'Puts the customer in the queue for a person.',
    ),
    action('withdrawHandoff', none, 'Takes the customer out of the queue.'),
    action(
      'saveContact',
      z.strictObject({ name: template.optional(), email: template.optional(), phone: template.optional() }),
      'Keeps how the customer can be reached.',
    ),
    action(
      'rate',
      z.strictObject({ score: path, comment: path.optional() }),
      'Records the rating at the path `score`.',
    ),
    action('close', z.strictObject({ reason: z.enum(['silence', 'customer', 'done']) }), 'Ends the conversation.'),
  ])
  .meta({ id: 'FlowAction', description: 'Something that is said or done.' });
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
    action('has', z.strictObject({ slot: name }), 'The slot is filled.'),
    action('missing', z.strictObject({ slot: name }), 'The slot is not filled.'),
    action('known', z.strictObject({ path }), 'Something stands at the path.'),
    action('is', z.strictObject({ path, value }), 'Exactly this value stands at the path.'),
    action(
      'decided',
      z.strictObject({ as: z.enum(['answer', 'flow', 'handoff', 'clarify', 'outOfScope', 'unknown', 'again']) }),
      'What `understand` came to.',
    ),
    action('ended', z.strictObject({ in: z.string() }), 'The name of the final state that the sub-flow came to.'),
    action('counted', z.strictObject({ name, atLeast: z.number().int() }), 'The counter has come so far.'),
    action(
      'matches',
      z.strictObject({ path, pattern: z.string().min(1).max(200) }),
      'The pattern (RE2, either case) occurs in the text at the path.',
    ),
    action('and', z.strictObject({ guards }), 'All of them hold.'),
    action('or', z.strictObject({ guards }), 'One of them holds.'),
    action('not', z.strictObject({ guard: z.lazy((): z.ZodType<FlowGuard> => FlowGuard) }), 'It does not hold.'),
  ])
  .meta({ id: 'FlowGuard', description: 'Something that must hold.' });

const actor = <Name extends string, Input extends z.ZodType>(src: Name, input: Input, says: string) =>
  z
    .strictObject({
      id: name,
      src: z.literal(src),
      input,
      onDone: z.lazy(() => Transitions),
      onError: z.lazy(() => Transitions).optional(),
    })
    .describe(says);

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
  .meta({
    id: 'FlowTransition',
    description: 'Where it goes and what happens on the way. Without a target the state stays.',
  });
export type Transition = z.infer<typeof Transition>;

/** A target, a transition, or several of which the first whose guard holds is taken. */
export const Transitions = z
  .union([z.string().min(1), Transition, z.array(z.union([z.string().min(1), Transition]))])
  .meta({
    id: 'FlowTransitions',
    description:
      'The name of a state (`.name`: one below), a transition, or a list of which the first that may is taken.',
  });
export type Transitions = z.infer<typeof Transitions>;

/** Everything a flow can wait for; the answer comes back as `event.output`. */
export const FlowActor = z
  .discriminatedUnion('src', [
    actor('understand', none, 'What the last message means; `decided` reads it.'),
    actor(
      'searchKnowledge',
      z.strictObject({ query: templates, category: z.string().max(60).optional() }),
      'Searches the knowledge base for `query`.',
    ),
    actor('deskStatus', none, 'How it stands with people.'),
    actor(
      'createTicket',
      z.strictObject({
        subject: templates,
        description: templates,
        category: template,
        priority: z.union([z.enum(PRIORITIES), path]),
        attachments: name.optional(),
      }),
      'Files a ticket; its number is `event.output.number`.',
    ),
    actor(
      'ticketStatus',
      z.strictObject({ number: template.optional() }).optional(),
      'How a ticket stands; without `number` the newest.',
    ),
    actor(
      'callHttp',
      z.strictObject({
        url: template.regex(
          /^(https?:\/\/|\{\{settings\.)/,
          'Begin with https:// or with {{settings.…}}: the customer must not choose the host.',
        ),
        timeoutMs: z.number().int().min(100).max(10_000).optional(),
      }),
      'Reads an address (GET); `event.output.body`.',
    ),
    actor(
      'runFlow',
      z.strictObject({ flow: template, input: z.record(name, templates).optional() }),
      'Runs another flow; `event.output.in` is the final state that it came to.',
    ),
  ])
  .meta({ id: 'FlowActor', description: 'Something that is waited for; its answer is `event.output`.' });
export type FlowActor = z.infer<typeof FlowActor>;

/** The delays that the installation's settings decide. */
export const DelayName = z.enum(['rateAfter', 'remindAfter', 'closeAfter']);
export type DelayName = z.infer<typeof DelayName>;
