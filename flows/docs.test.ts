import fs from 'node:fs';
import path from 'node:path';
import { checkFlow, FLOW_EVENTS } from '#core/dialogue/check-flow.ts';
import { FILTER_NAMES } from '#core/dialogue/template.ts';
import { FlowAction, FlowActor, FlowGuard } from '#core/dialogue/vocabulary.schema.ts';

const page = fs.readFileSync(path.join(import.meta.dirname, '../docs/flows.md'), 'utf8');
const section = (title: string): string => page.split(`\n## ${title}\n`)[1]!.split('\n## ')[0]!;

/** The JSON values of the section's example, which stand one after the other. */
function examples(title: string): Record<string, unknown>[] {
  const block = /```json\n([\s\S]*?)```/.exec(section(title))![1]!;
  const values: Record<string, unknown>[] = [];
  let text = '';
  for (const line of block.split('\n')) {
    text += line;
    try {
      values.push(JSON.parse(text) as Record<string, unknown>);
      text = '';
    } catch {
      // Goes on in the next line.
    }
  }
  expect(text.trim()).toBe('');
  return values;
}

test.each([
  ['Actions', FlowAction, 'type'],
  ['Guards', FlowGuard, 'type'],
  ['Actors', FlowActor, 'src'],
] as const)('docs/flows.md: %s has one valid example each', (title, schema, key) => {
  const given = examples(title);
  for (const example of given) expect(schema.safeParse(example)).toMatchObject({ success: true });
  const known = (schema as unknown as { options: { shape: Record<string, { value: string }> }[] }).options.map(
    ({ shape }) => shape[key]!.value,
  );
  expect(new Set(given.map((example) => example[key]))).toEqual(new Set(known));
  expect(given).toHaveLength(known.length);
});

test('docs/flows.md: the flow at the top has no fault', () => {
  const flow: unknown = JSON.parse(/```json\n([\s\S]*?)```/.exec(page)![1]!);
  expect(checkFlow(flow, new Set(['callback']))).not.toHaveProperty('errors');
});

test('docs/flows.md names every event and every filter', () => {
  expect([...FLOW_EVENTS].filter((event) => !section('Events').includes(`\`${event}\``))).toEqual([]);
  expect(FILTER_NAMES.filter((filter) => !section('Templates').includes(`\`${filter}\``))).toEqual([]);
});
