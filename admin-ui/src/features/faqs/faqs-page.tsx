import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useNavigate, useParams } from 'react-router';
import type { Locale } from '#core/conversation/content.schema.ts';
import type { Faq } from '#core/knowledge/faq.schema.ts';
import { ProblemBanner } from '../../components/banner.tsx';
import { Empty } from '../../components/empty.tsx';
import { Icon } from '../../components/icon.tsx';
import { Region } from '../../components/region.tsx';
import { SearchBox } from '../../components/search-box.tsx';
import { sharedWords } from '../../components/shared-words.ts';
import { TableSkeleton } from '../../components/table-skeleton.tsx';
import { Time } from '../../components/time.tsx';
import { useDensity } from '../../lib/density.ts';
import { textLang } from '../../lib/format.ts';
import { useWords } from '../../lib/locale.tsx';
import { useMe } from '../../lib/me.ts';
import { useNow } from '../../lib/now.ts';
import { usePageTitle } from '../../lib/page-title.ts';
import { paths } from '../../lib/paths.ts';
import { useSettled } from '../../lib/settled.ts';
import { useTools } from '../../lib/tools.tsx';
import { faqsQuery, type FaqListFilter } from './api/list-faqs.ts';
import { FaqDrawer } from './faq-drawer.tsx';
import './faqs.css';
import { faqWords } from './words.ts';

/** The knowledge that the bot answers from, and beside it the FAQ that is open. */
export function FaqsPage() {
  const t = useWords(faqWords);
  const shared = useWords(sharedWords);
  const { id } = useParams();
  const navigate = useNavigate();
  const mayWrite = useMe()?.roles.includes('admin') ?? false;
  const [q, setQ] = useState('');
  const [status, setStatus] = useState<Faq['status'] | ''>('');
  const [locale, setLocale] = useState<Locale | ''>('');
  usePageTitle(t.title);
  useDensity('compact');
  return (
    <main className="listed" data-open={id !== undefined}>
      <h1 className="visually-hidden">{t.title}</h1>
      <section className="list-pane" aria-label={t.list}>
        <header className="fd-page-head">
          <h2>{t.title}</h2>
          {mayWrite && (
            <Link
              className={id === undefined ? 'btn btn-primary btn-sm' : 'btn btn-outline-secondary btn-sm'}
              to={paths.faqs(paths.newFaq)}
            >
              <Icon name="plus-lg" />
              {t.add}
            </Link>
          )}
        </header>
        <div className="fd-toolbar mb-3">
          <SearchBox label={t.search} hint={t.searchHint} value={q} onChange={setQ} />
          <select
            className="form-select"
            aria-label={t.status}
            value={status}
            onChange={(event) => setStatus(event.target.value as Faq['status'] | '')}
          >
            <option value="">{t.anyStatus}</option>
            <option value="published">{t.published}</option>
            <option value="draft">{t.draft}</option>
          </select>
          <select
            className="form-select"
            aria-label={t.language}
            value={locale}
            onChange={(event) => setLocale(event.target.value as Locale | '')}
          >
            <option value="">{t.anyLanguage}</option>
            <option value="zh-TW">{shared.zhTW}</option>
            <option value="en">{shared.en}</option>
          </select>
        </div>
        <FaqTable filter={useSettled({ q, status, locale })} openId={id} />
      </section>
      {id !== undefined && (
        <Region key={id}>
          <FaqDrawer
            id={id}
            mayWrite={mayWrite}
            onClose={() => void navigate(paths.faqs())}
            onSaved={(saved) => void navigate(paths.faqs(saved.id), { replace: true })}
          />
        </Region>
      )}
    </main>
  );
}

function FaqTable({ filter, openId }: { filter: FaqListFilter; openId: string | undefined }) {
  const t = useWords(faqWords);
  const shared = useWords(sharedWords);
  const { api } = useTools();
  const { data, error, refetch, hasNextPage, fetchNextPage } = useInfiniteQuery(faqsQuery(api, filter));
  const faqs = data?.pages.flatMap((page) => page.items);
  const now = useNow();
  if (error && !faqs) return <ProblemBanner error={error} onRetry={() => void refetch()} />;
  if (faqs?.length === 0)
    return (
      <Empty icon="patch-question" title={t.none}>
        <p>{t.noneWhat}</p>
      </Empty>
    );
  return (
    <>
      <div className="fd-panel overflow-hidden">
        {faqs ? (
          <table className="table table-hover faqs">
            <thead>
              <tr>
                <th scope="col">{t.question}</th>
                <th scope="col">{t.status}</th>
                <th scope="col" className="text-end">
                  {t.updated}
                </th>
              </tr>
            </thead>
            <tbody>
              {faqs.map((faq) => (
                <tr key={faq.id} data-open={faq.id === openId}>
                  <td>
                    <Link
                      to={paths.faqs(faq.id)}
                      lang={textLang(faq.question)}
                      aria-current={faq.id === openId ? 'true' : undefined}
                    >
                      {faq.question}
                    </Link>
                    <div className="row-sub">
                      <span>{faq.category}</span>
                      <span>{faq.locale === 'en' ? 'EN' : '中'}</span>
                    </div>
                  </td>
                  <td>
                    <FaqStatus status={faq.status} />
                  </td>
                  <td className="text-end text-nowrap">
                    <Time at={faq.updatedAt} now={now} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        ) : (
          <TableSkeleton />
        )}
      </div>
      {hasNextPage && (
        <button type="button" className="btn btn-outline-secondary btn-sm mt-3" onClick={() => void fetchNextPage()}>
          {shared.loadMore}
        </button>
      )}
    </>
  );
}

/** Published is the rule and has no fill. */
function FaqStatus({ status }: { status: Faq['status'] }) {
  const t = useWords(faqWords);
  return status === 'published' ? (
    <span className="fd-chip" data-tone="plain">
      {t.published}
    </span>
  ) : (
    <span className="fd-chip" data-state="closed">
      {t.draft}
    </span>
  );
}
