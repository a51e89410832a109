import * as fc from 'fast-check';
import { createFlowCompiler } from '#core/dialogue/compile.ts';
import { begin, decide, type FlowEvent } from '#core/dialogue/decide.ts';
import type { MachineContext, Step } from '#core/dialogue/ways.ts';
import { loadShippedFlows } from './flows.ts';

const DELAYS = { rateAfter: 1, remindAfter: 2, closeAfter: 3 };
const compile = () => createFlowCompiler().compile(loadShippedFlows()).flows;
const [remembering, forgetting] = [compile(), compile()];

const context = fc.record({
  slots: fc.dictionary(
    fc.constantFrom('order', 'email', 'subject', 'category'),
    fc.constantFrom('', 'SQ-20451', 'a@b.tw'),
  ),
  context: fc.dictionary(fc.constantFrom('tries', 'found', 'number'), fc.constantFrom(0, 1, 'x')),
  counts: fc.dictionary(
    fc.constantFrom('handoff', 'angry', 'starred', 'tries', 'rated'),
    fc.integer({ min: 0, max: 3 }),
  ),
});
const told = fc.record({
  text: fc.constantFrom('SQ-20451', 'T-1204', 'me@example.com', '運費怎麼算', 'hello'),
  score: fc.integer({ min: 0, max: 6 }),
  output: fc.record({
    decision: fc.constantFrom('answer', 'flow', 'handoff', 'clarify', 'outOfScope', 'unknown', 'again'),
    mood: fc.constantFrom('calm', 'angry'),
    in: fc.constantFrom('done', 'cancelled', 'failed'),
    flow: fc.constantFrom(null, 'small-talk', 'order-status'),
    found: fc.constantFrom(true, false, 0, 2),
    open: fc.boolean(),
    agents: fc.integer({ min: 0, max: 2 }),
    body: fc.record({ status: fc.constantFrom('shipped', 'packing') }),
  }),
});

test.each([...remembering.keys()])('%s goes a known way as XState goes it anew', (name) => {
  const [known, anew] = [remembering.get(name)!, forgetting.get(name)!];
  const types = [...known.machine.events, 'message'];
  const event = fc.tuple(fc.constantFrom(...types), told).map(([type, rest]): FlowEvent => ({ type, ...rest }));
  const walk = fc.property(context, fc.array(event, { maxLength: 8 }), (memory, events) => {
    const start = { input: {}, settings: {}, facts: {}, locale: 'zh-TW' as const, delays: DELAYS, ...memory };
    // Other delays make every way unknown.
    const forget = (context: MachineContext): MachineContext => ({ ...context, delays: { ...DELAYS } });
    let step: Step | null = begin(known, start);
    expect(step).toEqual(begin(anew, forget(start)));
    for (const event of events) {
      if (step.ended !== null) return;
      const next: Step | null = decide(known, step.value, step.context, event);
      expect(next).toEqual(decide(anew, step.value, forget(step.context), event));
      step = next ?? step;
    }
  });
  fc.assert(walk, { numRuns: 60 });
});
