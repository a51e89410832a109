import './browser-globals.ts';
import { QueryClientProvider } from '@tanstack/react-query';
import { cleanup, render } from '@testing-library/react';
import { MemoryRouter } from 'react-router';
import { App } from '../src/app/app.tsx';
import { createApi } from '../src/lib/api.ts';
import { createLive } from '../src/lib/live.ts';
import { LocaleProvider } from '../src/lib/locale.tsx';
import { createQueryClient } from '../src/lib/queries.ts';
import { createSession } from '../src/lib/session.ts';
import { ThemeProvider } from '../src/lib/theme.tsx';
import { ToolsProvider } from '../src/lib/tools.tsx';
import { createFakeServer, type FakeServer } from './fake-server.ts';
import { me, NOW, tokens } from './fixtures.ts';

/** A server that knows who is signed in and has nothing else. */
export function createDesk(): FakeServer {
  const server = createFakeServer();
  server.on('POST /auth/login', () => tokens());
  server.on('POST /auth/refresh', () => tokens(2));
  server.on('POST /auth/logout', () => undefined);
  server.on('GET /auth/me', () => me());
  server.on('GET /chat/sessions', () => ({ items: [], nextCursor: null }));
  return server;
}

/** The whole interface at an address, over a fake server. Signed in unless told otherwise. */
export function renderApp(server: FakeServer, address: string, { signedIn = true, locale = 'zh-TW' } = {}) {
  localStorage.setItem('frontdesk.locale', locale);
  if (signedIn) localStorage.setItem('frontdesk.refresh', 'refresh-1');
  const now = (): number => NOW;
  const session = createSession({
    fetch: server.fetch,
    storage: localStorage,
    exclusively: (_name, work) => work(),
    now,
    onStorage: () => {},
  });
  let ids = 0;
  const tools = {
    api: createApi({ fetch: server.fetch, session }),
    session,
    live: createLive({
      open: server.open,
      token: session.access,
      later: (work: () => void) => {
        const timer = setTimeout(work, 0);
        return () => clearTimeout(timer);
      },
      random: () => 0,
    }),
    storage: localStorage,
    newId: () => `client-message-${(ids += 1)}`,
    now,
  };
  return render(
    <ToolsProvider tools={tools}>
      <LocaleProvider>
        <ThemeProvider>
          <QueryClientProvider client={createQueryClient()}>
            <MemoryRouter initialEntries={[address]}>
              <App />
            </MemoryRouter>
          </QueryClientProvider>
        </ThemeProvider>
      </LocaleProvider>
    </ToolsProvider>,
  );
}

/** Leaves nothing of one test for the next. */
export function leave(): void {
  cleanup();
  localStorage.clear();
}
