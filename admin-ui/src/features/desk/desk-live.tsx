import { useQueryClient, type QueryClient } from '@tanstack/react-query';
import { createContext, useContext, useEffect, useMemo, useState, useSyncExternalStore, type ReactNode } from 'react';
import type { AgentServerFrame, ConversationDetail } from '#core/desk/desk.schema.ts';
import { useTools } from '../../lib/tools.tsx';
import { withNote } from './api/add-note.ts';
import { conversationKey } from './api/read-conversation.ts';
import { threadKey } from './api/read-thread.ts';
import { sendMessage } from './api/send-message.ts';
import { createOutbox, type Outbox, type Unsent } from './outbox.ts';
import { createRecents, type Recents } from './recents.ts';
import { withDelivery, withMessage, type ThreadData } from './thread-data.ts';

type Desk = { recents: Recents; outbox: Outbox };
const DeskContext = createContext<Desk | undefined>(undefined);

/** Keeps the desk live on every page while somebody is signed in: lists, open conversations, what is being sent. */
export function DeskLive({ children }: { children: ReactNode }) {
  const { api, live, newId, now } = useTools();
  const client = useQueryClient();
  const [desk] = useState<Desk>(() => ({
    recents: createRecents(),
    outbox: createOutbox({
      post: (sessionId, clientMessageId, draft) => sendMessage(api, sessionId, clientMessageId, draft),
      onSent: (sessionId, message) =>
        client.setQueryData<ThreadData>(
          threadKey(sessionId),
          (thread) => thread && withMessage(thread, message.seq, message),
        ),
      newId,
      now,
    }),
  }));

  useEffect(() => {
    const leave = live.listen((frame) => hear(frame, client, desk));
    live.start();
    const back = (): void => {
      live.stop();
      live.start();
    };
    window.addEventListener('online', back);
    return () => {
      window.removeEventListener('online', back);
      leave();
      live.stop();
    };
  }, [live, client, desk]);

  return <DeskContext value={desk}>{children}</DeskContext>;
}

function hear(frame: AgentServerFrame, client: QueryClient, { recents, outbox }: Desk): void {
  switch (frame.type) {
    case 'welcome':
      // Frames may have been missed: what is on the screen is fetched anew, what is not when it is opened.
      for (const key of ['conversations', 'conversation', 'thread']) void client.invalidateQueries({ queryKey: [key] });
      break;
    case 'conversation':
      recents.put(frame.conversation);
      void client.invalidateQueries({ queryKey: conversationKey(frame.conversation.id) });
      break;
    case 'message':
      client.setQueryData<ThreadData>(
        threadKey(frame.sessionId),
        (thread) => thread && withMessage(thread, frame.seq, frame.message),
      );
      if (frame.message.clientMessageId) outbox.arrived(frame.sessionId, frame.message.clientMessageId);
      break;
    case 'note':
      client.setQueryData<ConversationDetail>(
        conversationKey(frame.sessionId),
        (detail) => detail && withNote(detail, frame.note),
      );
      break;
    case 'delivery':
      client.setQueryData<ThreadData>(
        threadKey(frame.sessionId),
        (thread) => thread && withDelivery(thread, frame.seq, frame.delivery),
      );
      break;
    case 'seen':
      client.setQueryData<ConversationDetail>(
        conversationKey(frame.sessionId),
        (detail) => detail && { ...detail, seen: Math.max(detail.seen, frame.seq) },
      );
      break;
    case 'state':
      // Its line in the thread comes with the handoff; here it only moves on where the line resumes.
      client.setQueryData<ThreadData>(
        threadKey(frame.sessionId),
        (thread) => thread && { ...thread, head: Math.max(thread.head, frame.seq) },
      );
      break;
    case 'typing':
    case 'error':
      break;
  }
}

/** News of the desk and what is being sent. */
export function useDesk(): Desk {
  const desk = useContext(DeskContext);
  if (!desk) throw new Error('useDesk needs a DeskLive above it.');
  return desk;
}

/** What this agent sent in a conversation and has not arrived. */
export function useUnsent(sessionId: string): readonly Unsent[] {
  const { outbox } = useDesk();
  return useSyncExternalStore(outbox.subscribe, () => outbox.of(sessionId));
}

/** Whether the live line is up; lists say so when it is not. */
export function useLineLost(): boolean {
  const { live } = useTools();
  return useSyncExternalStore(live.onStatus, live.status) === 'lost';
}

/** All news so far, by conversation. */
export function useRecents() {
  const { recents } = useDesk();
  const all = useSyncExternalStore(recents.subscribe, recents.all);
  return useMemo(() => ({ all, recents }), [all, recents]);
}
