import type { ReactNode } from 'react';
import { Link, useSearchParams } from 'react-router';
import type { ConversationSummary } from '#core/desk/desk.schema.ts';
import { Banner, ProblemBanner } from '../../components/banner.tsx';
import { Empty } from '../../components/empty.tsx';
import { sharedWords } from '../../components/shared-words.ts';
import { Loading, Skeleton } from '../../components/skeleton.tsx';
import { useWords } from '../../lib/locale.tsx';
import { useMe } from '../../lib/me.ts';
import { useNow } from '../../lib/now.ts';
import { paths } from '../../lib/paths.ts';
import { ConversationRow } from './conversation-row.tsx';
import { useLineLost } from './desk-live.tsx';
import { inGroups, TABS, type Tab } from './lists.ts';
import { useConversations, type ConversationList as List } from './use-conversations.ts';
import { deskWords } from './words.ts';

const isTab = (value: string | null): value is Tab => TABS.some((tab) => tab === value);

/** The desk's list of conversations, in three tabs. */
export function ConversationList({ openId }: { openId: string | undefined }) {
  const t = useWords(deskWords);
  const [search] = useSearchParams();
  const asked = search.get('tab');
  const tab = isTab(asked) ? asked : 'all';
  const lists: Record<Tab, List> = {
    waiting: useConversations('waiting'),
    mine: useConversations('mine'),
    all: useConversations('all'),
  };
  const list = lists[tab];
  const lost = useLineLost();
  return (
    <section className="list" aria-label={t.conversations}>
      <header className="pane-head">
        <h2 className="fd-fill">{t.desk}</h2>
      </header>
      <nav className="fd-tabs" aria-label={t.filter}>
        {TABS.map((one) => (
          <Link
            key={one}
            to={{ search: one === 'all' ? '' : `?tab=${one}` }}
            aria-current={one === tab ? 'page' : undefined}
          >
            {t[one]} <TabCount tab={one} list={lists[one]} />
          </Link>
        ))}
      </nav>
      {lost && <Banner icon="wifi-off">{t.lineLost}</Banner>}
      {list.error && <ProblemBanner error={list.error} onRetry={list.retry} />}
      <div className="scroll">
        {list.rows ? (
          <Groups tab={tab} lists={lists} openId={openId} />
        ) : (
          !list.error && (
            <Loading>
              {[0, 1, 2, 3, 4, 5].map((row) => (
                <RowSkeleton key={row} />
              ))}
            </Loading>
          )
        )}
        {list.more && list.rows && <LoadMore onLoad={list.loadMore} />}
      </div>
    </section>
  );
}

function TabCount({ tab, list }: { tab: Tab; list: List }) {
  const t = useWords(deskWords);
  if (!list.rows) return null;
  const count = list.rows.length;
  const solid = tab === 'waiting' && count > 0;
  return (
    <span className={solid ? 'fd-count' : 'fd-count fd-count-quiet'}>{list.more ? t.moreThan(count) : count}</span>
  );
}

function Groups({ tab, lists, openId }: { tab: Tab; lists: Record<Tab, List>; openId: string | undefined }) {
  const t = useWords(deskWords);
  const me = useMe()?.id;
  const now = useNow();
  // A customer who waits is shown in "all" too, however many conversations are newer.
  const everything = tab === 'all' ? [lists.all, lists.waiting, lists.mine] : [lists[tab]];
  const { waiting, mine, others } = inGroups(
    everything.flatMap((list) => list.rows ?? []),
    me,
  );
  const rows = (conversations: readonly ConversationSummary[]): ReactNode => (
    <ul className="fd-plain">
      {conversations.map((one) => (
        <li key={one.id}>
          <ConversationRow
            conversation={one}
            to={`${paths.desk(one.id)}${tab === 'all' ? '' : `?tab=${tab}`}`}
            open={one.id === openId}
            now={now}
          />
        </li>
      ))}
    </ul>
  );
  if (tab === 'waiting')
    return waiting.length > 0 ? rows(waiting) : <NoRows icon="inbox" title={t.noWaiting} what={t.noWaitingWhat} />;
  if (tab === 'mine')
    return mine.length > 0 ? rows(mine) : <NoRows icon="headset" title={t.noMine} what={t.noMineWhat} />;
  if (waiting.length + mine.length + others.length === 0)
    return <NoRows icon="chat-dots" title={t.noAll} what={t.noAllWhat} />;
  return (
    <>
      <Group title={t.waitingGroup} order={t.longestFirst} shown={waiting.length > 0}>
        {rows(waiting)}
      </Group>
      <Group title={t.mineGroup} shown={mine.length > 0}>
        {rows(mine)}
      </Group>
      <Group title={t.othersGroup} shown={others.length > 0}>
        {rows(others)}
      </Group>
    </>
  );
}

function Group({
  title,
  order,
  shown,
  children,
}: {
  title: string;
  order?: string;
  shown: boolean;
  children: ReactNode;
}) {
  if (!shown) return null;
  return (
    <>
      <h3 className="list-group-head">
        <span>{title}</span>
        {order && <span>{order}</span>}
      </h3>
      {children}
    </>
  );
}

function NoRows({ icon, title, what }: { icon: 'inbox' | 'headset' | 'chat-dots'; title: string; what: string }) {
  return (
    <Empty icon={icon} title={title}>
      <p>{what}</p>
    </Empty>
  );
}

function LoadMore({ onLoad }: { onLoad: () => void }) {
  const t = useWords(sharedWords);
  return (
    <div className="p-3 text-center">
      <button type="button" className="btn btn-outline-secondary btn-sm" onClick={onLoad}>
        {t.loadMore}
      </button>
    </div>
  );
}

function RowSkeleton() {
  return (
    <div className="conv">
      <span className="fd-avatar" />
      <span className="fd-fill d-grid gap-2 py-1">
        <Skeleton width="40%" />
        <Skeleton width="85%" />
        <Skeleton width="30%" />
      </span>
    </div>
  );
}
