import type { Change } from '#core/conversation/conversation.schema.ts';
import type { Live } from '#core/conversation/live.ts';
import type { ConversationStore } from '#core/conversation/store.ts';

/** Waits for what answers a message. */
export type ReplyWaiter = {
  listen(sessionId: string): {
    /** The changes after the message at `seq`, as soon as one of them answers it, or when the time is over. */
    until(seq: number, waitMs: number): Promise<readonly Change[]>;
    close(): void;
  };
};

const answers = (changes: readonly Change[], seq: number): boolean =>
  changes.some((change) =>
    change.type === 'reply' ? change.message.inReplyTo.includes(seq) : change.type === 'state',
  );

/** Listens to live events; what they do not carry along (another process wrote it) is read from the store. */
export function createReplyWaiter(tools: {
  live: Live;
  store: Pick<ConversationStore, 'changes' | 'load'>;
}): ReplyWaiter {
  return {
    listen(sessionId) {
      const heard: Change[] = [];
      let wake = (): void => {};
      let elsewhere = false;
      const stop = tools.live.subscribe((event) => {
        if (event.type !== 'changes' || event.sessionId !== sessionId) return;
        if (event.changes) heard.push(...event.changes);
        else elsewhere = true;
        wake();
      });
      return {
        close: stop,
        async until(seq, waitMs) {
          const end = Date.now() + waitMs;
          // A person has it: nobody answers within seconds, and waiting would only hold the request.
          if ((await tools.store.load(sessionId))?.mode === 'agent') return [];
          for (;;) {
            if (elsewhere) {
              elsewhere = false;
              heard.splice(0, heard.length, ...(await tools.store.changes(sessionId, seq, 50)).changes);
            }
            const after = heard.filter((change) => change.seq > seq);
            const left = end - Date.now();
            if (answers(after, seq) || left <= 0) return after;
            await new Promise<void>((resolve) => {
              const timer = setTimeout(resolve, left);
              wake = () => {
                clearTimeout(timer);
                resolve();
              };
            });
          }
        },
      };
    },
  };
}
