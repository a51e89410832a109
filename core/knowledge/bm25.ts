import type { Term } from './terms.ts';

/** What is kept of a document beside its postings: the numbers of its terms, to find them again. */
type Document = { terms: Int32Array; questionLength: number; answerLength: number };

/** A query's term: its number if any document has it, how often it occurs, its weight, and whether it is mere grammar. */
export type WeighedTerm = { number: number | undefined; count: number; weight: number; grammar: boolean };

/** A document's place, its score for a query, and how much of the query's weight beyond grammar it holds. */
export type Scored = { slot: number; score: number; held: number };

const K1 = 1.2;
const B = 0.75;
const ANSWER_WEIGHT = 0.4;

/** The counts of both fields share one small integer: questions above, answer below. More occurrences than these add nothing. */
const ANSWER_BITS = 16;
const MOST_IN_ANSWER = 0xffff;
const MOST_IN_QUESTIONS = 0x7fff;

const lengthOf = (terms: readonly Term[]): number => terms.reduce((sum, { count, weight }) => sum + count * weight, 0);

/** No document scores higher than this for the query. */
export const highestScore = (query: readonly WeighedTerm[]): number =>
  (K1 + 1) * query.reduce((sum, { count, weight }) => sum + count * weight, 0);

/**
 * Documents by number ("slot"), ranked by BM25 over two fields, questions and answer; adding and removing takes effect at
 * once. Terms get numbers of their own, so that all that is kept of a document is numbers.
 */
export function createBm25() {
  const termOf = new Map<number, number>();
  /** For each term: slot, counts, slot, counts … in no order. */
  const postings: number[][] = [];
  const documents: (Document | undefined)[] = [];
  let [size, questionTotal, answerTotal] = [0, 0, 0];
  let norms: { question: Float32Array; answer: Float32Array } | undefined;
  let scores = new Float64Array(64);
  let held = new Float64Array(64);
  let touched = new Int32Array(64);

  /** The number of a term; terms keep theirs when their last document goes. */
  function numberOf({ hash }: Term): number {
    const known = termOf.get(hash);
    if (known !== undefined) return known;
    const number = postings.push([]) - 1;
    termOf.set(hash, number);
    return number;
  }

  function add(slot: number, question: readonly Term[], answer: readonly Term[]): void {
    const counts = new Map<number, number>();
    for (const term of answer) counts.set(numberOf(term), Math.min(term.count, MOST_IN_ANSWER));
    for (const term of question) {
      const number = numberOf(term);
      counts.set(number, (counts.get(number) ?? 0) + (Math.min(term.count, MOST_IN_QUESTIONS) << ANSWER_BITS));
    }
    for (const [term, packed] of counts) postings[term]!.push(slot, packed);
    const document = {
      terms: Int32Array.from(counts.keys()),
      questionLength: lengthOf(question),
      answerLength: lengthOf(answer),
    };
    documents[slot] = document;
    size++;
    questionTotal += document.questionLength;
    answerTotal += document.answerLength;
    norms = undefined;
  }

  function remove(slot: number): void {
    const document = documents[slot];
    if (!document) return;
    for (const term of document.terms) {
      const list = postings[term]!;
      let at = 0;
      while (list[at] !== slot) at += 2;
      const packed = list.pop()!;
      const last = list.pop()!;
      if (at < list.length) {
        list[at] = last;
        list[at + 1] = packed;
      }
    }
    documents[slot] = undefined;
    size--;
    questionTotal -= document.questionLength;
    answerTotal -= document.answerLength;
    norms = undefined;
  }

  /** A query's terms with their numbers, weighed by kind and rarity; one that no document has is the rarest. */
  function weigh(terms: readonly Term[]): WeighedTerm[] {
    return terms.map(({ hash, count, weight, grammar }) => {
      const term = termOf.get(hash);
      const holders = term === undefined ? 0 : postings[term]!.length / 2;
      const rarity = Math.log((size + 1) / (holders + 0.5));
      return { number: holders > 0 ? term : undefined, count, weight: weight * rarity, grammar };
    });
  }

  /** What BM25 adds to a count so that long documents gain less from it, for each slot. */
  function normsNow(): { question: Float32Array; answer: Float32Array } {
    if (norms) return norms;
    const of = (length: (document: Document) => number, total: number): Float32Array =>
      Float32Array.from(documents, (document) =>
        document ? K1 * (1 - B + (B * length(document)) / (total / size || 1)) : 0,
      );
    norms = {
      question: of((document) => document.questionLength, questionTotal),
      answer: of((document) => document.answerLength, answerTotal),
    };
    if (scores.length < documents.length) {
      scores = new Float64Array(2 * documents.length);
      held = new Float64Array(2 * documents.length);
      touched = new Int32Array(2 * documents.length);
    }
    return norms;
  }

  /** The best documents for a query, best first. `accept` is asked for those that would be among them. */
  function search(query: readonly WeighedTerm[], limit: number, accept: (slot: number) => boolean): Scored[] {
    const { question, answer } = normsNow();
    const [sums, holds, seen] = [scores, held, touched];
    let count = 0;
    for (const { number, count: times, weight, grammar } of query) {
      if (number === undefined) continue;
      const list = postings[number]!;
      const worth = times * weight * (K1 + 1);
      for (let at = 0; at < list.length; at += 2) {
        const slot = list[at]!;
        const packed = list[at + 1]!;
        const inQuestions = packed >> ANSWER_BITS;
        const inAnswer = packed & MOST_IN_ANSWER;
        let gain = inQuestions === 0 ? 0 : inQuestions / (inQuestions + question[slot]!);
        if (inAnswer > 0) gain += (ANSWER_WEIGHT * inAnswer) / (inAnswer + answer[slot]!);
        if (sums[slot] === 0) seen[count++] = slot;
        sums[slot]! += worth * gain;
        if (!grammar) holds[slot]! += weight;
      }
    }
    const isBefore = (slot: number, other: number): boolean =>
      sums[slot]! > sums[other]! || (sums[slot] === sums[other] && slot < other);
    const best: number[] = [];
    for (let place = 0; place < count; place++) {
      const slot = seen[place]!;
      const full = best.length === limit;
      if ((full && !isBefore(slot, best[limit - 1]!)) || !accept(slot)) continue;
      let at = full ? limit - 1 : best.length;
      for (; at > 0 && isBefore(slot, best[at - 1]!); at--) best[at] = best[at - 1]!;
      best[at] = slot;
    }
    const found = best.map((slot): Scored => ({ slot, score: sums[slot]!, held: holds[slot]! }));
    for (let place = 0; place < count; place++) {
      sums[seen[place]!] = 0;
      holds[seen[place]!] = 0;
    }
    return found;
  }

  return { add, remove, weigh, search };
}
