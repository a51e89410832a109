import { useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useEffect, useSyncExternalStore } from 'react';
import { Link, Navigate, Route, Routes } from 'react-router';
import { ProblemBanner } from '../components/banner.tsx';
import { Empty } from '../components/empty.tsx';
import { Region } from '../components/region.tsx';
import { DeskLive } from '../features/desk/desk-live.tsx';
import { DeskPage } from '../features/desk/desk-page.tsx';
import { NoDeskPage } from '../features/sign-in/no-desk-page.tsx';
import { SignInPage } from '../features/sign-in/sign-in-page.tsx';
import { useWords } from '../lib/locale.tsx';
import { useMeQuery } from '../lib/me.ts';
import { paths } from '../lib/paths.ts';
import { useTools } from '../lib/tools.tsx';
import './app.css';
import { Rail } from './rail.tsx';
import { appWords } from './words.ts';

const TicketsPage = lazy(async () => ({ default: (await import('../features/tickets/tickets-page.tsx')).TicketsPage }));
const FaqsPage = lazy(async () => ({ default: (await import('../features/faqs/faqs-page.tsx')).FaqsPage }));

/** The whole interface: the sign-in, or the pages of who is signed in. */
export function App() {
  const { session } = useTools();
  const client = useQueryClient();
  const signedIn = useSyncExternalStore(session.subscribe, session.signedIn);
  useEffect(() => {
    // Nothing of one account is left for the next.
    if (!signedIn) client.clear();
  }, [signedIn, client]);
  return signedIn ? <SignedIn /> : <SignInPage />;
}

function SignedIn() {
  const { data: me, error, refetch } = useMeQuery();
  if (error && !me)
    return (
      <main>
        <h1 className="visually-hidden">Frontdesk</h1>
        <ProblemBanner error={error} onRetry={() => void refetch()} />
      </main>
    );
  if (!me) return null;
  if (!me.roles.includes('agent') && !me.roles.includes('admin')) return <NoDeskPage name={me.name} />;
  return (
    <DeskLive>
      <div className="fd-app">
        <Rail me={me} />
        <Region>
          <Suspense>
            <Routes>
              <Route path={paths.home} element={<Navigate to={paths.desk()} replace />} />
              <Route path="/desk/:sessionId?" element={<DeskPage />} />
              <Route path="/tickets/:id?" element={<TicketsPage />} />
              <Route path="/faqs/:id?" element={<FaqsPage />} />
              <Route path="*" element={<NotFound />} />
            </Routes>
          </Suspense>
        </Region>
      </div>
    </DeskLive>
  );
}

function NotFound() {
  const t = useWords(appWords);
  return (
    <main className="fd-page">
      <h1 className="visually-hidden">{t.notFound}</h1>
      <Empty icon="chat-dots" title={t.notFound}>
        <p>{t.notFoundWhat}</p>
        <Link className="btn btn-primary" to={paths.desk()}>
          {t.toDesk}
        </Link>
      </Empty>
    </main>
  );
}
