import { randomBytes } from 'node:crypto';
import type { Change, ConversationState } from '#core/conversation/conversation.schema.ts';
import type { InboundContent, Locale } from '#core/conversation/content.schema.ts';
import type { Conversation } from '#core/conversation/conversation.ts';
import type { Live } from '#core/conversation/live.ts';
import type { ConversationStore } from '#core/conversation/store.ts';
import type { NewUuid } from '#core/conversation/uuid.ts';
import type { DialogueState } from '#core/dialogue/dialogue-state.ts';
import { factsOf, toOutcome } from '#core/dialogue/turn-outcome.ts';
import { stateOf } from '#core/dialogue/turn-runner.ts';
import type { Dialogue, LocalLookups, TurnInput, TurnOutcome } from '#core/dialogue/turn.ts';
import { conflict, notFound, tooMany, unauthenticated, type Problem } from '#core/errors.ts';
import { atMost } from './at-most.ts';
import { hashToken } from './session-token.ts';

/** A session token lives this long after its last use. */
export const TOKEN_LIVES_MS = 24 * 3_600_000;
/** Most messages that may wait in one conversation. */
const MOST_WAITING = 50;
/** Conversations held in memory; one that is asked for again is read from the database. */
const MOST_HELD = 5_000;
/**
 * Turns under way at once: enough for two statements of the database and for those that gather meanwhile. A turn that is
 * thought and waits for its commit takes ten times the memory of a message that waits for its turn.
 */
const MOST_AT_ONCE = 256;
/** Acknowledgements remembered for each of them, so that a message sent again costs nothing. */
const MOST_REMEMBERED = 32;
/** How often a turn that lost a race is tried on the web road before it goes the full road. */
const MOST_TRIES = 3;

/** What came of a customer's message: it is durable, and stands at `seq`. */
export type Said = { seq: number; duplicate: boolean };

/** The web chat's use cases: what sockets and HTTP ask for. */
export type WebChat = {
  /** Begins a conversation with the bot's greeting. `contactId`: of the customer who had one before. */
  begin(start: { locale: Locale; page: { url?: string; title?: string } | null; contactId?: string }): Promise<{
    conversation: Conversation;
    token: string;
    changes: Change[];
  }>;
  /** The conversation that a token opens; throws `unauthenticated`. */
  open(token: string): Promise<{ id: string; contactId: string }>;
  /** Resolves when the message is durable; throws a `Problem` when it is refused, or the database's error. */
  say(id: string, message: { clientId: string; content: InboundContent }): Promise<Said>;
  state(id: string): Promise<ConversationState>;
};

type Held = {
  conversation: Conversation | undefined;
  /** The state as it was parsed last, so that it is not parsed with every turn. */
  state: DialogueState | null;
  remembered: Map<string, number>;
  tail: Promise<unknown>;
};

/** Refused because the conversation has ended; a client begins a new one. */
export const conversationClosed = (): Problem =>
  conflict('This conversation has ended. Begin a new one: POST /chat/sessions.');

/**
 * The web road. A conversation's messages are taken one after the other; when a turn needs nothing outside this process,
 * message and turn are one commit. Otherwise the message is written alone and the full road takes over.
 */
