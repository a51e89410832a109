import { z } from 'zod';
import type { IntentChoice } from '#core/understanding/intent-model.ts';
import { NONE_OF_THESE } from './intent-prompt.ts';
import { OllamaFault } from './ollama-fault.ts';

/** What an answer is held against: the key drawn for its question, the names it may choose, the values it may fill. */
export type Expected = { answerKey: string; names: readonly string[]; wanted: readonly string[] };

/** What the model says after it has thought aloud, which some do though it is switched off; nothing while it still thinks. */
function withoutThoughts(text: string): string {
  const end = text.lastIndexOf('</think>');
  if (end >= 0) return text.slice(end);
  return text.trimStart().startsWith('<think>') ? '' : text;
}

/** The first whole JSON object in an answer, or undefined: what stands around it (thoughts, fences, blanks without end) is left out. */
export function firstObject(answer: string): string | undefined {
  const text = withoutThoughts(answer);
  const start = text.indexOf('{');
  let depth = 0;
  let inString = false;
  for (let at = start; at >= 0 && at < text.length; at++) {
    const sign = text[at];
    if (inString) {
      if (sign === '\\') at++;
      else if (sign === '"') inString = false;
    } else if (sign === '"') inString = true;
    else if (sign === '{') depth++;
    else if (sign === '}' && --depth === 0) return text.slice(start, at + 1);
  }
  return undefined;
}

/**
 * Reads the model's answer leniently, and believes it strictly: the key must be this question's own and stand there
 * once, the intent must be one of those offered. Anything else is an `OllamaFault`. Other fields, such as a
 * confidence, are not read.
 */
export function readIntentAnswer(text: string, { answerKey, names, wanted }: Expected): IntentChoice {
  const json = firstObject(text) ?? '';
  const answer = parse(json);
  const Answer = z.object({ [answerKey]: z.enum([...names, NONE_OF_THESE]) });
  const chosen = Answer.safeParse(answer);
  if (!chosen.success) throw invalid('names no intent that was offered');
  if (json.split(`"${answerKey}"`).length > 2) throw invalid('names an intent more than once');
  const name = chosen.data[answerKey]!;
  const values = z.record(z.string(), z.unknown()).parse(answer);
  const slots: Record<string, string> = {};
  for (const slot of wanted) {
    const value = values[slot];
    if (typeof value === 'string' && value.trim() !== '') slots[slot] = value.trim();
  }
  return { intent: name === NONE_OF_THESE ? null : name, slots };
}

function parse(json: string): unknown {
  if (json === '') throw invalid('has no whole JSON object in it');
  try {
    return JSON.parse(json);
  } catch {
    throw invalid('is no valid JSON');
  }
}

const invalid = (why: string): OllamaFault => new OllamaFault('invalid', `The model's answer ${why}.`);
