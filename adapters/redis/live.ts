import { z } from 'zod';
import { ConversationState } from '#core/conversation/conversation.schema.ts';
import type { Live, LiveEvent } from '#core/conversation/live.ts';
import { connect, named } from './connection.ts';

const CHANNEL = named('live');

const sessionId = z.uuid();
/** What Redis may carry of a live event: that something happened, never what was said. */
const Hint = z.discriminatedUnion('type', [
  z.object({ type: z.literal('changes'), sessionId, head: z.number().int() }),
  z.object({ type: z.literal('desk'), sessionId }),
  z.object({ type: z.literal('knowledge'), faqId: z.uuid() }),
  z.object({ type: z.literal('typing'), sessionId, author: z.enum(['customer', 'agent', 'bot']) }),
  z.object({ type: z.literal('seen'), sessionId, by: z.enum(['customer', 'agent']), seq: z.number().int() }),
  z.object({ type: z.literal('owner'), sessionId, state: ConversationState }),
]);
type Hint = z.infer<typeof Hint>;
/** An event with words in it, sealed. */
const Veiled = z.object({ type: z.literal('veiled'), body: z.string() });
const Envelope = z.object({ from: z.string(), event: z.union([Hint, Veiled]) });
/** What comes out of a seal was made by `publish`, in another process of this installation. */
const Spoken = z.discriminatedUnion('type', [
  z.object({ type: z.literal('note'), sessionId, note: z.unknown() }),
  z.object({ type: z.literal('delta'), sessionId, replyId: z.string(), text: z.string() }),
]);

/** Seals texts for the way through Redis, under a key that Redis never sees. `open` gives null for what is not ours. */
export type Veil = { seal(text: string): string; open(sealed: string): string | null };

/** Live events between processes. */
export type RedisLive = Live & {
  /** Whether other processes hear us, and we them. */
  connected(): boolean;
  close(): void;
};

/**
 * Tells this process at once and whole, the others by hints through Redis pub/sub: of changes the newest number (they read
 * them from the database), of a note that the desk changed, of a streamed answer nothing, for its whole text follows. With a
 * `veil` notes and streamed answers go too, sealed. Hints may be lost, and while Redis is away all of them are: open screens
 * compare their number with the database anyway. `process` names this one.
 */
export function createRedisLive(tools: {
  url: string;
  local: Live;
  process: string;
  onError: (error: unknown) => void;
  veil?: Veil;
}): RedisLive {
  const { local, veil } = tools;
  const speaking = connect(tools.url, tools.onError);
  const hearing = connect(tools.url, () => {}); // the other one tells
  let listening = false;

  async function listen(): Promise<void> {
    try {
      await hearing.subscribe(CHANNEL);
      listening = true;
    } catch {
      // It broke again: it comes back as ready.
    }
  }

  // Commands do not wait for a connection, so it subscribes whenever there is one, after a break as well.
  hearing.on('ready', () => void listen());
  hearing.on('close', () => {
    listening = false;
  });
  hearing.on('message', (_channel, text) => {
    const event = heard(text);
    if (event) local.publish(event);
  });

  function heard(text: string): LiveEvent | undefined {
    const envelope = Envelope.safeParse(jsonOf(text));
    // Another version may say what we do not know yet.
    if (!envelope.success || envelope.data.from === tools.process) return undefined;
    const { event } = envelope.data;
    if (event.type !== 'veiled') return event;
    const opened = veil?.open(event.body);
    return opened ? Spoken.safeParse(jsonOf(opened)).data : undefined;
  }

  function said(event: LiveEvent): Hint | z.infer<typeof Veiled> | undefined {
    switch (event.type) {
      case 'changes':
        return { type: 'changes', sessionId: event.sessionId, head: event.head };
      case 'note':
        return veil ? veiled(event, veil) : { type: 'desk', sessionId: event.sessionId };
      case 'delta':
        return veil && veiled(event, veil);
      default:
        return event;
    }
  }

  return {
    publish(event) {
      local.publish(event);
      const hint = said(event);
      if (hint && speaking.status === 'ready')
        speaking.publish(CHANNEL, JSON.stringify({ from: tools.process, event: hint })).catch(() => {});
    },
    subscribe: (listener) => local.subscribe(listener),
    connected: () => listening && speaking.status === 'ready',
    close() {
      speaking.disconnect();
      hearing.disconnect();
    },
  };
}

const veiled = (event: LiveEvent, veil: Veil) => ({ type: 'veiled', body: veil.seal(JSON.stringify(event)) }) as const;

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
