import { useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { useParams } from 'react-router';
import { Empty } from '../../components/empty.tsx';
import { Region } from '../../components/region.tsx';
import { useDensity } from '../../lib/density.ts';
import { useWords } from '../../lib/locale.tsx';
import { usePageTitle } from '../../lib/page-title.ts';
import type { ComposerHandle } from './composer.tsx';
import { ContextPane } from './context-pane.tsx';
import { ConversationList } from './conversation-list.tsx';
import './desk.css';
import { ThreadPane } from './thread-pane.tsx';
import { useWaitingCount } from './use-conversations.ts';
import { deskWords } from './words.ts';

/** The desk: conversations, the open one, and what helps to answer it. */
export function DeskPage() {
  const t = useWords(deskWords);
  const { sessionId } = useParams();
  // Kept by conversation: another one opens with its messages before one.
  const [contextOf, setContextOf] = useState<string>();
  const contextOpen = contextOf !== undefined && contextOf === sessionId;
  const composer = useRef<ComposerHandle>(null);
  usePageTitle(t.desk, useWaitingCount());
  useDensity('compact');
  return (
    <main className="desk" data-open={sessionId !== undefined} data-context={contextOpen}>
      <h1 className="visually-hidden">{t.desk}</h1>
      <Region>
        <ConversationList openId={sessionId} />
      </Region>
      {sessionId === undefined ? (
        <section className="thread-pane" aria-label={t.pick}>
          <Empty icon="chat-dots" title={t.pick}>
            <p>{t.pickWhat}</p>
          </Empty>
        </section>
      ) : (
        <>
          <Region key={`thread-${sessionId}`}>
            <ThreadPane
              sessionId={sessionId}
              composer={composer}
              contextOpen={contextOpen}
              onContext={() => setContextOf(contextOpen ? undefined : sessionId)}
            />
          </Region>
          <Region key={`context-${sessionId}`}>
            <ContextPane
              sessionId={sessionId}
              open={contextOpen}
              onClose={() => setContextOf(undefined)}
              onInsert={(text) => {
                // The composer is visible again before it takes the focus.
                flushSync(() => setContextOf(undefined));
                composer.current?.insert(text);
              }}
            />
          </Region>
        </>
      )}
    </main>
  );
}
