import { DialogueState } from '#core/dialogue/dialogue-state.ts';
import type { Dialogue, LocalLookups, TurnInput, TurnOutcome } from '#core/dialogue/turn.ts';

const BEGUN = {
  release: '1',
  frames: [],
  slots: {},
  locale: 'en',
  before: [],
  offers: [],
  timers: [],
  answered: null,
  counts: {},
};

/** The state of a dialogue in which nothing happened yet. */
export const stateWith = (more: Partial<DialogueState> = {}): DialogueState => ({
  ...DialogueState.parse(BEGUN),
  ...more,
});

/** A turn that says again what it was told, and greets; `more` is what it comes to beside. */
export function echoed({ state, facts, events }: TurnInput, more: Partial<TurnOutcome> = {}): TurnOutcome {
  const replies = events.flatMap((event): TurnOutcome['replies'][number][] => {
    if (event.kind === 'opened') return [{ content: { kind: 'text', text: 'Hello' }, inReplyTo: [] }];
    if (event.kind !== 'message') return [];
    const text = 'text' in event.content ? event.content.text : event.content.kind;
    return [{ content: { kind: 'text', text }, inReplyTo: [event.seq] }];
  });
  return {
    state: state ?? stateWith({ locale: facts.locale }),
    replies,
    effects: [],
    locale: facts.locale,
    alarmAt: null,
    understood: new Map(),
    faults: [],
    ...more,
  };
}

/** Says what was said: enough of a dialogue for what stands in front of it. */
export const echo: Dialogue = { runNow: (input) => echoed(input), run: async (input) => echoed(input) };

/** A process that knows nothing by itself. */
export const KNOWS_NOTHING: LocalLookups = {
  understand: () => undefined,
  search: () => undefined,
  http: () => undefined,
  desk: () => undefined,
  ticketNumber: () => undefined,
  ticket: () => undefined,
};
