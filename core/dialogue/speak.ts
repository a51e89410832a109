import type { AnswerSource, Choice, Locale, OutboundContent } from '#core/conversation/content.schema.ts';
import { MAX_TEXT } from '#core/conversation/content.schema.ts';
import type { Offer } from './dialogue-state.ts';
import { render, type Scope } from './template.ts';
import type { Reply } from './turn.ts';
import type { FlowChoice, Text } from './vocabulary.schema.ts';

/** A reply in the making. */
type Draft = {
  content: OutboundContent;
  seqs: number[];
  /** `line`: words of ours, which may be joined; `question`: only the last one stands; `answer`: quoted, stands as it is. */
  kind: 'line' | 'question' | 'answer';
  /** Its first wording, by which the same words to another message of this turn are known. */
  base?: string;
};

/** A button before it has an id. */
export type Button = { value: string; labels: Readonly<Record<string, string>>; style?: FlowChoice['style'] };

/** How much of a sentence is compared, in UTF-16 units. */
const COMPARED = 120;
/** Sentences remembered. */
const REMEMBERED = 2;
/** Longest label that every channel can show. */
const MAX_LABEL = 60;

const shown = (text: string): string => cut(text.trim() || '…', MAX_TEXT);
const cut = (text: string, length: number): string => (text.length > length ? `${text.slice(0, length - 1)}…` : text);

/** What a speaker is made with. */
export type SpeakerTools = {
  nonce: () => string;
  locale: () => Locale;
  again: Text;
  sameAnswer: Text;
  said: readonly string[];
  offers: readonly Offer[];
};

