import type { Ref } from 'react';
import { Link, useSearchParams } from 'react-router';
import type { ConversationDetail } from '#core/desk/desk.schema.ts';
import { Banner, ProblemBanner } from '../../components/banner.tsx';
import { Icon } from '../../components/icon.tsx';
import { CustomerAvatar } from '../../components/marks.tsx';
import { Popup } from '../../components/popup.tsx';
import { Region } from '../../components/region.tsx';
import { sharedWords } from '../../components/shared-words.ts';
import { Loading, Skeleton } from '../../components/skeleton.tsx';
import { useWords } from '../../lib/locale.tsx';
import { useNow } from '../../lib/now.ts';
import { paths } from '../../lib/paths.ts';
import { ServerProblem } from '../../lib/problem.ts';
import { Composer, type ComposerHandle } from './composer.tsx';
import { ActionBar, useConversationActions, type Action } from './conversation-actions.tsx';
import { useLineLost } from './desk-live.tsx';
import { Thread } from './thread.tsx';
import { useConversation, useThread } from './use-thread.ts';
import { WaitChip } from './wait-chip.tsx';
import { composerWords } from './composer-words.ts';
import { threadWords } from './thread-words.ts';
import { deskWords } from './words.ts';

type Props = { sessionId: string; composer: Ref<ComposerHandle>; contextOpen: boolean; onContext: () => void };

/** An open conversation: who it is with, what was said, and where one writes. */
export function ThreadPane({ sessionId, composer, contextOpen, onContext }: Props) {
  const t = useWords(threadWords);
  const { conversation, error, retry } = useConversation(sessionId);
  const lineLost = useLineLost();
  const desk = useWords(deskWords);
  return (
    <section className="thread-pane" aria-label={t.withWhom(conversation?.customer.name ?? '')}>
      {conversation ? (
        <Open
          key={sessionId}
          conversation={conversation}
          composer={composer}
          contextOpen={contextOpen}
          onContext={onContext}
          lost={lineLost ? desk.lineLost : undefined}
        />
      ) : (
        <>
          <header className="pane-head thread-head">
            <BackLink />
          </header>
          {error ? <ProblemBanner error={error} onRetry={retry} /> : <ThreadSkeleton />}
        </>
      )}
    </section>
  );
}

type OpenProps = Omit<Props, 'sessionId'> & { conversation: ConversationDetail; lost: string | undefined };

function Open({ conversation, composer, contextOpen, onContext, lost }: OpenProps) {
  const t = useWords(composerWords);
  const { thread, error, retry, loadEarlier, loadingEarlier } = useThread(conversation.id);
  const { owner, actions, asked, take, busy, problem, filed } = useConversationActions(conversation);
  return (
    <>
      <Head conversation={conversation} actions={actions} contextOpen={contextOpen} onContext={onContext} />
      {lost && (
        <div className="only-narrow d-block">
          <Banner icon="wifi-off">{lost}</Banner>
        </div>
      )}
      {error && <ProblemBanner error={error} onRetry={retry} />}
      <Region>
        {thread ? (
          <Thread conversation={conversation} thread={thread} onEarlier={loadEarlier} loadingEarlier={loadingEarlier} />
        ) : (
          <ThreadSkeleton />
        )}
      </Region>
      <footer className="composer">
        {problem && <MoveProblem problem={problem} conversation={conversation} />}
        {owner !== 'me' && (
          <div className="owner-line">
            <span className="fd-fill">
              {owner === 'bot' && t.botHas}
              {owner === 'nobody' && t.queued}
              {owner === 'other' && t.otherHas(conversation.agent?.name ?? '')}
              {owner === 'closed' && t.isClosed}
            </span>
            {(owner === 'bot' || owner === 'nobody') && (
              <button type="button" className="btn btn-primary btn-sm" onClick={take} disabled={busy}>
                <Icon name="headset" />
                {t.take}
              </button>
            )}
          </div>
        )}
        <div role="status">{filed && <div className="owner-line">{t.ticketFiled(filed)}</div>}</div>
        <Composer conversation={conversation} ref={composer} />
        <ActionBar actions={actions} busy={busy} />
      </footer>
      {asked}
    </>
  );
}

