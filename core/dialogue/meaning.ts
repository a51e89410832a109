import type { Locale } from '#core/conversation/content.schema.ts';
import type { KnowledgeHit } from '#core/knowledge/hit.ts';
import { isFollowUp, withContext } from '#core/understanding/follow-up.ts';
import { detectLocale, detectMood } from '#core/understanding/signals.ts';
import type { IntentInfo, Slots, Understood } from '#core/understanding/understood.ts';
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
/** A found answer so sure that it beats “this is nothing we do”. */
const BEATS_OUT_OF_SCOPE = 0.75;

/** Decides between the knowledge base, a flow, a person, and asking back. Never invents: it quotes hits or says that it does not know. */
export function* meaningOf(reading: Reading): Asking<Meaning> {
  const { text, before, slots, thresholds } = reading;
  const locale = detectLocale(text) ?? reading.locale;
  const joined = before.length > 0 ? withContext(text, before) : text;
  const leans = joined !== text;
  const requests: Request[] = [
    { name: 'search', args: [{ text, locale, limit: LIMIT }] },
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
  const understood = (answers.at(-1) as Understood | undefined) ?? byItself(text, plain);
  const hits = ranked(plain, inContext, understood.followUp || isFollowUp(text), thresholds.answer);
  const [best] = hits;

  if (best?.exact) return { decision: { kind: 'answer', hit: best }, understood, hits };
  const intent = reading.intents.find(({ name }) => name === understood.intent);
  // Understanding names an intent only when it is sure enough (`acceptAbove`, or the intent's own threshold).
  const sure = understood.outOfScope ? undefined : intent;
  if (sure?.route.kind === 'handoff') return { decision: { kind: 'handoff' }, understood, hits };
  if (sure?.route.kind === 'flow' && reading.hasFlow(sure.route.flow))
    return { decision: { kind: 'flow', intent: sure, flow: sure.route.flow }, understood, hits };

  let among = hits;
  if (
    sure?.route.kind === 'answer' &&
    !(best && best.match >= thresholds.answer && best.category === sure.route.category)
  ) {
    const [within] = yield {
      requests: [
        {
          name: 'search',
          args: [{ text: leans ? joined : text, locale, category: sure.route.category, limit: LIMIT }],
        },
      ],
    };
    const [first] = (within ?? []) as readonly KnowledgeHit[];
    if (first && first.match >= thresholds.answer)
      return {
        decision: { kind: 'answer', hit: first },
        understood,
        hits: merged(within as readonly KnowledgeHit[], hits),
      };
    among = merged(hits, (within ?? []) as readonly KnowledgeHit[]);
  }
  const [top] = among;
  if (understood.outOfScope && !(top && top.match >= BEATS_OUT_OF_SCOPE))
    return { decision: { kind: 'outOfScope' }, understood, hits: among };
  if (top && top.match >= thresholds.answer) return { decision: { kind: 'answer', hit: top }, understood, hits: among };
  return { decision: askBack(among, understood, reading), understood, hits: among };
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

/** What can be told without asking anyone, for a question found word for word. */
const byItself = (text: string, hits: readonly KnowledgeHit[]): Understood => ({
  ...notUnderstood(),
  rung: 'cache',
  confidence: hits[0]?.match ?? 0,
  locale: detectLocale(text),
  mood: detectMood(text),
});

function askBack(hits: readonly KnowledgeHit[], understood: Understood, reading: Reading): Decision {
  const { thresholds, intents, hasFlow } = reading;
  const near = hits.filter(({ match }) => match >= thresholds.clarify);
  const candidates: Candidate[] = near
    .slice(0, MOST_CANDIDATES)
    .map(({ id, title, locale }) => ({ kind: 'faq', id, title, locale }));
  const covered = new Set(near.map(({ category }) => category));
  for (const { intent: name, confidence } of understood.outOfScope ? [] : understood.ranking) {
    if (candidates.length >= MOST_CANDIDATES || confidence < thresholds.suggestIntent) break;
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
