import type { Conversation } from '#core/conversation/conversation.ts';
import type { Outcome } from '#core/conversation/store.ts';
import type { DialogueFacts, TurnOutcome } from './turn.ts';

/** What a dialogue may know of the conversation that it is held in. */
export const factsOf = (
  conversation: Pick<Conversation, 'locale' | 'channel' | 'contact' | 'previous'>,
): DialogueFacts => ({
  locale: conversation.locale,
  channel: conversation.channel,
  contact: conversation.contact,
  ...(conversation.previous ? { previous: conversation.previous } : {}),
});

/** A turn's outcome as the store writes it. How a message was understood is kept without the values found in it. */
export function toOutcome(turn: TurnOutcome): Outcome {
  const understood = new Map<number, unknown>();
  let mood: Outcome['mood'] = null;
  for (const [seq, { slots: _, ...known }] of turn.understood) {
    understood.set(seq, known);
    if (known.mood === 'angry') mood = 'angry';
  }
  const { state, replies, effects, locale, alarmAt } = turn;
  return { state, replies, effects, locale, alarmAt, understood, topic: state.topic, mood };
}
