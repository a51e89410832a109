import fs from 'node:fs';
import { createMachine } from 'xstate';
import { checkFlow } from '#core/dialogue/check-flow.ts';
import { createFlowCompiler } from '#core/dialogue/compile.ts';
import { Flow, flowJsonSchema } from '#core/dialogue/flow.schema.ts';
import { loadDemoIntents } from './demo/demo-content.ts';
import { loadShippedFlows } from './flows.ts';
import { FLOW_SCHEMA } from './write-schema.ts';

const shipped = loadShippedFlows();

test('the shipped flows have no fault', () => {
  const names = new Set(shipped.flows.map((flow) => Flow.parse(flow).id));
  expect(shipped.flows.map((flow) => checkFlow(flow, names)).filter((result) => 'errors' in result)).toEqual([]);
  expect(createFlowCompiler().compile(shipped).flows.size).toBe(names.size);
});

test('a flow is a machine configuration as XState itself takes it', () => {
  for (const flow of shipped.flows) {
    const machine = createMachine(flow as Parameters<typeof createMachine>[0]);
    expect(machine.root.states).not.toEqual({});
  }
});

test('every flow that an intent of the demo shop leads to is there', () => {
  const { flows } = createFlowCompiler().compile(shipped);
  const wanted = loadDemoIntents().flatMap(({ route }) => (route.kind === 'flow' ? [route.flow] : []));
  expect(wanted.filter((name) => !flows.has(name))).toEqual([]);
});

test('the JSON Schema beside the flows is the one of the code', () => {
  expect(JSON.parse(fs.readFileSync(FLOW_SCHEMA, 'utf8'))).toEqual(flowJsonSchema());
});

/** Every text of ours, with the language it stands in. */
function* texts(value: unknown, language?: string): Generator<{ language: string; text: string }> {
  if (typeof value === 'string' && language !== undefined) yield { language, text: value };
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value))
    yield* texts(inner, key === 'zh-TW' || key === 'en' ? key : Array.isArray(value) ? language : undefined);
}
const all = [...texts(shipped)];

test('no text of ours shouts', () => {
  expect(all.filter(({ text }) => /[!！]/.test(text))).toEqual([]);
});

test('Chinese texts use full-width marks and 您, and a space between Han and Latin letters', () => {
  const wrong = all
    .filter(({ language }) => language === 'zh-TW')
    .map(({ text }) => text.replace(/\{\{[^}]*\}\}/g, '〇'))
    .filter((text) => /\p{Script=Han}[,?;]|你|親愛|\p{Script=Han}[A-Za-z]|[A-Za-z]\p{Script=Han}/u.test(text));
  expect(wrong).toEqual([]);
});

test('English texts hold no Chinese', () => {
  expect(all.filter(({ language, text }) => language === 'en' && /\p{Script=Han}/u.test(text))).toEqual([]);
});