/** Collects what a turn says. Knows the offers that stand and what was said last. */
export function createSpeaker(tools: SpeakerTools) {
  const drafts: Draft[] = [];
  let said = [...tools.said];
  /** Offers of earlier turns stand until this turn makes new ones. */
  let offers = [...tools.offers];
  let made: Offer[] = [];
  let seqs: readonly number[] = [];

  const variants = (text: Text): readonly string[] => {
    const words = text[tools.locale()];
    return typeof words === 'string' ? [words] : words;
  };
  const wasSaid = (line: string): boolean => said.includes(line.slice(0, COMPARED));
  const lastSaid = (line: string): boolean => said.at(-1) === line.slice(0, COMPARED);
  const first = (text: Text): string => variants(text)[0] ?? '';
  const remember = (line: string): void => {
    said = [...said, line.slice(0, COMPARED)].slice(-REMEMBERED);
  };

  /** The first wording that was not said just now; when there is none, one that says it again. */
  function word(text: Text, scope: Scope, asks: boolean): string {
    const lines = variants(text).map((line) => tidy(render(line, scope)));
    const fresh = lines.find((line) => !wasSaid(line));
    if (fresh !== undefined) return fresh;
    const line = lines.find((each) => !lastSaid(each)) ?? lines[0] ?? '';
    if (asks) return first(tools.again) + line;
    return lastSaid(line) ? first(tools.sameAnswer) + line : line;
  }

  function push(content: OutboundContent, kind: Draft['kind']): void {
    if ('text' in content && content.text !== undefined) remember(content.text);
    drafts.push({ content, kind, seqs: [...seqs] });
  }

  function offer(buttons: readonly Button[]): Choice[] {
    const of = (made.at(-1)?.of ?? -1) + 1;
    return buttons.map(({ value, labels, style }): Choice => {
      const id = tools.nonce();
      const strong = style === 'primary' || style === 'danger' ? style : undefined;
      made.push({ id, value, labels: { ...labels }, of, ...(strong && { style: strong }) });
      const label = cut(labels[tools.locale()] ?? Object.values(labels)[0] ?? value, MAX_LABEL);
      return { id, label, ...(strong && { style: strong }) };
    });
  }

  return {
    /** The customer's messages that what follows answers. */
    answering(to: readonly number[]): void {
      seqs = to;
    },
    say(text: Text, scope: Scope): void {
      const base = tidy(render(variants(text)[0] ?? '', scope));
      const same = drafts.find((draft) => draft.base === base && !seqs.every((seq) => draft.seqs.includes(seq)));
      if (same) same.seqs.push(...seqs);
      else if (base !== '') {
        push({ kind: 'text', text: shown(word(text, scope, false)) }, 'line');
        drafts.at(-1)!.base = base;
      }
    },
    notice(text: Text, topic: 'queue' | 'hours' | 'closing' | 'closed' | 'ticket' | 'busy', scope: Scope): void {
      push({ kind: 'system', text: shown(word(text, scope, false)), topic }, 'answer');
    },
    queued(text: Text, scope: Scope): void {
      push({ kind: 'handoff_notice', text: shown(word(text, scope, false)), phase: 'queued' }, 'answer');
    },
    /** A question; `lead` is put before it. One that is `held` makes way when the talk of this turn moved past it. */
    ask(text: Text, buttons: readonly Button[], scope: Scope, { held, lead }: { held: boolean; lead?: Text }): void {
      const line = lead ? first(lead) + word(text, scope, false) : word(text, scope, true);
      const whole = shown(line);
      if (buttons.length === 0) {
        offers = [];
        push({ kind: 'text', text: whole }, held ? 'question' : 'answer');
      } else push({ kind: 'quick_replies', text: whole, choices: offer(buttons) }, held ? 'question' : 'answer');
    },
    askRating(text: Text, comment: boolean, scope: Scope): void {
      const stars = [1, 2, 3, 4, 5].map((score) => {
        const label = '★'.repeat(score);
        return { value: `choose.${score}`, labels: { 'zh-TW': label, en: label } };
      });
      push({ kind: 'csat', text: shown(word(text, scope, true)), choices: offer(stars), comment }, 'answer');
    },
    /** Quotes an answer with its source. */
    quote(answer: string, source: AnswerSource, buttons: readonly Button[]): void {
      const line = lastSaid(answer) ? `${first(tools.sameAnswer)}${answer}` : answer;
      const content: OutboundContent =
        buttons.length === 0
          ? { kind: 'text', text: shown(line), source }
          : { kind: 'quick_replies', text: shown(line), choices: offer(buttons), source };
      push(content, 'answer');
    },
    /** The customer's message is answered by what answered an earlier one of this turn. */
    alsoAnswers(earlier: number, seq: number): void {
      for (const draft of drafts) if (draft.seqs.includes(earlier) && !draft.seqs.includes(seq)) draft.seqs.push(seq);
    },
    /** Whether anything was said to this message. */
    answered: (seq: number): boolean => drafts.some((draft) => draft.seqs.includes(seq)),
    offers: (): readonly Offer[] => (made.length > 0 ? made : offers),
    /** One of the offers that stand was taken, and with it those beside it; or all, when it was answered in words. */
    spend(taken?: Offer): readonly Offer[] {
      const goes = (offer: Offer): boolean => taken === undefined || offer.of === taken.of;
      const standing = made.length > 0 ? made : offers;
      const spent = standing.filter(goes);
      if (made.length > 0) made = made.filter((offer) => !goes(offer));
      offers = made.length > 0 ? [] : standing.filter((offer) => !goes(offer));
      return spent;
    },
    said: (): string[] => said,
    /** The replies: overtaken questions left out, words of ours to the same message joined, dead buttons taken off. */
    replies(): Reply[] {
      const live = new Set((made.length > 0 ? made : offers).map(({ id }) => id));
      const lastQuestion = drafts.findLastIndex(({ kind }) => kind === 'question');
      const kept: Draft[] = [];
      const orphans: number[] = [];
      drafts.forEach((draft, i) => {
        if (draft.kind === 'question' && i < lastQuestion && drafts.slice(i + 1).some(({ seqs }) => seqs.length > 0))
          orphans.push(...draft.seqs);
        else kept.push({ ...draft, content: withoutDead(draft.content, live) });
      });
      const joined = kept.reduce<Draft[]>((list, draft) => {
        const before = list.at(-1);
        const content =
          before && before.kind === 'line' && joinable(before, draft) ? join(before.content, draft.content) : null;
        if (content && before)
          list[list.length - 1] = { content, kind: draft.kind, seqs: unique([...before.seqs, ...draft.seqs]) };
        else list.push(draft);
        return list;
      }, []);
      const last = joined.at(-1);
      for (const seq of orphans) if (last && !joined.some(({ seqs }) => seqs.includes(seq))) last.seqs.push(seq);
      return joined.map(({ content, seqs }) => ({ content, inReplyTo: unique(seqs).sort((a, b) => a - b) }));
    },
  };
}
/** Empty holes leave no double spaces behind, and none before a full-width mark. */
const tidy = (line: string): string =>
  line
    .replace(/ {2,}/g, ' ')
    .replace(/ +(?=[，。！？、；：」）\n,.]|$)/g, '')
    .trim();

/** Collects what a turn says. */
export type Speaker = ReturnType<typeof createSpeaker>;

const unique = (seqs: readonly number[]): number[] => [...new Set(seqs)];

const joinable = (before: Draft, after: Draft): boolean =>
  after.kind !== 'answer' && before.seqs.every((seq) => after.seqs.includes(seq));

function join(before: OutboundContent, after: OutboundContent): OutboundContent | null {
  if (before.kind !== 'text' || before.source || (after.kind !== 'text' && after.kind !== 'quick_replies')) return null;
  const text = `${before.text}\n${after.text}`;
  return text.length > 600 || text.split('\n').length > 3 ? null : { ...after, text };
}

/** A button that nothing would answer to is not shown. */
function withoutDead(content: OutboundContent, live: ReadonlySet<string>): OutboundContent {
  if (content.kind !== 'quick_replies') return content;
  const choices = content.choices.filter(({ id }) => live.has(id));
  if (choices.length > 0) return { ...content, choices };
  const { choices: _, kind: __, ...rest } = content;
  return { kind: 'text', ...rest };
}
