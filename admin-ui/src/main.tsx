import '@fontsource-variable/noto-sans-tc';
import 'bootstrap/dist/css/bootstrap.min.css';
import './components/tokens.css';
import './components/components.css';
import './components/layers.css';
import { QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { BrowserRouter } from 'react-router';
import { config } from 'zod/v4/core';
import { App } from './app/app.tsx';
import { Region } from './components/region.tsx';
import { createApi } from './lib/api.ts';
import { createLive } from './lib/live.ts';
import { LocaleProvider } from './lib/locale.tsx';
import { createQueryClient } from './lib/queries.ts';
import { createSession } from './lib/session.ts';
import { ThemeProvider } from './lib/theme.tsx';
import { ToolsProvider, type Tools } from './lib/tools.tsx';

// Our Content-Security-Policy forbids code made of text; zod would try it first, and the browser would complain.
config({ jitless: true });

/** The real tools: this browser's network, storage, locks and clock. */
function createTools(): Tools {
  const fetch = globalThis.fetch.bind(globalThis);
  const session = createSession({
    fetch,
    storage: localStorage,
    // Browsers give locks to pages served over HTTPS or from this machine only; elsewhere a tab stands alone.
    exclusively: (name, work) =>
      'locks' in navigator ? navigator.locks.request(name, work).then((result) => result) : work(),
    now: Date.now,
    onStorage: (changed) => window.addEventListener('storage', (event) => changed(event.key)),
  });
  const address = `${location.protocol === 'https:' ? 'wss:' : 'ws:'}//${location.host}/ws/agent`;
  return {
    api: createApi({ fetch, session }),
    session,
    live: createLive({
      open: () => new WebSocket(address),
      token: () => session.access(),
      later(work, ms) {
        const timer = setTimeout(work, ms);
        return () => clearTimeout(timer);
      },
      random: () => Math.random(),
    }),
    storage: localStorage,
    // `crypto.randomUUID` is missing where a page came over plain HTTP.
    newId: () =>
      [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join(''),
    now: Date.now,
  };
}

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <ToolsProvider tools={createTools()}>
      <LocaleProvider>
        <ThemeProvider>
          <QueryClientProvider client={createQueryClient()}>
            <Region>
              <BrowserRouter basename="/admin">
                <App />
              </BrowserRouter>
            </Region>
          </QueryClientProvider>
        </ThemeProvider>
      </LocaleProvider>
    </ToolsProvider>
  </StrictMode>,
);
