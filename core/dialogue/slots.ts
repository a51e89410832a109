import { extractSlots } from '#core/understanding/signals.ts';
import { findIn } from './formats.ts';
import type { Run } from './run.ts';
import type { Question } from './compile.ts';

/** Slots named in a sentence: those everyone knows, those of the flows' patterns, and those the question at hand asks for. */
export function slotsIn(run: Run, text: string, question: Question | null): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [slot, format] of run.set.slots) {
    const value = findIn(text, format);
    if (value !== undefined) found[slot] = value;
  }
  Object.assign(found, extractSlots(text));
  if (question?.type === 'ask')
    for (const [slot, format] of Object.entries(question.params.slots)) {
      const value = found[slot] ?? findIn(text, format, true);
      if (value !== undefined) found[slot] = value;
    }
  return found;
}

/** Takes values in; says which are new and which took the place of another. */
export function fill(run: Run, values: Readonly<Record<string, string>>): { added: string[]; replaced: string[] } {
  const [added, replaced]: [string[], string[]] = [[], []];
  for (const [slot, value] of Object.entries(values)) {
    const before = run.slots[slot] ?? '';
    if (before === value) continue;
    (before === '' ? added : replaced).push(slot);
    run.slots = { ...run.slots, [slot]: value };
  }
  return { added, replaced };
}