export function createWebChat(tools: {
  store: ConversationStore;
  dialogue: Dialogue;
  lookups: LocalLookups;
  live: Live;
  /** Wakes the full road; returns at once. */
  wake: (id: string) => void;
  uuid: NewUuid;
  now: () => Date;
  onError: (error: unknown, about: { conversation: string }) => void;
}): WebChat {
  const { store, dialogue, live, now } = tools;
  const held = new Map<string, Held>();
  const inTurn = atMost(MOST_AT_ONCE);

  function hold(id: string): Held {
    const known = held.get(id);
    if (known) {
      held.delete(id);
      held.set(id, known);
      return known;
    }
    const fresh: Held = { conversation: undefined, state: null, remembered: new Map(), tail: Promise.resolve() };
    held.set(id, fresh);
    if (held.size > MOST_HELD) held.delete(held.keys().next().value!);
    return fresh;
  }

  function remember(holder: Held, clientId: string, seq: number): void {
    holder.remembered.set(clientId, seq);
    if (holder.remembered.size > MOST_REMEMBERED) holder.remembered.delete(holder.remembered.keys().next().value!);
  }

  // What others write (a person, an alarm, another process) makes what is held here old; the next turn reads it anew.
  live.subscribe((event) => {
    if (event.type !== 'changes' && event.type !== 'owner') return;
    const holder = held.get(event.sessionId);
    if (!holder?.conversation) return;
    if (event.type === 'owner' || event.head > holder.conversation.seq) holder.conversation = undefined;
  });

  async function current(id: string, holder: Held): Promise<Conversation> {
    if (holder.conversation) return holder.conversation;
    const loaded = await store.load(id);
    if (!loaded) throw notFound('conversation');
    holder.conversation = loaded;
    holder.state = stateOf(loaded);
    return loaded;
  }

  /** The turn inside this process, or undefined when it needs something from outside, or its flow fails here. */
  function decide(id: string, turn: TurnInput): TurnOutcome | undefined {
    try {
      const outcome = dialogue.runNow(turn, tools.lookups);
      for (const fault of outcome?.faults ?? []) tools.onError(new Error(fault), { conversation: id });
      return outcome;
    } catch (error) {
      tools.onError(error, { conversation: id });
      return undefined;
    }
  }

  function publish(id: string, changes: readonly Change[], head: number): void {
    live.publish({ type: 'changes', sessionId: id, head, changes });
  }

  /** It is there already. Whoever wrote it may have died, or lost the line in the middle of the commit, before telling anybody. */
  function again(id: string, seq: number): Said {
    live.publish({ type: 'changes', sessionId: id, head: seq });
    return { seq, duplicate: true };
  }

  /** One commit for message and turn; undefined: take the full road. */
  async function shortRoad(
    id: string,
    holder: Held,
    message: { clientId: string; content: InboundContent },
  ): Promise<Said | undefined> {
    for (let attempt = 0; attempt < MOST_TRIES; attempt++) {
      const conversation = await current(id, holder);
      const { mode, pending } = conversation;
      if (mode === 'agent' || mode === 'closed' || pending > 0) return undefined;
      const seq = conversation.seq + 1;
      const outcome = decide(id, {
        state: holder.state,
        facts: factsOf(conversation),
        events: [{ kind: 'message', seq, content: message.content }],
        now: now(),
      });
      if (!outcome) return undefined;
      const written = await store.writeTurn({
        conversation,
        inbound: {
          deliveryKey: deliveryKey(id, message.clientId),
          clientId: message.clientId,
          content: message.content,
        },
        outcome: toOutcome(outcome),
      });
      if (written.kind === 'duplicate') return again(id, written.seq);
      if (written.kind === 'written') {
        holder.conversation = written.conversation;
        holder.state = outcome.state;
        publish(id, written.changes, written.conversation.seq);
        return { seq, duplicate: false };
      }
      holder.conversation = undefined;
    }
    return undefined;
  }

  async function fullRoad(id: string, message: { clientId: string; content: InboundContent }): Promise<Said> {
    const received = await store.receive({
      conversationId: id,
      deliveryKey: deliveryKey(id, message.clientId),
      semanticKey: null,
      clientId: message.clientId,
      content: message.content,
      most: MOST_WAITING,
    });
    switch (received.kind) {
      case 'duplicate':
        return again(id, received.seq);
      case 'closed':
        // The stars come after the end, when nothing else is taken any more.
        if (message.content.kind !== 'rating') throw conversationClosed();
        await store.rate(id, message.content.score, message.content.comment);
        return { seq: received.head, duplicate: false };
      case 'unknown':
        throw notFound('conversation');
      case 'full':
        throw tooMany(
          `${MOST_WAITING} of your messages are waiting already. Nothing was sent; try again in a moment.`,
          5,
        );
      case 'received':
        publish(id, [received.change], received.seq);
        if (received.mode !== 'agent') tools.wake(id);
        return { seq: received.seq, duplicate: false };
    }
  }

  async function take(id: string, holder: Held, message: { clientId: string; content: InboundContent }): Promise<Said> {
    const known = holder.remembered.get(message.clientId);
    if (known !== undefined) return again(id, known);
    try {
      const said = (await inTurn(() => shortRoad(id, holder, message))) ?? (await fullRoad(id, message));
      remember(holder, message.clientId, said.seq);
      return said;
    } catch (error) {
      holder.conversation = undefined;
      throw error;
    }
  }

  return {
    async begin({ locale, page, contactId }) {
      const token = randomBytes(32).toString('base64url');
      const id = tools.uuid();
      // Whoever was erased meanwhile comes as somebody new.
      const known = contactId === undefined ? null : await store.contactFacts(contactId);
      const facts = factsOf({
        locale,
        channel: 'web',
        contact: known?.contact ?? {},
        previous: known?.previous ?? null,
      });
      const outcome = decide(id, { state: null, facts, events: [{ kind: 'opened' }], now: now() });
      const begun = await store.begin({
        id,
        contactId: known && contactId ? contactId : tools.uuid(),
        newContact: !known,
        channel: 'web',
        connection: 'web',
        conversationKey: null,
        identity: null,
        locale,
        tokenHash: hashToken(token),
        tokenExpiresAt: new Date(now().getTime() + TOKEN_LIVES_MS),
        page,
        outcome: outcome ? toOutcome(outcome) : null,
      });
      const holder = hold(id);
      holder.conversation = begun.conversation;
      holder.state = outcome?.state ?? null;
      publish(id, begun.changes, begun.conversation.seq);
      return { ...begun, token };
    },

    async open(token) {
      const found = await store.byToken(hashToken(token), new Date(now().getTime() + TOKEN_LIVES_MS));
      if (!found) throw unauthenticated('This session has ended. Begin a new one: POST /chat/sessions.');
      return found;
    },

    say(id, message) {
      const holder = hold(id);
      const said = holder.tail.then(() => take(id, holder, message));
      holder.tail = said.catch(() => {});
      return said;
    },

    async state(id) {
      const holder = hold(id);
      return (await current(id, holder)).mode;
    },
  };
}

const deliveryKey = (id: string, clientId: string): string => `web:${id}:${clientId}`;
