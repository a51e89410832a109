import { createFlowCompiler } from './compile.ts';
import { activeStates, begin, decide } from './decide.ts';
import { PHRASES, say } from './test-flows.ts';
import type { MachineContext } from './ways.ts';

const CONTEXT: MachineContext = {
  slots: {},
  context: {},
  input: {},
  settings: {},
  facts: {},
  counts: {},
  locale: 'zh-TW',
  delays: { rateAfter: 120_000, remindAfter: 600_000, closeAfter: 1_200_000 },
};
const flowOf = (states: Record<string, unknown>, more: Record<string, unknown> = {}) =>
  createFlowCompiler()
    .compile({ flows: [{ id: 'main', initial: Object.keys(states)[0], states, ...more }], phrases: PHRASES })
    .flows.get('main')!;

test('what a flow does on opening is told with its first step', () => {
  const { value, deeds } = begin(flowOf({ a: { entry: [say('嗨')] } }, { entry: [say('先')] }), CONTEXT);
  expect(value).toBe('a');
  expect(
    deeds.map((deed) => deed.kind === 'action' && deed.action.type === 'say' && deed.action.params.text.en),
  ).toEqual(['先', '嗨']);
});

test('entry actions are not told again when a place is taken up', () => {
  const flow = flowOf({ a: { entry: [say('嗨')], on: { message: { actions: [say('好')] } } } });
  const step = decide(flow, 'a', CONTEXT, { type: 'message' });
  expect(step?.deeds).toHaveLength(1);
});

test('the same place, context and event give the same step, and nothing given is changed', () => {
  const flow = flowOf({
    a: { on: { message: { target: 'b', actions: [{ type: 'capture', params: { slot: 'x', from: 'event.text' } }] } } },
    b: {},
  });
  const frozen = Object.freeze({ ...CONTEXT, slots: Object.freeze({ y: '1' }) });
  const [one, two] = [1, 2].map(() => decide(flow, 'a', frozen, { type: 'message', text: '好' }));
  expect(one).toEqual(two);
  expect(one).toMatchObject({ value: 'b', context: { slots: { y: '1', x: '好' } }, ended: null });
});

test('an event without an ear is null, also when a guard refuses it', () => {
  const guard = { type: 'has', params: { slot: 'order' } };
  const flow = flowOf({ a: { on: { message: { target: 'b', guard } } }, b: {} });
  expect(decide(flow, 'a', CONTEXT, { type: 'person' })).toBeNull();
  expect(decide(flow, 'a', CONTEXT, { type: 'message' })).toBeNull();
  expect(decide(flow, 'a', { ...CONTEXT, slots: { order: '1' } }, { type: 'message' })?.value).toBe('b');
});

test('a guard sees what the actions before it remembered', () => {
  const guard = { type: 'counted', params: { name: 'tries', atLeast: 1 } };
  const flow = flowOf({
    a: { on: { message: { target: 'b', actions: [{ type: 'count', params: { name: 'tries' } }] } } },
    b: { always: [{ target: 'c', guard }] },
    c: { type: 'final' },
  });
  expect(decide(flow, 'a', CONTEXT, { type: 'message' })).toMatchObject({ value: 'c', ended: 'c' });
});

test('after is a timer that leaving the state takes away', () => {
  const flow = flowOf({ a: { after: { remindAfter: 'b', 5000: 'b' }, on: { message: 'b' } }, b: {} });
  const opening = begin(flow, CONTEXT).deeds;
  expect(opening).toEqual([
    { kind: 'timer', id: 'xstate.after.5000.main.a', event: 'xstate.after.5000.main.a', delay: 5_000 },
    { kind: 'timer', id: 'xstate.after.remindAfter.main.a', event: 'xstate.after.remindAfter.main.a', delay: 600_000 },
  ]);
  expect(decide(flow, 'a', CONTEXT, { type: 'message' })?.deeds).toEqual([
    { kind: 'untimer', id: 'xstate.after.5000.main.a' },
    { kind: 'untimer', id: 'xstate.after.remindAfter.main.a' },
  ]);
  expect(decide(flow, 'a', CONTEXT, { type: 'xstate.after.5000.main.a' })?.value).toBe('b');
});

test('an actor begins on entry, ends on exit, and its answer is an event', () => {
  const invoke = { id: 'desk', src: 'deskStatus', input: {}, onDone: 'b', onError: 'c' };
  const flow = flowOf({ a: { invoke, on: { cancel: 'c' } }, b: {}, c: {} });
  expect(begin(flow, CONTEXT).deeds).toMatchObject([{ kind: 'invoke', actor: { id: 'desk', src: 'deskStatus' } }]);
  expect(decide(flow, 'a', CONTEXT, { type: 'done.desk' })).toMatchObject({
    value: 'b',
    deeds: [{ kind: 'revoke', id: 'desk' }],
  });
  expect(decide(flow, 'a', CONTEXT, { type: 'failed.desk' })?.value).toBe('c');
});

test('a place that is none of this flow is an error and never a silent stop', () => {
  const flow = flowOf({ a: { on: { message: 'a' } } });
  expect(() => decide(flow, 'gone', CONTEXT, { type: 'message' })).toThrow();
});

test('active states are named from the outside in', () => {
  expect(activeStates('a')).toEqual(['a']);
  expect(activeStates({ a: { b: 'c' } })).toEqual(['a', 'a.b', 'a.b.c']);
  expect(activeStates(null)).toEqual([]);
});
