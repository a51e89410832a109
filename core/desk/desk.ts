import type { Message } from '#core/conversation/conversation.schema.ts';
import type { Attachment, Locale } from '#core/conversation/content.schema.ts';
import type { Live } from '#core/conversation/live.ts';
import { conflict, notFound } from '#core/errors.ts';
import type { Agent, DeskStore, Moved, SummaryQuery } from './desk-store.ts';
import type { ConversationDetail, ConversationSummary, Handoff, Note } from './desk.schema.ts';

/** FAQs that may help the agent with what the customer said last. */
export type Suggest = (text: string, locale: Locale) => readonly { id: string; question: string; answer: string }[];

/** What agents do. Each of it is seen by the others and by the customer as soon as it is committed. */
export type Desk = {
  list(query: SummaryQuery): Promise<{ items: ConversationSummary[]; nextCursor: string | null }>;
  counts(agentId: string): Promise<{ waiting: number; mine: number; all: number }>;
  detail(id: string): Promise<ConversationDetail>;
  claim(handoffId: string, agent: Agent): Promise<Handoff>;
  takeOver(sessionId: string, agent: Agent): Promise<Handoff>;
  transfer(handoffId: string, from: Agent, to: Agent): Promise<Handoff>;
  giveBack(handoffId: string, agent: Agent): Promise<Handoff>;
  resolve(handoffId: string, agent: Agent): Promise<Handoff>;
  say(
    sessionId: string,
    agent: Agent,
    message: { clientMessageId: string; text?: string | undefined; uploadId?: string | undefined },
  ): Promise<Message>;
  resend(sessionId: string, seq: number): Promise<Message>;
  note(sessionId: string, agent: Agent, text: string): Promise<Note>;
  markRead(sessionId: string, seq: number): Promise<void>;
  /** Customers who waited too long go back to the bot. Called by the sweep. */
  releaseUnattended(): Promise<void>;
};

const MOST_RELEASED = 50;

export function createDesk(tools: {
  store: DeskStore;
  live: Live;
  /** Wakes the bot for a conversation that is its own again. */
  wake: (sessionId: string) => void;
  /** Brings what an agent said to its platform. */
  deliver: (sessionId: string) => void;
  suggest: Suggest;
  intentTitle: (name: string, locale: Locale) => string;
  attachment: (sessionId: string, uploadId: string) => Promise<Attachment | undefined>;
}): Desk {
  const { store, live } = tools;

  /** Tells everybody: the customer by the transcript, the desk by its list, the bot that it has nothing to say any more. */
  function tell(sessionId: string, moved: Pick<Moved, 'changes'>): void {
    const last = moved.changes.at(-1);
    if (!last) return;
    if (last.type === 'state') live.publish({ type: 'owner', sessionId, state: last.state });
    live.publish({ type: 'changes', sessionId, head: last.seq, changes: moved.changes });
    live.publish({ type: 'desk', sessionId });
  }

  async function move(moving: Promise<Moved>): Promise<Handoff> {
    const moved = await moving;
    tell(moved.handoff.sessionId, moved);
    if (moved.handoff.status === 'returned') tools.wake(moved.handoff.sessionId);
    return moved.handoff;
  }

  /** Topics are kept by the intent's name; people read its title. */
  const titled = <Summary extends ConversationSummary>(summary: Summary): Summary => ({
    ...summary,
    topic: summary.topic && tools.intentTitle(summary.topic, summary.locale),
  });

  return {
    async list(query) {
      const { items, nextCursor } = await store.summaries(query);
      return { items: items.map(titled), nextCursor };
    },
    counts: (agentId) => store.counts(agentId),
    async detail(id) {
      const detail = await store.detail(id);
      if (!detail) throw notFound('conversation');
      return {
        ...titled(detail),
        earlier: detail.earlier.map((one) => ({
          ...one,
          topic: one.topic && tools.intentTitle(one.topic, detail.locale),
        })),
        understanding: detail.understanding && {
          ...detail.understanding,
          ranking: detail.understanding.ranking.map((one) => ({
            ...one,
            title: tools.intentTitle(one.intent, detail.locale),
          })),
        },
        suggestions: detail.last?.by === 'customer' ? [...tools.suggest(detail.last.text, detail.locale)] : [],
      };
    },
    claim: (handoffId, agent) => move(store.claim(handoffId, agent)),
    takeOver: (sessionId, agent) => move(store.takeOver(sessionId, agent)),
    transfer: (handoffId, from, to) => move(store.transfer(handoffId, from, to)),
    giveBack: (handoffId, agent) => move(store.giveBack(handoffId, agent)),
    resolve: (handoffId, agent) => move(store.resolve(handoffId, agent)),
    async say(sessionId, agent, { clientMessageId, text, uploadId }) {
      const attachment = uploadId === undefined ? undefined : await tools.attachment(sessionId, uploadId);
      if (uploadId !== undefined && !attachment) throw conflict('There is no such upload in this conversation.');
      const said = await store.say(
        sessionId,
        agent,
        attachment ? { clientMessageId, attachment } : { clientMessageId, text: text! },
      );
      tell(sessionId, said);
      tools.deliver(sessionId);
      return said.message;
    },
    async resend(sessionId, seq) {
      const message = await store.resend(sessionId, seq);
      tools.deliver(sessionId);
      live.publish({ type: 'desk', sessionId });
      return message;
    },
    async note(sessionId, agent, text) {
      const note = await store.note(sessionId, agent, text);
      live.publish({ type: 'note', sessionId, note });
      return note;
    },
    async markRead(sessionId, seq) {
      await store.markRead(sessionId, seq);
      live.publish({ type: 'seen', sessionId, by: 'agent', seq });
      live.publish({ type: 'desk', sessionId });
    },
    async releaseUnattended() {
      for (const released of await store.unattended(MOST_RELEASED)) {
        tell(released.sessionId, released);
        tools.wake(released.sessionId);
      }
    },
  };
}
