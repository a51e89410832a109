import { createChat } from './chat.ts';
import { createId } from './id.ts';
import { createServer } from './server.ts';
import { readSettings } from './settings.ts';
import { createStore } from './storage.ts';
import { browserTimers } from './timers.ts';
import { mountWidget, type Widget } from './widget.ts';
import tokens from './tokens.css?inline';
import styles from './widget.css?inline';

declare global {
  interface Window {
    Frontdesk?: Widget;
  }
}

/** Begins with the page that embeds us. The tag must be read now: while the script runs, and never again, the page tells which it is. */
function start(script: HTMLScriptElement | null): void {
  if (window.Frontdesk) return;
  const settings = readSettings(script, location);
  const store = createStore(window, `frontdesk:${settings.origin}:`);
  window.Frontdesk = mountWidget({
    page: window,
    settings,
    store,
    timers: browserTimers,
    styles: tokens + styles,
    chat: (locale) =>
      createChat({
        server: createServer({ origin: settings.origin, fetch: (...request) => fetch(...request) }),
        store,
        timers: browserTimers,
        random: Math.random,
        id: () => createId((bytes) => void crypto.getRandomValues(bytes)),
        openSocket: (address) => new WebSocket(address),
        locale,
        // Without what stands behind the question mark: it may be secret.
        page: () => ({ url: location.origin + location.pathname, title: document.title }),
        exclusively: async (work) => {
          if (navigator.locks) await navigator.locks.request('frontdesk:begin', work);
          else await work();
        },
      }),
  });
  window.dispatchEvent(new CustomEvent('frontdesk:ready'));
}

const script = document.currentScript instanceof HTMLScriptElement ? document.currentScript : null;
if (document.body) start(script);
else addEventListener('DOMContentLoaded', () => start(script));
