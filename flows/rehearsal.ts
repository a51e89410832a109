import { isDeepStrictEqual } from 'node:util';
import type { InboundContent, Locale, OutboundContent } from '#core/conversation/content.schema.ts';
import { OutboundContent as Outbound } from '#core/conversation/content.schema.ts';
import { DialogueState } from '#core/dialogue/dialogue-state.ts';
import type {
  Dialogue,
  DialogueEvent,
  DialogueFacts,
  Effect,
  LocalLookups,
  Lookups,
  TicketStatus,
  TurnOutcome,
} from '#core/dialogue/turn.ts';
import { deskAt, orderAnswer } from './demo-desk.ts';

/** Longest state of a dialogue, in bytes of JSON. */
export const MAX_STATE = 8_192;
const ZONE_HOURS = 8;

type Ticket = Extract<Effect, { type: 'create-ticket' }> & { status: TicketStatus['status'] };

/**
 * A conversation in memory, as the roads hold one: it feeds events to the dialogue, writes what comes of them, and keeps
 * the bot silent while a person owns the talk. Checks what holds for every turn, and throws when it does not.
 */
export function createRehearsal(tools: {
  dialogue: Dialogue;
  lookups: Pick<Lookups, 'understand' | 'search'>;
  /** Everything is known inside the process: the turn is run as the web road runs it. Else it waits for its answers. */
  inProcess: boolean;
  locale: Locale;
  channel?: DialogueFacts['channel'];
}) {
  let now = new Date('2026-11-24T02:00:00Z');
  let state: DialogueState | null = null;
  let mode: 'bot' | 'queued' | 'agent' | 'closed' = 'bot';
  let [seq, tickets, queued, ordersDown]: [number, Ticket[], number, boolean] = [0, [], 0, false];
  let alarmAt: Date | null = null;
  let desk: Partial<ReturnType<typeof deskAt>> = {};
  let contact: DialogueFacts['contact'] = {};
  let previous: DialogueFacts['previous'];
  let locale = tools.locale;
  let topic: string | undefined;
  const effects: Effect[] = [];
  let lastText = '';
  let unseen: OutboundContent[] = [];
  let shown: OutboundContent[] = [];
  let outcome: TurnOutcome | null = null;

  const lookups: Lookups = {
    ...tools.lookups,
    http: ({ url }) => (ordersDown ? { ok: false, status: null } : orderAnswer(url)),
    desk: () => ({ ...deskAt(now), place: queued + 1, ...desk }),
    ticketNumber: () => `T-${1201 + tickets.length}`,
    ticket: (number) => {
      const found = tickets.findLast((one) => number === undefined || one.number === number);
      return found
        ? { number: found.number, subject: found.subject, status: found.status, updatedAt: now.toISOString() }
        : null;
    },
  };

  function check(result: TurnOutcome, events: readonly DialogueEvent[]): void {
    const json = JSON.stringify(result.state);
    if (Buffer.byteLength(json) > MAX_STATE)
      throw new Error(`The state has grown to ${Buffer.byteLength(json)} bytes.`);
    if (!isDeepStrictEqual(DialogueState.parse(JSON.parse(json)), JSON.parse(json)))
      throw new Error('The state does not survive JSON.');
    const messages = events.filter(({ kind }) => kind === 'message').length;
    if (result.replies.length > Math.max(3, 2 * messages + 1))
      throw new Error(`${result.replies.length} replies to ${messages} messages.`);
    const ours = result.replies.map(({ content }) => content).filter((content) => !('source' in content));
    const lines = ours.flatMap((content) => ('text' in content ? (content.text ?? '').split('\n') : []));
    if (lines.length > 3 * Math.max(1, messages))
      throw new Error(`${lines.length} lines at once: ${lines.join(' / ')}`);
    for (const { content } of result.replies) {
      Outbound.parse(content);
      const text = 'text' in content ? (content.text ?? '') : '';
      if (text === lastText && text !== '') throw new Error(`The same sentence twice in a row: ${text}`);
      if (/\{\{|undefined|\[object/.test(text)) throw new Error(`A hole shows: ${text}`);
      lastText = text;
    }
    if (result.faults.length > 0) throw new Error(`A flow broke: ${result.faults.join('; ')}`);
  }

  function perform(effect: Effect): void {
    effects.push(effect);
    if (effect.type === 'create-ticket') tickets = [...tickets, { ...effect, status: 'pending' }];
    if (effect.type === 'request-handoff') {
      mode = 'queued';
      queued = 1;
    }
    if (effect.type === 'withdraw-handoff') {
      mode = 'bot';
      queued = 0;
    }
    if (effect.type === 'save-contact') {
      const { type: _, ...known } = effect;
      contact = { ...contact, ...known };
    }
    if (effect.type === 'close') {
      mode = 'closed';
      const ticket = tickets.at(-1)?.number;
      previous = {
        closedAt: now.toISOString(),
        ...(topic !== undefined && { topic }),
        ...(ticket !== undefined && { ticket }),
      };
    }
  }

  /** One turn; `lost`: a person took over meanwhile, so nothing of it is written. */
  async function turn(events: readonly DialogueEvent[], lost = false): Promise<void> {
    const facts: DialogueFacts = { locale, channel: tools.channel ?? 'web', contact, ...(previous && { previous }) };
    const input = { state, facts, events, now };
    const result = tools.inProcess
      ? tools.dialogue.runNow(input, lookups as LocalLookups)
      : await tools.dialogue.run(input, lookups);
    if (!result) throw new Error('The turn wanted something from outside the process.');
    if (lost) return;
    check(result, events);
    outcome = result;
    state = DialogueState.parse(JSON.parse(JSON.stringify(result.state)));
    ({ locale, alarmAt } = result);
    topic = result.state.topic ?? undefined;
    unseen.push(...result.replies.map(({ content }) => content));
    result.effects.forEach(perform);
  }

  /** When the clock rings next, if that is by `end` and the bot has the talk. */
  const dueBy = (end: Date): Date | null =>
    alarmAt && alarmAt <= end && mode !== 'agent' && mode !== 'closed' ? alarmAt : null;

  /** The newest button with this label, of those that the customer was shown. */
  function buttonId(label: string): string {
    for (const content of [...shown, ...unseen].reverse())
      if ('choices' in content)
        for (const choice of content.choices ?? []) if (choice.label === label) return choice.id;
    throw new Error(`There is no button ⟨${label}⟩.`);
  }

  return {
    /** What the bot said and nobody looked at yet. */
    next: (): OutboundContent | undefined => {
      const content = unseen.shift();
      if (content) shown = [...shown, content].slice(-20);
      return content;
    },
    unseen: (): readonly OutboundContent[] => unseen,
    /** Customer's messages, all in one turn. */
    async hear(
      messages: readonly { says: string; button: string | null; photo: boolean; stars: number | null }[],
      lost = false,
    ): Promise<void> {
      if (mode === 'closed') [state, mode, alarmAt] = [null, 'bot', null];
      const events = messages.map(({ says, button, photo, stars }): DialogueEvent => {
        seq += 1;
        const attachment = { id: `upload-${seq}`, name: 'cup.jpg', type: 'image/jpeg', bytes: 120_000 };
        let content: InboundContent = { kind: 'text', text: says };
        if (photo) content = { kind: 'image', attachment };
        else if (stars !== null) content = { kind: 'rating', score: stars };
        else if (button !== null) content = { kind: 'action', id: buttonId(button), label: button };
        return { kind: 'message', seq, content };
      });
      if (mode !== 'agent') await turn(events, lost);
    },
    opened: () => turn([{ kind: 'opened' }]),
    async unattended(): Promise<void> {
      [mode, queued] = ['bot', 0];
      await turn([{ kind: 'unattended' }]);
    },
    takeOver(): void {
      [mode, queued] = ['agent', 0];
    },
    async giveBack(name: string): Promise<void> {
      mode = 'bot';
      await turn([{ kind: 'returned', agent: { name } }]);
    },
    /** Time passes; what the dialogue set its clock for happens on the way. */
    async wait(ms: number): Promise<void> {
      const end = new Date(now.getTime() + ms);
      for (let due = dueBy(end); due; due = dueBy(end)) {
        now = due > now ? due : now;
        await turn([{ kind: 'alarm' }]);
      }
      now = end;
    },
    /** Sets the clock of the wall in Taipei, today. */
    setTime(hours: number, minutes: number): void {
      now = new Date(now);
      now.setUTCHours(hours - ZONE_HOURS, minutes, 0, 0);
    },
    setDesk(values: Partial<ReturnType<typeof deskAt>>): void {
      desk = values;
    },
    breakOrders(): void {
      ordersDown = true;
    },
    setTicket(number: string, status: TicketStatus['status']): void {
      tickets = tickets.map((one) => (one.number === number ? { ...one, status } : one));
    },
    get mode() {
      return mode;
    },
    get locale() {
      return locale;
    },
    get state() {
      return state;
    },
    get tickets(): readonly Ticket[] {
      return tickets;
    },
    get effects(): readonly Effect[] {
      return effects;
    },
    get contact() {
      return contact;
    },
    get outcome() {
      return outcome;
    },
    get previous() {
      return previous;
    },
  };
}
/** A conversation in memory. */
export type Rehearsal = ReturnType<typeof createRehearsal>;
