import { Problem } from '#core/errors.ts';
import { createFlowCompiler } from './compile.ts';
import { PHRASES } from './test-flows.ts';

const main = (states: Record<string, unknown> = { idle: {} }) => ({
  id: 'main',
  initial: Object.keys(states)[0],
  states,
});

const faultsOf = (sources: { flows: unknown[]; phrases: unknown }): string[] => {
  try {
    createFlowCompiler().compile(sources);
    return [];
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return error.errors.map(({ path, message }) => `${path} ${message}`);
  }
};

test('a flow is compiled once for each version', () => {
  const { compile } = createFlowCompiler();
  const one = compile({ flows: [main()], phrases: PHRASES });
  const same = compile({ flows: [main()], phrases: PHRASES });
  const other = compile({
    flows: [main(), { id: 'second', initial: 'a', states: { a: {} } }],
    phrases: PHRASES,
  });
  expect(same.flows.get('main')).toBe(one.flows.get('main'));
  expect(other.flows.get('main')).toBe(one.flows.get('main'));
  expect(same.id).toBe(one.id);
  expect(other.id).not.toBe(one.id);
});

test('every fault of every flow is told at once, with the flow and the place', () => {
  const broken = { id: 'order', initial: 'a', states: { a: { on: { message: 'b' } } } };
  const { back: _, ...less } = PHRASES;
  expect(faultsOf({ flows: [broken, broken, null], phrases: less })).toEqual([
    'order: states.a.on.message.target There is no state “b”.',
    'order: states.a.on.message.target There is no state “b”.',
    expect.stringMatching(/^flow without id: /),
    expect.stringMatching(/^main: id There is no flow “main”/),
    'phrases: back This is missing (object).',
  ]);
  expect(faultsOf({ flows: [main(), main()], phrases: PHRASES })).toEqual(['main: id Another flow has this id.']);
});

test('a sub-flow that is gone is a fault although the flow was compiled before', () => {
  const { compile } = createFlowCompiler();
  const flow = main({ a: { invoke: { id: 'sub', src: 'runFlow', input: { flow: 'sub' }, onDone: 'a' } } });
  const sub = { id: 'sub', initial: 'a', states: { a: { type: 'final' } } };
  compile({ flows: [flow, sub], phrases: PHRASES });
  expect(() => compile({ flows: [flow], phrases: PHRASES })).toThrow('The flows cannot run as they are.');
});

test('slots with a pattern of their own are known to the whole set', () => {
  const ask = {
    type: 'ask',
    params: { slots: { order: { pattern: 'SQ\\d+' }, note: { format: 'text' } }, text: PHRASES.back },
  };
  const { slots } = createFlowCompiler().compile({
    flows: [main({ a: { entry: [ask], on: { answer: 'a' } } })],
    phrases: PHRASES,
  });
  expect([...slots.keys()]).toEqual(['order']);
});

test('a release is the same in whatever order its flows and their keys come', () => {
  const second = { id: 'second', initial: 'a', states: { a: { on: { message: 'b' }, tags: 'x' }, b: {} } };
  const turned = { states: { b: {}, a: { tags: 'x', on: { message: 'b' } } }, initial: 'a', id: 'second' };
  const { compile } = createFlowCompiler();
  const one = compile({ flows: [main(), second], phrases: PHRASES });
  const two = compile({ flows: [turned, main()], phrases: PHRASES });
  expect(two.id).toBe(one.id);
});
