import { createContext, useContext, type ReactNode } from 'react';
import type { Api } from './api.ts';
import type { Live } from './live.ts';
import type { Session } from './session.ts';

/** What the interface is given from outside; made once in `main.tsx`, and by tests with a server of their own. */
export type Tools = {
  api: Api;
  session: Session;
  live: Live;
  /** What this browser remembers: language, theme, drafts. */
  storage: Storage;
  /** A new id for something that the user made. */
  newId: () => string;
  /** Milliseconds since 1970. */
  now: () => number;
};

const ToolsContext = createContext<Tools | undefined>(undefined);

export function ToolsProvider({ tools, children }: { tools: Tools; children: ReactNode }) {
  return <ToolsContext value={tools}>{children}</ToolsContext>;
}

/** The tools of this page. */
export function useTools(): Tools {
  const tools = useContext(ToolsContext);
  if (!tools) throw new Error('useTools needs a ToolsProvider above it.');
  return tools;
}
