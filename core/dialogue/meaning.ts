import type { Locale } from '#core/conversation/content.schema.ts';
import type { KnowledgeHit } from '#core/knowledge/hit.ts';
import { withContext } from '#core/understanding/follow-up.ts';
import { detectLocale, detectMood } from '#core/understanding/signals.ts';
import type { IntentInfo, Slots, Understood } from '#core/understanding/understood.ts';
import { isOneWord, isVague, partIn } from './hear.ts';
import { notUnderstood, type Answers, type Asking, type Request } from './requests.ts';

/** From where on the dialogue acts, each 0 to 1. */
export type Thresholds = {
  /** A found answer is quoted. */
  answer: number;
  /** A found answer is offered. */
  clarify: number;
  /** An intent is offered. */
  suggestIntent: number;
};
/** What holds when nothing is set. */
export const DEFAULT_THRESHOLDS: Thresholds = { answer: 0.6, clarify: 0.3, suggestIntent: 0.15 };

/** Something that may have been meant: shown as a button. */
export type Candidate =
  | { kind: 'faq'; id: string; title: string; locale: Locale }
  | { kind: 'intent'; intent: IntentInfo };

/** What a free text comes to. */
export type Decision =
  | { kind: 'answer'; hit: KnowledgeHit }
  | { kind: 'flow'; intent: IntentInfo; flow: string }
  | { kind: 'handoff' }
  | { kind: 'clarify'; candidates: readonly Candidate[] }
  | { kind: 'outOfScope' }
  | { kind: 'unknown' };

export type Meaning = { decision: Decision; understood: Understood; hits: readonly KnowledgeHit[] };

/** What is known when a text is read. */
export type Reading = {
  text: string;
  locale: Locale;
  before: readonly string[];
  slots: Slots;
  thresholds: Thresholds;
  intents: readonly IntentInfo[];
  /** Whether a flow of this name can be run. */
  hasFlow: (name: string) => boolean;
};

/** Most hits looked at. */
const LIMIT = 5;
const MOST_CANDIDATES = 3;

/** What an intent that points elsewhere is worth against an answer, in `match`: of those, more are wrong. */
const OBJECTION = 0.1;
/**
 * What an intent that points to an answer is worth to it: of the demo shop's questions, each left out in turn, those that
 * matched between 0.5 and 0.6 were right in 72 of 100 cases with it, as those between 0.6 and 0.7 were without.
 */
const SUPPORT = 0.1;
/** How sure one must be of a text that says nothing of its subject. */
const SURE_WHEN_VAGUE = 0.9;

/** Decides between the knowledge base, a flow, a person, and asking back. Never invents: it quotes hits or says that it does not know. */
export function* meaningOf(reading: Reading): Asking<Meaning> {
  const { text, before, slots, thresholds } = reading;
  // A number, an emoji: there is nothing to look up.
  if (!/\p{L}/u.test(text)) return { decision: { kind: 'unknown' }, understood: byItself(text), hits: [] };
  const locale = detectLocale(text) ?? reading.locale;
  const query = partIn(locale, text);
  const joined = before.length > 0 ? withContext(query, before) : query;
  const leans = joined !== query;
  const requests: Request[] = [
    { name: 'search', args: [{ text: query, locale, limit: LIMIT }] },
    { name: 'understand', args: [{ text, locale, before, slots }] },
  ];
  if (leans) requests.splice(1, 0, { name: 'search', args: [{ text: joined, locale, limit: LIMIT }] });
  const answers: Answers = yield {
    requests,
    // Word for word in the knowledge base: nobody needs to think about it.
    enough: (given) => !leans && isExact(given[0] as readonly KnowledgeHit[] | undefined),
  };
  const plain = (answers[0] ?? []) as readonly KnowledgeHit[];
  const inContext = leans ? ((answers[1] ?? []) as readonly KnowledgeHit[]) : [];
  const understood = (answers.at(-1) as Understood | undefined) ?? byItself(text, plain[0], reading.intents);
  const vague = isVague(text);
  const found = ranked(plain, inContext, understood.followUp, thresholds.answer);
  // What says nothing is found by its grammar alone.
  const hits = vague && !leans && !isExact(found) ? [] : found;
  const [best] = hits;

  if (best?.exact) return { decision: { kind: 'answer', hit: best }, understood, hits };
  const intent = reading.intents.find(({ name }) => name === understood.intent);
  // Understanding names an intent only when it is sure enough (`acceptAbove`, or the intent's own threshold).
  const doubtful = vague && understood.rung !== 'command' && understood.confidence < SURE_WHEN_VAGUE;
  const sure = understood.outOfScope || doubtful ? undefined : intent;
  if (sure?.route.kind === 'handoff') return { decision: { kind: 'handoff' }, understood, hits };
  if (sure?.route.kind === 'flow' && reading.hasFlow(sure.route.flow))
    return { decision: { kind: 'flow', intent: sure, flow: sure.route.flow }, understood, hits };

  if (understood.outOfScope && !vague) return { decision: { kind: 'outOfScope' }, understood, hits };
  const category = sure?.route.kind === 'answer' ? sure.route.category : undefined;
  const among = yield* bestFirst(hits, category, { text: joined, locale }, thresholds);
  const [top] = among;
  if (top && top.match >= neededFor(top, category, thresholds) && (leans || !isOneWord(query)))
    return { decision: { kind: 'answer', hit: top }, understood, hits: among };
  // Foreign to everything only because it says nothing: that is no question that we do not do.
  const known = vague ? { ...understood, outOfScope: false } : understood;
  return { decision: askBack(among, known, reading, { vague, category }), understood: known, hits: among };
}

