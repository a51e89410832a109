import type { Change, ConversationState } from './conversation.schema.ts';

/** A FAQ was written or removed: whoever holds an index reads it again. */
export type KnowledgeEvent = { type: 'knowledge'; faqId: string };

/** What happens in a conversation now, told to whoever has a screen open. A lost one is repaired by the next look at the database. */
export type ConversationEvent =
  /** `changes` is there only inside the process that wrote them; others read from their own `seq` on. */
  | { type: 'changes'; sessionId: string; head: number; changes?: readonly Change[] }
  /** Something about the conversation that only the desk shows: its owner, a note, a ticket, what was read. */
  | { type: 'desk'; sessionId: string }
  /** A colleague wrote a note; `note` is as the desk's schema has it. */
  | { type: 'note'; sessionId: string; note: unknown }
  | { type: 'typing'; sessionId: string; author: 'customer' | 'agent' | 'bot' }
  | { type: 'delta'; sessionId: string; replyId: string; text: string }
  | { type: 'seen'; sessionId: string; by: 'customer' | 'agent'; seq: number }
  /** A person owns it from this moment: whatever the bot still works on is not shown. */
  | { type: 'owner'; sessionId: string; state: ConversationState };

export type LiveEvent = ConversationEvent | KnowledgeEvent;

/** Live events: in the process, or by Redis between processes. */
export type Live = {
  publish(event: LiveEvent): void;
  /** Returns how to stop listening. */
  subscribe(listener: (event: LiveEvent) => void): () => void;
};

/** Live events inside one process. A listener that throws hurts nobody but itself. */
export function createLocalLive(onError: (error: unknown) => void): Live {
  const listeners = new Set<(event: LiveEvent) => void>();
  return {
    publish(event) {
      for (const listener of listeners)
        try {
          listener(event);
        } catch (error) {
          onError(error);
        }
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
