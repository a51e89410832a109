import * as fc from 'fast-check';
import { isDeepStrictEqual } from 'node:util';
import { OutboundContent, type InboundContent } from '#core/conversation/content.schema.ts';
import { createFlowCompiler } from '#core/dialogue/compile.ts';
import { DialogueState } from '#core/dialogue/dialogue-state.ts';
import { createDialogue } from '#core/dialogue/dialogue.ts';
import { MOST_FRAMES } from '#core/dialogue/stack.ts';
import type { DialogueEvent, DialogueFacts, LocalLookups, TurnInput } from '#core/dialogue/turn.ts';
import { deskAt, demoSearch, demoTuning, orderAnswer } from './demo-desk.ts';
import { demoIntents, demoUnderstanding } from './demo-understanding.ts';
import { loadShippedFlows } from './flows.ts';
import { MAX_STATE } from './rehearsal.ts';

const set = createFlowCompiler().compile(loadShippedFlows());
const understanding = demoUnderstanding();
const search = demoSearch();
const intents = demoIntents();

/** What customers write, from the ordinary to the nasty. */
const words = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom(
      '你好',
      '運費怎麼算？',
      '那寄到日本呢',
      '收到的杯子破了',
      'SQ-20451',
      'amy@example.com',
      '0912345678',
      '送出',
      '取消',
      '好',
      '不用了',
      '找真人',
      '你們到底在搞什麼！！',
      'English please',
      '用中文',
      '1',
      '2',
      '5',
      '都不是',
      '沒幫助',
      '有幫助',
      '謝謝',
      '查訂單',
      'SQ-99999',
      '我的工單處理得怎麼樣了',
      '幫我寫一首詩',
      'the cup is broken',
      'write me a poem',
      'submit',
      'edit',
      '修改',
      '訂單編號在哪裡看？',
      '重新開始',
    ),
  },
  { weight: 2, arbitrary: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '字'.repeat(8_000),
      '{{slots.order}}',
      '__proto__',
      '<b>x</b>',
      '\u0000\u202e',
      '⟨送出⟩',
      '[a](http://x)',
      ' ',
      '？',
    ),
  },
);
const attachment = fc.record({
  id: fc.stringMatching(/^[a-z0-9]{1,40}$/),
  name: fc.constant('a.jpg'),
  type: fc.constant('image/jpeg'),
  bytes: fc.constant(1),
});
const content: fc.Arbitrary<InboundContent> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('text' as const), text: words }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('action' as const),
      id: fc.integer({ min: 0, max: 60 }).map((n) => `n${n}`),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('image' as const), attachment }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('rating' as const), score: fc.integer({ min: 1, max: 5 }) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('command' as const),
      name: fc.constantFrom('start', 'cancel', 'person', 'english', 'restart', 'nonsense'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('form' as const),
      id: fc.constant('f'),
      values: fc.dictionary(fc.constantFrom('email', 'order', 'x', '__proto__'), words),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('reaction' as const),
      to: fc.constant(1),
      value: fc.constantFrom('up' as const, 'down' as const),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('contact' as const), name: words.map((text) => text.slice(0, 200)) }),
  },
);
type Happening = { events: ('opened' | 'alarm' | 'returned' | 'unattended' | InboundContent)[]; minutes: number };
const happening: fc.Arbitrary<Happening> = fc.record({
  events: fc.oneof(
    { weight: 6, arbitrary: content.map((one) => [one]) },
    { weight: 1, arbitrary: fc.array(content, { minLength: 2, maxLength: 4 }) },
    {
      weight: 2,
      arbitrary: fc.constantFrom<('opened' | 'alarm' | 'returned' | 'unattended')[]>(
        ['alarm'],
        ['opened'],
        ['returned'],
        ['unattended'],
      ),
    },
  ),
  minutes: fc.constantFrom(0, 1, 3, 15),
});

/** What must hold after every turn; the reason when it does not. */
function faultOf(happenings: readonly Happening[], open: boolean, locale: 'zh-TW' | 'en'): string | null {
  let last = 0;
  const dialogue = createDialogue({
    release: () => set,
    current: () => set,
    intents: () => intents,
    ids: { nonce: () => `n${(last += 1)}` },
    ...demoTuning(),
  });
  const facts: DialogueFacts = { locale, channel: 'web', contact: {} };
  let [state, seq, now, tickets]: [TurnInput['state'], number, number, number] = [
    null,
    0,
    Date.UTC(2026, 10, 24, 2),
    0,
  ];
  const lookups: LocalLookups = {
    understand: (query) => understanding.now(query),
    search,
    http: ({ url }) => orderAnswer(url),
    desk: () => ({ ...deskAt(new Date(now)), ...(open ? {} : { open: false }) }),
    ticketNumber: () => `T-${(tickets += 1)}`,
    ticket: () => null,
  };
  for (const { events, minutes } of happenings) {
    now += minutes * 60_000;
    const told = events.map((one): DialogueEvent => {
      if (one === 'returned') return { kind: 'returned', agent: { name: '小美' } };
      if (typeof one === 'string') return { kind: one };
      return { kind: 'message', seq: (seq += 1), content: one };
    });
    const outcome = dialogue.runNow({ state, facts, events: told, now: new Date(now) }, lookups);
    if (!outcome) return 'a turn gave up';
    if (outcome.faults.length > 0) return `a flow broke: ${outcome.faults.join()}`;
    for (const { content } of outcome.replies) {
      const parsed = OutboundContent.safeParse(content);
      if (!parsed.success) return `a reply is refused: ${JSON.stringify(content)} ${parsed.error.message}`;
    }
    if (outcome.state.frames.length > MOST_FRAMES + 1) return `${outcome.state.frames.length} flows at once`;
    const json = JSON.stringify(outcome.state);
    if (Buffer.byteLength(json) >= MAX_STATE) return `the state has ${Buffer.byteLength(json)} bytes`;
    const parsed = DialogueState.parse(JSON.parse(json));
    if (!isDeepStrictEqual(parsed, JSON.parse(json))) return 'the state does not survive JSON';
    for (const event of told)
      if (event.kind === 'message' && !outcome.understood.has(event.seq))
        return `message ${event.seq} was not understood at all`;
    const handed = outcome.effects.filter(({ type }) => type === 'request-handoff').length;
    if (handed > told.length) return `${handed} persons called at once`;
    state = outcome.state.frames.length === 0 ? null : parsed;
  }
  return null;
}

test('whatever happens in whatever order, a turn ends, says what may be said, and keeps a small state', () => {
  fc.assert(
    fc.property(
      fc.array(happening, { minLength: 1, maxLength: 14 }),
      fc.boolean(),
      fc.constantFrom('zh-TW', 'en'),
      (happenings, open, locale) => {
        expect(faultOf(happenings, open, locale)).toBeNull();
      },
    ),
    { numRuns: 80 },
  );
});