/** How well an answer must match to be quoted. */
const neededFor = (hit: KnowledgeHit, category: string | undefined, { answer }: Thresholds): number =>
  category === undefined ? answer : hit.category === category ? answer - SUPPORT : answer + OBJECTION;

/** The hits, those of the intent's category first unless another fits far better. */
function* bestFirst(
  hits: readonly KnowledgeHit[],
  category: string | undefined,
  { text, locale }: { text: string; locale: Locale },
  thresholds: Thresholds,
): Asking<readonly KnowledgeHit[]> {
  const [best] = hits;
  if (category === undefined || (best?.category === category && best.match >= thresholds.answer)) return hits;
  const [found] = yield { requests: [{ name: 'search', args: [{ text, locale, category, limit: LIMIT }] }] };
  const within = (found ?? []) as readonly KnowledgeHit[];
  const elsewhere = best && best.match >= neededFor(best, category, thresholds) ? best.match : 0;
  return elsewhere > (within[0]?.match ?? 0) + 2 * OBJECTION ? hits : merged(within, hits);
}

const isExact = (hits: readonly KnowledgeHit[] | undefined): boolean => hits?.[0]?.exact === true;

const merged = (first: readonly KnowledgeHit[], more: readonly KnowledgeHit[]): KnowledgeHit[] => [
  ...first,
  ...more.filter((hit) => !first.some(({ id }) => id === hit.id)),
];

/** What leans on the last question is looked up with it first; alone it may be found word for word and yet mean another thing. */
function ranked(
  plain: readonly KnowledgeHit[],
  inContext: readonly KnowledgeHit[],
  followUp: boolean,
  answer: number,
): readonly KnowledgeHit[] {
  const [with_] = inContext;
  if (!with_) return plain;
  const [without] = plain;
  if (!without) return inContext;
  if (with_.match >= answer || (followUp && with_.match >= without.match)) return merged(inContext, plain);
  return without.match >= with_.match ? merged(plain, inContext) : merged(inContext, plain);
}

/** What can be told without asking anyone: a question found word for word is of the intent that leads to its answer. */
function byItself(text: string, hit?: KnowledgeHit, intents: readonly IntentInfo[] = []): Understood {
  const leads = ({ route }: IntentInfo): boolean => route.kind === 'answer' && route.category === hit?.category;
  const intent = (hit?.exact && intents.find(leads)?.name) || null;
  return {
    ...notUnderstood(),
    rung: 'cache',
    intent,
    confidence: hit?.match ?? 0,
    ranking: intent === null ? [] : [{ intent, confidence: 1 }],
    locale: detectLocale(text),
    mood: detectMood(text),
  };
}

/** Found answers as buttons. */
export const candidatesOf = (hits: readonly KnowledgeHit[]): Candidate[] =>
  hits.slice(0, MOST_CANDIDATES).map(({ id, title, locale }) => ({ kind: 'faq', id, title, locale }));

/** What may have been meant. A vague text is offered the likeliest, however unlikely. */
function askBack(
  hits: readonly KnowledgeHit[],
  understood: Understood,
  reading: Reading,
  { vague, category }: { vague: boolean; category: string | undefined },
): Decision {
  const { thresholds, intents, hasFlow } = reading;
  // Of a subject that is known its own questions are offered, however they match.
  const near = hits.filter((hit) => hit.match >= thresholds.clarify || hit.category === category);
  const candidates = candidatesOf(near);
  const covered = new Set(near.map(({ category }) => category));
  for (const { intent: name, confidence } of understood.outOfScope ? [] : understood.ranking) {
    if (candidates.length >= MOST_CANDIDATES || (confidence < thresholds.suggestIntent && !vague)) break;
    const intent = intents.find((one) => one.name === name);
    if (!intent || (intent.route.kind === 'answer' && covered.has(intent.route.category))) continue;
    if (intent.route.kind === 'flow' && (!hasFlow(intent.route.flow) || intent.route.flow === 'small-talk')) continue;
    candidates.push({ kind: 'intent', intent });
  }
  // One button and “none of these” is no choice: a second one comes from further down, if there is any.
  if (candidates.length === 1) {
    const second = hits.find(({ id }) => !candidates.some((one) => one.kind === 'faq' && one.id === id));
    if (second) candidates.push({ kind: 'faq', id: second.id, title: second.title, locale: second.locale });
  }
  return candidates.length > 0 ? { kind: 'clarify', candidates } : { kind: 'unknown' };
}