/** Why the conversation could not be taken, given back or closed; who was first is said by name. */
function MoveProblem({ problem, conversation: { agent } }: { problem: Error; conversation: ConversationDetail }) {
  const t = useWords(composerWords);
  if (!(problem instanceof ServerProblem && problem.status === 409)) return <ProblemBanner error={problem} />;
  return <Banner tone="error">{agent ? t.firstWas(agent.name) : t.notYours}</Banner>;
}

function BackLink() {
  const t = useWords(threadWords);
  const [search] = useSearchParams();
  const tab = search.get('tab');
  return (
    <Link
      className="btn btn-quiet btn-icon only-narrow"
      to={`${paths.desk()}${tab === null ? '' : `?tab=${tab}`}`}
      aria-label={t.backToList}
      title={t.backToList}
    >
      <Icon name="arrow-left" />
    </Link>
  );
}

type HeadProps = {
  conversation: ConversationDetail;
  actions: readonly Action[];
  contextOpen: boolean;
  onContext: () => void;
};

function Head({ conversation, actions, contextOpen, onContext }: HeadProps) {
  const t = useWords(threadWords);
  const shared = useWords(sharedWords);
  const now = useNow();
  const { customer, channel, state, agent, handoff, contact } = conversation;
  const identity = contact.identities.find((one) => one.channel === channel)?.label;
  return (
    <header className="pane-head thread-head">
      <BackLink />
      <span className="only-wide">
        <CustomerAvatar name={customer.name} channel={channel} />
      </span>
      <div className="fd-fill lh-tight">
        <h2 className="fd-clip">{customer.name}</h2>
        <div className="fd-xs fd-muted fd-clip">{identity ? `${shared[channel]} · ${identity}` : shared[channel]}</div>
      </div>
      {state === 'agent' && agent && (
        <span className="fd-chip only-roomy" data-state="agent">
          <Icon name="person-fill" />
          {t.handledBy(agent.name)}
        </span>
      )}
      {state === 'bot' && (
        <span className="fd-chip" data-state="bot">
          <Icon name="robot" />
          {t.botHandles}
        </span>
      )}
      {state === 'closed' && (
        <span className="fd-chip" data-state="closed">
          <Icon name="check2" />
          {t.closed}
        </span>
      )}
      {state === 'queued' && handoff && <WaitChip requestedAt={handoff.requestedAt} now={now} />}
      <button
        type="button"
        className="btn btn-quiet btn-icon only-without-context"
        aria-label={t.context}
        title={t.context}
        aria-expanded={contextOpen}
        onClick={onContext}
      >
        <Icon name="layout-sidebar-reverse" />
      </button>
      <div className="only-narrow">
        <Popup button={<Icon name="three-dots" />} label={t.more} className="btn btn-quiet btn-icon" place="below">
          {(close) => (
            <ul className="fd-plain">
              {actions.map((action) => (
                <li key={action.name}>
                  <button
                    type="button"
                    className="popup-item"
                    onClick={() => {
                      close();
                      action.act();
                    }}
                  >
                    <Icon name={action.icon} />
                    {action.name}
                  </button>
                </li>
              ))}
            </ul>
          )}
        </Popup>
      </div>
    </header>
  );
}

function ThreadSkeleton() {
  return (
    <div className="scroll thread">
      <Loading>
        <div className="d-grid gap-3 p-3">
          <Skeleton width="45%" height="2.25rem" />
          <span className="d-grid justify-content-stretch">
            <span className="ms-auto w-50">
              <Skeleton width="100%" height="4rem" />
            </span>
          </span>
          <Skeleton width="60%" height="2.25rem" />
        </div>
      </Loading>
    </div>
  );
}
