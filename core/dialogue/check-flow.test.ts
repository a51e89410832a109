import { checkFlow } from './check-flow.ts';

const TEXT = { 'zh-TW': '好', en: 'Good' };
const say = { type: 'say', params: { text: TEXT } };
const LABEL = { 'zh-TW': '好', en: 'Yes' };

/** Faults of a flow whose states are given, as `place: message`. */
function faults(states: Record<string, unknown>, more: Record<string, unknown> = {}, names: string[] = []): string[] {
  const initial = Object.keys(states)[0];
  const result = checkFlow({ id: 'x', initial, states, ...more }, new Set(['x', ...names]));
  return 'errors' in result ? result.errors.map(({ path, message }) => `${path}: ${message}`) : [];
}

test('a sound flow has no fault', () => {
  expect(faults({ a: { on: { message: 'b' } }, b: { type: 'final', entry: [say] } })).toEqual([]);
});

test('a target that is no state is named with its place', () => {
  const on = { answer: [{ target: 'a', guard: { type: 'has', params: { slot: 'order' } } }, { target: 'nowhere' }] };
  expect(faults({ a: { on } })).toEqual(['states.a.on.answer[1].target: There is no state “nowhere”.']);
});

test('targets may be siblings, children, ids and paths from the root', () => {
  const states = {
    a: {
      initial: 'one',
      states: { one: { on: { message: 'two' } }, two: { on: { message: '#x.b' } } },
      on: { cancel: '.two' },
    },
    b: { id: 'bee', on: { message: '#bee', person: 'a.two' } },
  };
  expect(faults(states)).toEqual([]);
});

test('an unknown action, guard or actor is named, with those that there are', () => {
  expect(faults({ a: { entry: { type: 'shout', params: {} } } })).toEqual([
    expect.stringMatching(/^states\.a\.entry\.type: There is no name “shout”\. Known are: say, notice, ask,/),
  ]);
  expect(faults({ a: { on: { message: { target: 'a', guard: { type: 'isRich', params: {} } } } } })).toEqual([
    expect.stringMatching(/^states\.a\.on\.message\.guard\.type: There is no name “isRich”/),
  ]);
  expect(faults({ a: { invoke: { id: 'i', src: 'shell', input: {}, onDone: 'a' } } })).toEqual([
    expect.stringMatching(/^states\.a\.invoke\.src: There is no actor “shell”/),
  ]);
});

test('a text that lacks a language is missing it', () => {
  expect(faults({ a: { entry: [say, { type: 'say', params: { text: { en: 'Hi' } } }] } })).toEqual([
    'states.a.entry[1].params.text.zh-TW: This is missing.',
  ]);
});

test('a wrong parameter is named where it stands', () => {
  expect(
    faults({ a: { on: { message: [{ target: 'a', guard: { type: 'has', params: { slt: 'order' } } }] } } }),
  ).toEqual([
    'states.a.on.message[0].guard.params.slot: This is missing (string).',
    'states.a.on.message[0].guard.params: “slt” is not known here.',
  ]);
});

test('a state that nothing leads to is named', () => {
  expect(faults({ a: {}, b: {}, c: { on: { message: 'b' } } })).toEqual([
    'states.b: Nothing leads to this state.',
    'states.c: Nothing leads to this state.',
  ]);
});

test('a circle of always is refused, through compound states too', () => {
  const guard = { type: 'has', params: { slot: 'order' } };
  expect(faults({ a: { always: 'b' }, b: { always: [{ target: 'a', guard }] } })).toEqual([
    'states.a.always: This never ends: a → b → a.',
  ]);
  expect(faults({ a: { always: 'a' } })).toEqual(['states.a.always: This never ends: a → a.']);
  expect(faults({ a: { always: 'b' }, b: { initial: 'in', states: { in: { always: '#x.a' } } } })).toEqual([
    'states.a.always: This never ends: a → in → a.',
  ]);
});

test('an always that leads nowhere would run for ever', () => {
  expect(faults({ a: { always: { actions: [say] } } })).toEqual([
    'states.a.always: An always transition must lead to another state.',
  ]);
});

test('an event that nothing sends is named', () => {
  expect(faults({ a: { on: { mesage: 'a' } } })).toEqual([
    expect.stringMatching(/^states\.a\.on\.mesage: Nothing ever sends “mesage”/),
  ]);
});

test('a delay of nothing, or of less than a second, is refused', () => {
  expect(faults({ a: { after: { 0: 'a' } } })).toHaveLength(1);
  expect(faults({ a: { after: { 500: 'a' } } })).toEqual([
    'states.a.after.500: A delay is at least 1000 milliseconds.',
  ]);
  expect(faults({ a: { after: { remindAfter: 'a', 5000: 'a' } } })).toEqual([]);
});

