import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { Locale, type OutboundContent } from '#core/conversation/content.schema.ts';
import { createFlowCompiler } from '#core/dialogue/compile.ts';
import { createDialogue } from '#core/dialogue/dialogue.ts';
import type { LocalLookups, TurnOutcome } from '#core/dialogue/turn.ts';
import { loadDemoFaqs } from '#flows/demo/demo-content.ts';
import { demoSearch, demoTuning, deskAt, orderAnswer } from '#flows/demo-desk.ts';
import { demoIntents, demoUnderstanding } from '#flows/demo-understanding.ts';
import { loadShippedFlows } from '#flows/flows.ts';
import { percent, table, type Row } from './figures.ts';

/**
 * What the demo shop's bot, by itself, does with long first messages that nothing was tuned on:
 * `node bench/first-messages.ts [--verbose]`. Each line of `first-messages.json` names the answers (keys of FAQs) and the
 * intents that a person at the desk would call right.
 */
const { values } = parseArgs({ options: { verbose: { type: 'boolean', default: false } } });
const Held = z.record(Locale, z.array(z.strictObject({ text: z.string(), right: z.array(z.string()).min(1) })));
const held = Held.parse(JSON.parse(fs.readFileSync(path.join(import.meta.dirname, 'first-messages.json'), 'utf8')));

const set = createFlowCompiler().compile(loadShippedFlows());
const understanding = demoUnderstanding();
const search = demoSearch();
const intents = demoIntents();
const faqs = new Map(loadDemoFaqs().map((faq) => [faq.key, faq]));
const flowOf = new Map(intents.map(({ name, route }) => [name, route.kind === 'flow' ? route.flow : route.kind]));
const now = new Date('2026-11-24T02:00:00Z');
const lookups: LocalLookups = {
  understand: (query) => understanding.now(query),
  search,
  http: ({ url }) => orderAnswer(url),
  desk: () => deskAt(now),
  ticketNumber: () => 'T-1',
  ticket: () => null,
};

function hear(text: string, locale: Locale): TurnOutcome {
  let last = 0;
  const dialogue = createDialogue({
    release: () => set,
    current: () => set,
    intents: () => intents,
    ids: { nonce: () => `n${(last += 1)}` },
    ...demoTuning(),
  });
  const events = [{ kind: 'message', seq: 1, content: { kind: 'text', text } }] as const;
  const facts = { locale, channel: 'web', contact: {} } as const;
  const outcome = dialogue.runNow({ state: null, facts, events, now }, lookups);
  if (!outcome) throw new Error(`A turn wanted something from outside the process: ${text}`);
  return outcome;
}

/** What the bot did: the key of the answer that it quoted, the intent whose flow it began, or null: it asked back. */
function doneIn({ understood, state, effects }: TurnOutcome): string | null {
  const heard = understood.get(1);
  if (heard?.answeredBy) return heard.answeredBy.id.split('.')[0]!;
  if (effects.some(({ type }) => type === 'request-handoff')) return 'talk_to_person';
  const begun = state.frames.slice(1).map(({ flow }) => flow);
  if (begun.includes('complaint')) return 'complaint';
  const led = heard?.intent ? flowOf.get(heard.intent) : undefined;
  return led !== undefined && begun.includes(led) ? heard!.intent : null;
}

const labels = (content: OutboundContent): string[] =>
  'choices' in content ? (content.choices ?? []).map(({ label }) => label) : [];

type Verdict = 'right' | 'offered' | 'asked' | 'wrong';
function judge(outcome: TurnOutcome, right: readonly string[], locale: Locale): Verdict {
  const done = doneIn(outcome);
  if (done !== null) return right.includes(done) ? 'right' : 'wrong';
  // A long title is cut on its button.
  const offered = outcome.replies.flatMap(({ content }) => labels(content)).map((label) => label.replace(/…$/, ''));
  const titles = right.map(
    (one) => faqs.get(one)?.[locale].question ?? intents.find(({ name }) => name === one)?.title[locale],
  );
  if (titles.some((title) => offered.some((label) => title?.startsWith(label)))) return 'offered';
  return outcome.understood.get(1)?.outOfScope ? 'wrong' : 'asked';
}

const rows = Locale.options.map((locale): Row => {
  const verdicts = held[locale].map(({ text, right }) => {
    const outcome = hear(text, locale);
    const verdict = judge(outcome, right, locale);
    if (values.verbose && verdict !== 'right')
      process.stdout.write(
        `${verdict.padEnd(8)}${text}\n        ${right.join(' or ')}; was ${doneIn(outcome) ?? outcome.replies.flatMap(({ content }) => labels(content)).join(' | ')}\n`,
      );
    return verdict;
  });
  const share = (verdict: Verdict): number => percent(verdicts.map((one) => one === verdict));
  return {
    language: locale,
    messages: verdicts.length.toFixed(0),
    'answered right': share('right'),
    'right one offered': share('offered'),
    'asked in vain': share('asked'),
    wrong: share('wrong'),
  };
});
process.stdout.write(`Percent of the messages\n${table(rows)}\n`);
