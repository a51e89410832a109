import { firstObject, readIntentAnswer } from './intent-answer.ts';

const expected = { answerKey: 'intent_ab', names: ['shipping', 'returns'], wanted: ['product'] };

test.each([
  [
    'as the schema has it',
    '{"intent_ab":"shipping","product":"V60"}',
    { intent: 'shipping', slots: { product: 'V60' } },
  ],
  [
    'with blanks, fences and words around it',
    'Sure:\n```json\n{"intent_ab": "returns"}\n```   ',
    { intent: 'returns', slots: {} },
  ],
  [
    'after thoughts',
    '<think>{"intent_ab": "shipping"} or not?</think>\n{"intent_ab": "returns"}',
    { intent: 'returns', slots: {} },
  ],
  ['none of them', '{"intent_ab":"none","product":""}', { intent: null, slots: {} }],
  [
    'with fields nobody asked for',
    '{"intent_ab":"shipping","confidence":0.99,"colour":"red"}',
    { intent: 'shipping', slots: {} },
  ],
  ['with a value that is no text', '{"intent_ab":"shipping","product":{"a":1}}', { intent: 'shipping', slots: {} }],
  [
    'with braces and quotes inside a text',
    '{"product":"a } \\" {","intent_ab":"shipping"}',
    { intent: 'shipping', slots: { product: 'a } " {' } },
  ],
])('an answer %s is read', (_, text, choice) => {
  expect(readIntentAnswer(text, expected)).toEqual(choice);
});

test.each([
  ['empty', ''],
  ['no JSON', 'shipping'],
  ['still thought about', '<think>{"intent_ab": "shipping"}'],
  ['cut off', '{"intent_ab":"ship'],
  ['broken', '{"intent_ab":shipping}'],
  ['another question’s', '{"intent_cd":"shipping"}'],
  ['an intent that was not offered', '{"intent_ab":"refund"}'],
  ['an intent in other letters', '{"intent_ab":"Shipping"}'],
  ['a list', '["shipping"]'],
  ['double', '{"intent_ab":"shipping","intent_ab":"returns"}'],
  ['not a number', '{"intent_ab":"shipping","confidence":NaN}'],
])('an answer that is %s is refused', (_, text) => {
  expect(() => readIntentAnswer(text, expected)).toThrow(
    expect.objectContaining({ name: 'OllamaFault', kind: 'invalid' }),
  );
});

test('an object is found once it is whole', () => {
  expect(firstObject('x {"a": {"b": "}"}')).toBeUndefined();
  expect(firstObject('x {"a": {"b": "}"}} y')).toBe('{"a": {"b": "}"}}');
});