test('a sub-flow that is not published with it is named', () => {
  const invoke = { id: 'i', src: 'runFlow', input: { flow: 'refund' }, onDone: 'a' };
  expect(faults({ a: { invoke } })).toEqual(['states.a.invoke.input.flow: There is no flow “refund”.']);
  expect(faults({ a: { invoke } }, {}, ['refund'])).toEqual([]);
});

test('a button or an answer that leads nowhere is named', () => {
  const choices = [{ value: 'yes', label: LABEL }];
  const ask = { type: 'ask', params: { slots: { name: { format: 'text' } }, text: TEXT, choices } };
  expect(faults({ a: { entry: [ask] } })).toEqual([
    'states.a.on: The answer leads nowhere: add “answer”.',
    'states.a.on: The button “yes” leads nowhere: add “choose.yes”.',
  ]);
  expect(faults({ a: { entry: [ask], on: { 'choose.*': 'a' } } }, { on: { answer: '.a' } })).toEqual([]);
});

test('a question stands in an entry alone, and one a state', () => {
  const offer = { type: 'offer', params: { text: TEXT, choices: [{ value: 'yes', label: LABEL }] } };
  const on = { 'choose.yes': 'a' };
  expect(faults({ a: { entry: [offer, offer], on } })).toEqual(['states.a.entry: A state puts one question at most.']);
  expect(faults({ a: { on: { message: { actions: [offer] } } } })).toEqual([
    expect.stringMatching(/^states\.a\.on\.message\.actions: “offer” puts a question/),
  ]);
});

test('a template with a wrong path or filter is named', () => {
  const at = (text: string) =>
    faults({ a: { entry: [{ type: 'say', params: { text: { 'zh-TW': text, en: 'x' } } }] } });
  expect(at('{{order}}')).toEqual([
    expect.stringMatching(/^states\.a\.entry\[0\]\.params\.text\.zh-TW: \{\{order\}\} is no path/),
  ]);
  expect(at('{{slots.order|shout}}')).toEqual([expect.stringMatching(/no filter “shout”/)]);
  expect(at('{{slots.order')).toEqual([expect.stringMatching(/not closed/)]);
  expect(at('{{slots.order|upper|or:沒有}}')).toEqual([]);
});

test('a pattern that RE2 does not run is refused', () => {
  const guard = { type: 'matches', params: { path: 'slots.order', pattern: '(a)\\1' } };
  expect(faults({ a: { on: { message: { target: 'a', guard } } } })).toEqual([
    expect.stringMatching(/^states\.a\.on\.message\.guard\.params\.pattern: This is no RE2 pattern/),
  ]);
});

test('the customer cannot choose the host of a call', () => {
  const invoke = { id: 'i', src: 'callHttp', input: { url: '{{slots.order}}/x' }, onDone: 'a' };
  expect(faults({ a: { invoke } })).toEqual([
    expect.stringMatching(/^states\.a\.invoke\.input\.url: .*choose the host/),
  ]);
});

test('a final state has ended, and stands at the top', () => {
  expect(faults({ a: { type: 'final', on: { message: 'a' } } })).toEqual([
    expect.stringMatching(/^states\.a: A final state/),
  ]);
  expect(faults({ a: { initial: 'b', states: { b: { type: 'final' } } } })).toEqual([
    'states.a.states.b.type: A final state must stand at the top level of its flow.',
  ]);
});

test('two actors with one id, and a compound state without a beginning, are named', () => {
  const invoke = { id: 'i', src: 'deskStatus', input: {}, onDone: 'b' };
  expect(faults({ a: { invoke }, b: { invoke } })).toEqual([
    'states.b.invoke.id: “i” is the id of another actor already.',
  ]);
  expect(faults({ a: { states: { b: {} } } })).toEqual([
    'states.a.initial: There is no state “” here to begin with.',
    'states.a.states.b: Nothing leads to this state.',
  ]);
});

test('what is no flow at all is said to be missing its parts', () => {
  expect(checkFlow(null, new Set())).toEqual({ errors: [expect.objectContaining({ path: '' })] });
  expect(checkFlow({ id: 'x' }, new Set())).toMatchObject({ errors: [{ path: 'initial' }, { path: 'states' }] });
});

test('more than three lines at once are too many', () => {
  const text = { 'zh-TW': '一\n二\n三\n四', en: 'x' };
  expect(faults({ a: { entry: [{ type: 'say', params: { text } }] } })).toEqual([
    expect.stringMatching(/^states\.a\.entry\[0\]\.params\.text\.zh-TW: Say it in at most three lines/),
  ]);
});
