import { Converter as toTraditional } from 'opencc-js/cn2t';
import { Converter as toSimplified } from 'opencc-js/t2cn';
import type { Locale } from '#core/conversation/content.schema.ts';
import { createSearchIndex, type SearchDocument, type SearchIndex } from '#core/knowledge/search-index.ts';
import { loadDemoFaqs, loadDemoOutOfScope } from '#flows/demo/demo-content.ts';
import type { Datasets } from './datasets.ts';
import { mean, percent, quantileOf, timed, type Row } from './figures.ts';

type Query = { q: string; rel: string[] };
function searched(index: SearchIndex, queries: readonly Query[], locale: Locale): Row {
  for (const { q } of queries.slice(0, 200)) index.search(q, { locale, limit: 10 });
  const times: number[] = [];
  const places = queries.map(({ q, rel }) => {
    const { result, ms } = timed(() => index.search(q, { locale, limit: 10 }));
    times.push(ms);
    return result.findIndex(({ id }) => rel.includes(id));
  });
  return {
    'R@1': percent(places.map((at) => at === 0)),
    'R@10': percent(places.map((at) => at >= 0)),
    MRR: 100 * mean(places.map((at) => (at < 0 ? 0 : 1 / (at + 1)))),
    'p50 ms': quantileOf(times, 0.5).toFixed(2),
    'p95 ms': quantileOf(times, 0.95).toFixed(2),
  };
}

function filled(documents: readonly SearchDocument[]): { index: SearchIndex; ms: number } {
  const index = createSearchIndex();
  const { ms } = timed(() => documents.forEach((document) => index.put(document)));
  return { index, ms };
}

/** The retrieval sets by name; each, when run, reports its rows. */
export function searchSets(data: Datasets, report: (row: Row) => void): Record<string, () => void> {
  function measurePassages(set: string, locale: Locale, otherScript?: (text: string) => string): void {
    const documents = data.lines<{ id: string; text: string }>(set, 'docs').map(({ id, text }): SearchDocument => ({
      id,
      locale,
      category: '',
      questions: [text],
      answer: '',
    }));
    const name = data.split(set, 'queries_test', 'queries_heldout', 'queries', 'queries_dev')!;
    const queries = data.lines<Query>(set, name);
    const { index, ms } = filled(documents);
    const about = { set, 'tested on': name, documents: documents.length.toFixed(0) };
    report({ ...about, ...searched(index, queries, locale), 'build ms': ms });
    if (!otherScript) return;
    const converted = queries.map(({ q, rel }) => ({ q: otherScript(q), rel }));
    report({ ...about, set: `${set}, other script`, ...searched(index, converted, locale), 'build ms': ms });
  }

  /** Eight thousand questions of one kind, to time a large knowledge base. */
  function measureTitles(): void {
    const rows = data.examples('banking77', 'train').slice(0, 8_000);
    if (rows.length < 8_000) return;
    const documents = rows.map(({ text }, at): SearchDocument => ({
      id: String(at),
      locale: 'en',
      category: '',
      questions: [text],
      answer: '',
    }));
    const { index, ms } = filled(documents);
    const queries = data.examples('banking77', 'valid').map(({ text }) => ({ q: text, rel: [] }));
    const { 'p50 ms': p50, 'p95 ms': p95 } = searched(index, queries, 'en');
    report({
      set: '8,000 titles (time only)',
      documents: '8000',
      'p50 ms': p50!,
      'p95 ms': p95!,
      'build ms': ms,
    });
  }

  return {
    drcd: () => measurePassages('drcd', 'zh-TW', toSimplified({ from: 'tw', to: 'cn' })),
    'xquad-zh': () => measurePassages('xquad-zh', 'zh-TW', toTraditional({ from: 'cn', to: 'tw' })),
    'xquad-en': () => measurePassages('xquad-en', 'en'),
    banking77: measureTitles,
    demo: () => measureDemo(report),
  };
}

/** Each question of the demo shop's FAQs is taken out of its FAQ and asked. `match` is judged by what it promises. */
function measureDemo(report: (row: Row) => void): void {
  for (const locale of ['zh-TW', 'en'] as const) {
    const documents = loadDemoFaqs().map((faq): SearchDocument => ({
      id: faq.key,
      locale,
      category: faq.category,
      questions: [faq[locale].question, ...faq[locale].alternatives],
      answer: faq[locale].answer,
    }));
    const { index, ms } = filled(documents);
    const times: number[] = [];
    const tries = documents.flatMap((document) =>
      document.questions.map((question) => {
        index.put({ ...document, questions: document.questions.filter((other) => other !== question) });
        const { result, ms } = timed(() => index.search(question, { locale, limit: 10 }));
        index.put(document);
        times.push(ms);
        return { at: result.findIndex(({ id }) => id === document.id), match: result[0]?.match ?? 0 };
      }),
    );
    const foreign = loadDemoOutOfScope()[locale].map((text) => index.search(text, { locale, limit: 1 })[0]?.match ?? 0);
    const quoted = tries.filter(({ match }) => match >= 0.6);
    report({
      set: `demo FAQs, ${locale}`,
      'tested on': `${tries.length} left out`,
      documents: documents.length.toFixed(0),
      'R@1': percent(tries.map(({ at }) => at === 0)),
      'R@3': percent(tries.map(({ at }) => at >= 0 && at < 3)),
      'R@10': percent(tries.map(({ at }) => at >= 0)),
      MRR: 100 * mean(tries.map(({ at }) => (at < 0 ? 0 : 1 / (at + 1)))),
      'quoted %': (100 * quoted.length) / tries.length,
      'of these right': percent(quoted.map(({ at }) => at === 0)),
      'foreign quoted %': percent(foreign.map((match) => match >= 0.6)),
      'p50 ms': quantileOf(times, 0.5).toFixed(2),
      'p95 ms': quantileOf(times, 0.95).toFixed(2),
      'build ms': ms,
    });
  }
}
