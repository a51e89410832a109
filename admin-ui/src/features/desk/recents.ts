import type { ConversationSummary } from '#core/desk/desk.schema.ts';

/** A conversation as the live line last told it; `order` counts such news. */
export type Recent = { readonly conversation: ConversationSummary; readonly order: number };

/** What the live line told since the page was opened. Lists lay it over what they fetched before. */
export type Recents = {
  put: (conversation: ConversationSummary) => void;
  /** The number of news so far: news with a greater `order` are newer than what is fetched now. */
  mark: () => number;
  all: () => ReadonlyMap<string, Recent>;
  subscribe: (onChange: () => void) => () => void;
};

export function createRecents(): Recents {
  let known: ReadonlyMap<string, Recent> = new Map();
  let order = 0;
  const listeners = new Set<() => void>();
  return {
    put(conversation) {
      order += 1;
      known = new Map(known).set(conversation.id, { conversation, order });
      listeners.forEach((listener) => listener());
    },
    mark: () => order,
    all: () => known,
    subscribe(onChange) {
      listeners.add(onChange);
      return () => listeners.delete(onChange);
    },
  };
}
