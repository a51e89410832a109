import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useTools } from '../../lib/tools.tsx';
import { conversationQuery } from './api/read-conversation.ts';
import { readEarlier, threadKey, threadQuery } from './api/read-thread.ts';
import { useRecents } from './desk-live.tsx';
import { withStretch, type ThreadData } from './thread-data.ts';

/** How long "is typing" stands after the last sign of it. */
const TYPING_MS = 6_000;

/** A conversation's data; what the live line said since about its owner and state goes before what was fetched. */
export function useConversation(id: string) {
  const { api } = useTools();
  const { all } = useRecents();
  const query = useQuery(conversationQuery(api, id));
  const recent = all.get(id)?.conversation;
  const conversation =
    query.data && recent && recent.updatedAt >= query.data.updatedAt ? { ...query.data, ...recent } : query.data;
  return { conversation, error: query.error, retry: () => void query.refetch() };
}

/** A conversation's messages, watched live while it is open. */
export function useThread(id: string) {
  const { api, live } = useTools();
  const client = useQueryClient();
  const query = useQuery(threadQuery(api, id));
  const read = query.data !== undefined;
  useEffect(() => {
    if (!read) return undefined;
    // After a break the line goes on from what is known then, not from what was known at the beginning.
    return live.watch(id, () => client.getQueryData<ThreadData>(threadKey(id))?.head ?? 0);
  }, [live, client, id, read]);
  const earlier = useMutation({
    mutationFn: (known: ThreadData) => readEarlier(api, id, known),
    onSuccess: (fetched) => client.setQueryData<ThreadData>(threadKey(id), (known) => withStretch(known, fetched)),
  });
  return {
    thread: query.data,
    error: query.error ?? earlier.error,
    retry: () => void query.refetch(),
    loadEarlier: () => query.data && earlier.mutate(query.data),
    loadingEarlier: earlier.isPending,
  };
}

/** Whether the customer is typing now. */
export function useCustomerTyping(sessionId: string): boolean {
  const { live } = useTools();
  const [typing, setTyping] = useState(false);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const end = (): void => {
      clearTimeout(timer);
      setTyping(false);
    };
    const leave = live.listen((frame) => {
      if (!('sessionId' in frame) || frame.sessionId !== sessionId) return;
      if (frame.type === 'message' && frame.message.author.kind === 'customer') end();
      if (frame.type !== 'typing') return;
      clearTimeout(timer);
      setTyping(true);
      timer = setTimeout(end, TYPING_MS);
    });
    return () => {
      leave();
      end();
    };
  }, [live, sessionId]);
  return typing;
}
