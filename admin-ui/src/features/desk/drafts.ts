/** What a text is for. */
export type DraftKind = 'reply' | 'note';

const PREFIX = 'frontdesk.draft.';
const key = (sessionId: string, kind: DraftKind): string => `${PREFIX}${sessionId}.${kind}`;

/** What was written and not sent, by conversation. It outlives the page, and goes when its agent signs out. */
export const drafts = {
  read: (storage: Storage, sessionId: string, kind: DraftKind): string => storage.getItem(key(sessionId, kind)) ?? '',
  write(storage: Storage, sessionId: string, kind: DraftKind, text: string): void {
    if (text === '') storage.removeItem(key(sessionId, kind));
    else storage.setItem(key(sessionId, kind), text);
  },
  forgetAll(storage: Storage): void {
    for (const name of Object.keys(storage)) if (name.startsWith(PREFIX)) storage.removeItem(name);
  },
};
