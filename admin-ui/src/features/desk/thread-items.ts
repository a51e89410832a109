import type { Choice } from '#core/conversation/content.schema.ts';
import type { Message } from '#core/conversation/conversation.schema.ts';
import type { ConversationDetail, Handoff, Note } from '#core/desk/desk.schema.ts';
import type { Unsent } from './outbox.ts';

/** Something that happened to a conversation's ownership, as its line in the thread tells it. */
export type Happening = { readonly handoff: Handoff; readonly what: 'asked' | 'claimed' | 'ended' };

/** One thing in the thread, in the order of time. Messages of one author close together share a name and a mark. */
export type ThreadItem =
  | { kind: 'day'; key: string; at: string }
  | { kind: 'happening'; key: string; at: string; happening: Happening }
  | { kind: 'notice'; key: string; at: string; message: Message }
  | { kind: 'note'; key: string; at: string; note: Note }
  | { kind: 'messages'; key: string; at: string; messages: readonly Message[] }
  | { kind: 'unsent'; key: string; at: string; unsent: readonly Unsent[] };

/** Messages of one author within this time stand under one name. */
const TOGETHER_MS = 2 * 60_000;

/** Words of ours about the conversation itself. */
const isNotice = (message: Message): boolean =>
  message.content.kind === 'handoff_notice' || message.content.kind === 'system';

/** What a customer did that is shown on the message it is about. */
const isReaction = (message: Message): boolean => message.content.kind === 'reaction';

type Source = {
  messages: readonly Message[];
  conversation: Pick<ConversationDetail, 'notes' | 'handoff' | 'handoffs'>;
  unsent: readonly Unsent[];
};

/** Everything of a conversation in one order, parted by days. */
export function threadItems({ messages, conversation: { notes, handoff, handoffs }, unsent }: Source): ThreadItem[] {
  const single: ThreadItem[] = [
    ...messages
      .filter((message) => !isReaction(message))
      .map((message): ThreadItem => {
        const at = message.createdAt;
        const key = message.clientMessageId ?? message.id;
        return isNotice(message)
          ? { kind: 'notice', key, at, message }
          : { kind: 'messages', key, at, messages: [message] };
      }),
    ...notes.map((note): ThreadItem => ({ kind: 'note', key: note.id, at: note.createdAt, note })),
    // The live line tells how the newest one stands before the conversation is read anew.
    ...handoffs.filter(({ id }) => id !== handoff?.id).flatMap(happenings),
    ...(handoff ? happenings(handoff) : []),
    ...unsent.map((one): ThreadItem => ({ kind: 'unsent', key: one.clientMessageId, at: one.at, unsent: [one] })),
  ];
  // What is not sent yet comes last, whatever the two clocks say.
  const ordered = single.sort(
    (a, b) => Number(a.kind === 'unsent') - Number(b.kind === 'unsent') || Date.parse(a.at) - Date.parse(b.at),
  );
  return withDays(joined(ordered));
}

function happenings(handoff: Handoff): ThreadItem[] {
  const moments: [Happening['what'], string | null][] = [
    ['asked', handoff.reason === 'taken-over' ? null : handoff.requestedAt],
    ['claimed', handoff.claimedAt],
    ['ended', handoff.endedAt],
  ];
  return moments.flatMap(([what, at]) =>
    at === null ? [] : [{ kind: 'happening' as const, key: `${handoff.id}-${what}`, at, happening: { handoff, what } }],
  );
}

function joined(items: readonly ThreadItem[]): ThreadItem[] {
  const result: ThreadItem[] = [];
  for (const item of items) {
    const before = result.at(-1);
    if (item.kind === 'messages' && before?.kind === 'messages' && sameTurn(before.messages[0]!, item.messages[0]!))
      result.splice(-1, 1, { ...before, messages: [...before.messages, ...item.messages] });
    else if (item.kind === 'unsent' && before?.kind === 'unsent')
      result.splice(-1, 1, { ...before, unsent: [...before.unsent, ...item.unsent] });
    else result.push(item);
  }
  return result;
}

const sameTurn = (first: Message, next: Message): boolean =>
  first.author.kind === next.author.kind &&
  first.author.name === next.author.name &&
  Date.parse(next.createdAt) - Date.parse(first.createdAt) < TOGETHER_MS;

function withDays(items: readonly ThreadItem[]): ThreadItem[] {
  let today = '';
  return items.flatMap((item) => {
    const date = new Date(item.at).toDateString();
    if (date === today) return [item];
    today = date;
    return [{ kind: 'day' as const, key: `day-${item.at}`, at: item.at }, item];
  });
}

/** Which buttons the customer pressed, by their id. */
export const chosenIds = (messages: readonly Message[]): ReadonlySet<string> =>
  new Set(messages.flatMap(({ content }) => (content.kind === 'action' ? [content.id] : [])));

/** What the buttons say that were offered, by their id: a press on some channels brings the id alone. */
export const choiceLabels = (messages: readonly Message[]): ReadonlyMap<string, string> =>
  new Map(messages.flatMap(({ content }) => choicesOf(content).map(({ id, label }) => [id, label])));

/** The buttons that a message offers. */
export function choicesOf(content: Message['content']): readonly Choice[] {
  if (content.kind === 'confirm') return [content.confirm, content.cancel];
  if (content.kind === 'carousel') return content.cards.flatMap((card) => card.choices ?? []);
  return 'choices' in content ? (content.choices ?? []) : [];
}

/** The customer's verdict on messages of ours, by their `seq`; the last one counts. */
export const reactionsOf = (messages: readonly Message[]): ReadonlyMap<number, 'up' | 'down'> =>
  new Map(messages.flatMap(({ content }) => (content.kind === 'reaction' ? [[content.to, content.value]] : [])));
