import type { IntentInfo, Understood } from '#core/understanding/understood.ts';
import type { KnowledgeHit } from '#core/knowledge/hit.ts';
import { createFlowCompiler } from './compile.ts';
import { createDialogue } from './dialogue.ts';
import { DEFAULT_THRESHOLDS } from './meaning.ts';
import { notUnderstood } from './requests.ts';
import type { DialogueEvent, DialogueFacts, LocalLookups, TurnInput } from './turn.ts';

const both = (zh: string, en: string) => ({ 'zh-TW': zh, en });

/** Phrases for flows that tests write. */
export const PHRASES = {
  back: both('回到問題：', 'Back: '),
  again: both('再問一次：', 'Again: '),
  sameAnswer: both('同上：', 'As before: '),
  stale: both('過期了。', 'Expired.'),
  done: both('做過了。', 'Done already.'),
  mended: both('記下 {{event.value}}。', 'Noted {{event.value}}.'),
  misfit: both('看不懂。', 'Not understood.'),
  acknowledge: both('抱歉。', 'Sorry.'),
  outOfScope: both('幫不上忙。', 'Cannot help.'),
  language: both('中文。', 'English.'),
  file: both('收到檔案。', 'Got the file.'),
  broken: both('出錯了，找人來。', 'Broken, a person comes.'),
  feedback: both('謝謝。', 'Thanks.'),
  helpful: both('有幫助', 'Helpful'),
  unhelpful: both('沒幫助', 'Unhelpful'),
};

/** A text in both languages. */
export const text = both;
/** An action that says it. */
export const say = (zh: string, en = zh) => ({ type: 'say', params: { text: both(zh, en) } });

/** What the world of a test answers. */
export type World = {
  understood?: Partial<Understood>;
  hits?: readonly KnowledgeHit[];
  intents?: readonly IntentInfo[];
  lookups?: Partial<LocalLookups>;
};

/** A dialogue over flows that a test writes, with what it looks up. */
export function dialogueOf(flows: readonly unknown[], world: World = {}) {
  const set = createFlowCompiler().compile({ flows, phrases: PHRASES });
  let last = 0;
  const dialogue = createDialogue({
    release: (id) => (id === set.id ? set : undefined),
    current: () => set,
    intents: () => world.intents ?? [],
    ids: { nonce: () => `n${(last += 1)}` },
    thresholds: DEFAULT_THRESHOLDS,
    settings: { orders: 'http://orders.example' },
    delays: { rateAfter: 120_000, remindAfter: 600_000, closeAfter: 1_200_000 },
  });
  const lookups: LocalLookups = {
    understand: () => ({ ...notUnderstood(), rung: 'classifier', ...world.understood }),
    search: () => world.hits ?? [],
    http: () => ({ ok: true, body: {} }),
    desk: () => ({ open: true, agents: 1, place: 1, waitSeconds: 60, opensAt: null }),
    ticketNumber: () => 'T-1',
    ticket: () => null,
    ...world.lookups,
  };
  return { set, dialogue, lookups };
}

/** Facts of a conversation of which nothing special is known. */
export const FACTS: DialogueFacts = { locale: 'zh-TW', channel: 'web', contact: {} };
/** The moment at which turns of tests happen. */
export const NOW = new Date('2026-11-24T02:00:00Z');

/** The customer writes these, one message each. */
export const written = (first: number, ...texts: string[]): DialogueEvent[] =>
  texts.map((text, i) => ({ kind: 'message', seq: first + i, content: { kind: 'text', text } }));

/** A turn's input. */
export const turnOf = (events: readonly DialogueEvent[], state: TurnInput['state'] = null): TurnInput => ({
  state,
  facts: FACTS,
  events,
  now: NOW,
});
